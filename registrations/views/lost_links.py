"""« I lost my link »: the form, and its answer."""

from django.db import transaction
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from registrations.domain import limits
from registrations.domain.lost_links import ask
from registrations.forms.sign_up import LostLinksForm
from registrations.views import sign_up
from registrations.views.private import private


@private
@require_http_methods(["GET", "HEAD", "POST"])
def lost_links(request):
    """The same answer for every address: the links go by mail, to whoever has some."""
    now, code = timezone.now(), 200
    form = LostLinksForm(request.POST if request.method == "POST" else None, now=now)
    if form.is_valid():
        # One transaction that writes, whether the address is known or not: a commit can be timed.
        with transaction.atomic():
            may_start = limits.may_start(limits.client_network(request), now=now)
            if may_start:
                ask(form.cleaned_data["email"], now=now)
        if may_start:
            return render(
                request, "registrations/lost_links_sent.html", {"email": form.cleaned_data["email"]}
            )
        form.add_error(None, sign_up.too_many())
        code = 429
    return sign_up.served(request, "registrations/lost_links.html", {"form": form}, code)
