"""The form for lost links, and the page after it."""

from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registrations.domain.lost_links import ask
from registrations.forms.sign_up import LostLinksForm
from registrations.views.private import private
from registrations.views.try_later import may_start, render_too_many


@private
@require_http_methods(["GET", "HEAD", "POST"])
def lost_links(request):
    """The same answer for every address: the links go by mail, if the address has any."""
    now = timezone.now()
    form = LostLinksForm(request.POST if request.method == "POST" else None, now=now)
    if not form.is_valid():
        return render(request, "registrations/lost_links.html", {"form": form})
    email, stamp = form.cleaned_data["email"], form.cleaned_data["stamp"]
    # One transaction that writes, whether the address is known or not: a commit can be timed.
    with transaction.atomic():
        is_allowed = may_start(request, now=now)
        is_fresh = is_allowed and ask(email, stamp=stamp, now=now)
    if not is_allowed:
        return render_too_many(request, "registrations/lost_links.html", {"form": form})
    if not is_fresh:
        form.refuse_used_stamp()
        return render(request, "registrations/lost_links.html", {"form": form})
    return render(request, "registrations/lost_links_sent.html", {"email": email})
