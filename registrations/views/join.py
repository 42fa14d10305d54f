"""The page behind the join link: it opens the room, and nothing else."""

from csp.decorators import csp_update
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.readings import moment_words
from registrations.domain import join_window, selfservice
from registrations.views.private import gone, private, registration_or_404


@private
# Chromium holds the redirect after the POST to form-action, too.
@csp_update({"form-action": ["https:"]})
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, token):
    """The page before, during and after the workshop; POST leads to the meeting."""
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
    context = join_context(registration, is_open, now=now)
    code = 409 if request.method == "POST" else 200
    response = render(request, "registrations/join.html", context, status=code)
    seconds = join_window.look_again_after(workshop, now=now)
    if seconds:
        response["Refresh"] = f"{seconds}; url={registration.join_path}"
    return response


def join_context(registration, is_open, *, now):
    """The context of join.html; `is_open` says whether the join window is open."""
    workshop = registration.workshop
    has_ended = workshop.has_ended(now)
    if has_ended:
        title = _("The workshop is over")
    elif is_open and workshop.meeting_url:
        title = _("The room is open")
    else:
        title = _("The room opens soon")
    return {
        "title": title,
        "workshop": workshop,
        "readings": registration.readings,
        "own_is_known": bool(registration.zone),
        "is_open": is_open,
        "has_ended": has_ended,
        "wait": wait_words(workshop.starts_at, now),
        "opening": moment_words(registration.clocks, workshop.door_opens_at),
    }


def wait_words(until, now):
    """How long it is from `now` to `until`: « 3 mois et 1 semaine »."""
    parts = timeuntil(until, now).split(_(", "))
    return get_text_list(parts, _("and"))
