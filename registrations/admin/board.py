"""The day-of board of a workshop: who is there, who is not yet, and what to do about it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.readings import moment_words
from praxis.text import french_spacing
from registrations.domain import attendance, late_start, selfservice
from registrations.domain.figures import board as figures
from registrations.models import Registration

RIGHT = "registrations.use_board"
ROWS = 200  # on one page
MOST_ROWS = 10_000  # on paper


class HasBoard:
    """Adds the board to the ModelAdmin of workshops; the right to it opens nothing else."""

    def get_urls(self):
        shown = require_http_methods(["GET", "HEAD", "POST"])(self.board_view)
        page = path(
            "<int:workshop_pk>/board/",
            self.admin_site.admin_view(shown),
            name="events_workshop_board",
        )
        return [page, *super().get_urls()]

    def board_view(self, request, workshop_pk):
        """The board; POST does what one of its buttons says."""
        if not request.user.has_perm(RIGHT):
            raise PermissionDenied
        workshop = get_object_or_404(self.get_queryset(request), pk=workshop_pk)
        if request.method == "POST":
            self.act_on_board(request, workshop)
            return redirect(f"{request.path}?{query_of(request)}")
        return TemplateResponse(
            request, "admin/registrations/board.html", self.board_context(request, workshop)
        )

    def board_context(self, request, workshop):
        now = timezone.now()
        typed = request.GET.get("q", "").strip()[:100]
        only_missing = "missing" in request.GET
        total, communities = figures.presence(workshop)
        found = figures.people(workshop, typed=typed, only_missing=only_missing)
        is_printed = "print" in request.GET
        page = Paginator(found, MOST_ROWS if is_printed else ROWS)
        people = page.get_page(request.GET.get("page"))
        may_edit = self.has_change_permission(request, workshop)
        late = late_start.late_start(workshop, now=now)
        return self.admin_site.each_context(request) | {
            "title": _("Who is there"),
            "opts": self.opts,
            "original": workshop,
            "workshop": workshop,
            "workshop_title": french_spacing(workshop.title),
            "total": total,
            "communities": communities,
            "people": [(each, standing(each, workshop)) for each in people],
            "page": people,
            "typed": typed,
            "only_missing": only_missing,
            "query": query_of(request),
            "is_printed": is_printed,
            "stays": "stay" in request.GET,
            "may_mark": now >= workshop.door_opens_at,
            "may_resend": workshop.is_published and not workshop.has_ended(now),
            "may_be_late": late_start.may_say(workshop, now=now),
            "late": moment_words(workshop.clocks, late, beside=workshop.starts_at) if late else "",
            "minutes": late_start.MINUTES,
            "door": moment_words(workshop.clocks, workshop.door_opens_at),
            # The room's address and the word are for whoever may change the workshop.
            "room": workshop.meeting_url if may_edit else "",
            "may_edit": may_edit,
            "keyword": workshop.keyword if may_edit else "",
        }

    def act_on_board(self, request, workshop):
        """Do what the pressed button says, and say what happened."""
        now = timezone.now()
        if "late" in request.POST:
            said = request.POST["late"]
            minutes = int(said) if said in map(str, late_start.MINUTES) else None
            late_start.say(workshop, minutes, now=now)
            return
        for act in (come, undo, resend):
            key = request.POST.get(act.__name__, "")
            if key.isascii() and key.isdecimal() and len(key) < 19:
                people = figures.people(workshop)
                registration = get_object_or_404(people, pk=key)
                registration.workshop = workshop
                done = act(registration, now=now)
                messages.add_message(request, done.level, done.words)
                if done.logged:
                    people_admin = self.admin_site.get_model_admin(Registration)
                    people_admin.log_change(request, registration, gettext(done.logged))


@dataclass(frozen=True)
class Done:
    """What an act of the board says; `logged` is what the log keeps, "" where nothing was done."""

    words: str
    logged: str = ""

    @property
    def level(self):
        return messages.SUCCESS if self.logged else messages.WARNING


def come(registration, *, now):
    if attendance.mark_come(registration, now=now):
        return Done(_("%s is there: noted.") % registration, gettext_noop("Marked as come."))
    return Done(_("%s is noted already, or the room is not open yet.") % registration)


def undo(registration, *, now):
    if attendance.unmark_come(registration):
        words = _("%s is not there after all: noted.") % registration
        return Done(words, gettext_noop("No longer marked as come."))
    return Done(_("%s was not noted as being there.") % registration)


def resend(registration, *, now):
    if selfservice.send_again(registration, now=now, by_desk=True):
        words = _("Mail sent again to %(name)s (%(address)s).")
        words %= {"name": registration, "address": registration.email}
        return Done(words, gettext_noop("Sent the mail with the links again."))
    why = selfservice.why_not_sent(registration, now=now)
    return Done(f"{registration} – {why}")


def standing(registration, workshop):
    """Since when somebody is there, in words; "" for who is not."""
    at = registration.joined_at or registration.attended_at
    if at is None:
        return ""
    hour = moment_words(workshop.clocks[:1], at, beside=workshop.starts_at)
    return _("in the room at %s") % hour if registration.joined_at else _("noted at %s") % hour


def query_of(request):
    """What was searched and chosen, as a query to come back to."""
    kept = ("q", "missing", "page", "stay")
    return urlencode({name: request.GET[name] for name in kept if name in request.GET})
