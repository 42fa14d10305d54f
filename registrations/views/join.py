"""The page behind the join link: it opens the room, and nothing else."""

from datetime import timedelta

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timesince import timeuntil
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from events.readings import moment_words
from registrations.domain import attendance, ballots, join_window, late_start, selfservice
from registrations.forms.join import JoinForm, KeywordForm
from registrations.views.private import gone, private, registration_or_404

# In the query of the page that does not load itself anew.
STOPPED = "stay"


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
        join_window.join(registration, group_size=JoinForm(request.POST).people, now=now)
        asks_interpretation = "interpretation" in request.POST and workshop.interpretation_url
        return HttpResponseRedirect(asks_interpretation or workshop.meeting_url)
    context = join_context(registration, is_open, now=now)
    context["said"] = list(messages.get_messages(request))
    # A link on the page stops it: it changes nothing here.
    seconds = join_window.look_again_after(workshop, now=now)
    stays = STOPPED in request.GET
    context["may_reload"] = seconds is not None
    context["reloads"] = seconds is not None and not stays
    context["same_page"] = f"?{STOPPED}" if stays else registration.join_path
    code = 409 if request.method == "POST" else 200
    response = render(request, "registrations/join.html", context, status=code)
    if context["reloads"]:
        response["Refresh"] = f"{seconds}; url={registration.join_path}"
    return response


def join_context(registration, is_open, *, now):
    """The context of join.html; `is_open` says whether the join window is open."""
    workshop = registration.workshop
    has_ended = workshop.has_ended(now)
    if has_ended:
        heading = _("The workshop is over")
    elif not is_open:
        heading = _("The room is not open yet")
    elif workshop.meeting_url:
        heading = _("The room is open")
    else:
        heading = _("The room is being prepared")
    return {
        "heading": heading,
        "registration": registration,
        "workshop": workshop,
        "readings": registration.readings,
        "own_is_known": bool(registration.zone),
        "is_open": is_open,
        "has_ended": has_ended,
        "wait": wait_words(workshop.starts_at, now),
        "opening": moment_words(registration.clocks, workshop.door_opens_at),
        "join_path": registration.join_path,
        "stopped": STOPPED,
        "form": JoinForm(initial={"group_size": max(registration.group_size, 1)}),
        "late": late_words(registration, now=now),
        "keyword_form": keyword_form(registration, now=now),
        "is_asked": ballots.is_asked(registration, now=now),
    }


def late_words(registration, *, now):
    """When the workshop begins late, on each clock; "" if it does not."""
    at = late_start.late_start(registration.workshop, now=now)
    if at is None:
        return ""
    return moment_words(registration.clocks, at, beside=registration.workshop.starts_at)


def keyword_form(registration, *, now):
    """The form for the word said in the room; None where it is not asked for."""
    return KeywordForm() if attendance.may_type_keyword(registration, now=now) else None


@private
@require_POST
def keyword(request, token):
    """Notes the person as come if they type the word said in the room."""
    registration = registration_or_404(join_token=token)
    note_attendance(request, registration)
    return redirect(registration.join_path)


@private
@require_POST
def keyword_of_manage_page(request, token):
    """The same, from the person's own page: whoever has the join link alone is not led there."""
    registration = registration_or_404(manage_token=token)
    note_attendance(request, registration)
    return redirect(registration.manage_path)


def note_attendance(request, registration):
    """Note the person as come if they typed the word, and say what happened on the next page."""
    now, typed = timezone.now(), request.POST.get("keyword", "")[:80]
    how = {"now": now, "is_beside": "is_beside" in request.POST}
    if registration.attended_at or attendance.come_by_keyword(registration, typed, **how):
        messages.success(request, _("Thank you: your attendance is noted."))
    else:
        messages.error(
            request, _("This isn’t the word, or it was tried too often. Ask in the room for it.")
        )


def wait_words(at, now):
    """How long it is from `now` to `at`: « 3 mois et 1 semaine », « moins d’une minute »."""
    if at - now < timedelta(minutes=1):
        return _("less than a minute")
    larger, comma, smaller = timeuntil(at, now).partition(", ")
    if not comma:
        return larger
    return _("%(larger)s and %(smaller)s") % {"larger": larger, "smaller": smaller}
