"""The page behind the join link: it only joins."""

from csp.decorators import csp_update
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from events.readings import moment_words
from registrations.domain import join_window, selfservice
from registrations.views.private import gone, private, registration_or_404


@private
@csp_update(
    {"form-action": ["https:"]}
)  # Chromium holds the redirect after the POST to form-action, too
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, token):
    registration = registration_or_404(join_token=token)
    workshop, now = registration.workshop, timezone.now()
    comes = registration.is_confirmed and registration.erased_at is None
    if not comes or not workshop.is_published:
        return gone(request, registration)
    is_open = join_window.is_open(workshop, now=now)
    if request.method == "POST" and is_open and workshop.meeting_url:
        selfservice.verify(registration, now=now)
        join_window.join(registration, now=now)
        return HttpResponseRedirect(workshop.meeting_url)
    context = {
        "registration": registration,
        "workshop": workshop,
        "readings": registration.readings,
        "own_is_known": bool(registration.zone),
        "is_open": is_open,
        "has_ended": workshop.has_ended(now),
        "opening": moment_words(
            registration.clocks, workshop.door_opens_at, beside=workshop.starts_at
        ),
    }
    response = render(
        request, "registrations/join.html", context, status=409 if request.method == "POST" else 200
    )
    seconds = join_window.look_again_after(workshop, now=now)
    if seconds:
        response["Refresh"] = f"{seconds}; url={registration.join_path}"
    return response
