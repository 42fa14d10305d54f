"""What a person can do about the data that is stored of them: take it along, or have it erased."""

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registrations.domain import privacy, subscriptions
from registrations.domain.turns import turn
from registrations.views import attestations
from registrations.views.private import gone, private, registration_or_404


@private
@require_safe
def data(request, token):
    """All that is stored about the person, as a JSON file."""
    registration = registration_or_404(manage_token=token)
    if registration.erased_at:
        return gone(request, registration)
    headers = {"Content-Disposition": 'attachment; filename="praxis.json"'}
    options = {"indent": 2, "ensure_ascii": False}
    return JsonResponse(privacy.export(registration), json_dumps_params=options, headers=headers)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request, token):
    """Ask on GET; erase the person's data on POST."""
    registration, now = registration_or_404(manage_token=token), timezone.now()
    if registration.erased_at:
        return gone(request, registration)
    others = list(registration.siblings.exclude(pk=registration.pk))
    context = {
        "registration": registration,
        "workshop": registration.workshop,
        "others": len(others),
        "attestation": attestations.offer(registration, now=now),
        "attestation_url": reverse("registrations:attestation", args=[token]),
    }
    if request.method == "POST":
        erased = [registration, *others] if "others" in request.POST else [registration]
        for each in erased:
            with turn(each.workshop_id):
                privacy.erase(each, now=now)
        context["stay"] = len(others) + 1 - len(erased)
        if not context["stay"]:
            # Nothing that tells who it was is left, as the page said.
            subscriptions.end(registration.email)
        context["final_mail"] = any(each.mails.exists() for each in erased)
        return render(request, "registrations/erased.html", context)
    return render(request, "registrations/erase.html", context)
