"""The day-of board of a workshop: who is there, who is not yet, and what to do about it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from events.readings import moment_words
from praxis.text import french_spacing, is_possible_key
from registrations.admin.person_acts import Come, Resend, Undo
from registrations.domain import late_start
from registrations.domain.figures import board as figures
from registrations.domain.refused import Refused
from registrations.models import Registration

RIGHT = "registrations.use_board"
ROWS = 200  # on one page
MOST_ROWS = 10_000  # on paper
ACTS = (Come, Undo, Resend)
KEPT = ("q", "missing", "page", "stay")  # of the query, by each link and each button


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
            place = self.act_on_board(request, workshop)
            return redirect(f"{request.path}?{query_of(request)}{place}")
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
            "acts": {act.name: act.label for act in ACTS},
            "query": query_of(request),
            "links": links(request, people),
            "is_printed": is_printed,
            "stays": "stay" in request.GET,
            "may_mark": now >= workshop.door_opens_at,
            "may_resend": workshop.is_published and not workshop.has_ended(now),
            "may_be_late": late_start.may_say(workshop, now=now),
            "late": moment_words(workshop.clocks, late, beside=workshop.starts_at) if late else "",
            "minutes": late_start.offered(workshop, now=now),
            "door": moment_words(workshop.clocks, workshop.door_opens_at),
            # The room's address and the word are for whoever may change the workshop.
            "room": workshop.meeting_url if may_edit else "",
            "interpretation_room": workshop.interpretation_url if may_edit else "",
            "may_edit": may_edit,
            "keyword": workshop.keyword if may_edit else "",
        }

    def act_on_board(self, request, workshop):
        """Do what the pressed button says, and say what happened; the place to come back to."""
        now = timezone.now()
        if "late" in request.POST:
            said = request.POST["late"]
            minutes = int(said) if said in map(str, late_start.MINUTES) else None
            try:
                late_start.say(workshop, minutes, now=now)
            except Refused as refused:
                messages.warning(request, str(refused))
            return ""
        people_admin = self.admin_site.get_model_admin(Registration)
        for act in ACTS:
            key = request.POST.get(act.name, "")
            if is_possible_key(key):
                registration = get_object_or_404(figures.people(workshop), pk=key)
                registration.workshop = workshop
                people_admin.do_at_once(request, act(registration, now=now))
                is_hidden = act is Come and "missing" in request.GET
                return "#people" if is_hidden else f"#person-{registration.pk}"
        return ""


def standing(registration, workshop):
    """Since when somebody is there, in words; "" for who is not."""
    if not registration.came:
        return ""
    hour = moment_words(workshop.clocks[:1], registration.came_at, beside=workshop.starts_at)
    return _("in the room at %s") % hour if registration.joined_at else _("noted at %s") % hour


def links(request, page):
    """{what a link of the board does: its query}: each keeps what it is not there to change."""
    all_people = {"q": None, "missing": None, "page": None}
    found = {
        "everybody": query_of(request, **all_people),
        "print": query_of(request, page=None, print="yes"),
        "stay": query_of(request, stay="yes"),
        "renew": query_of(request, stay=None),
    }
    if page.has_previous():
        found["before"] = query_of(request, page=page.previous_page_number())
    if page.has_next():
        found["after"] = query_of(request, page=page.next_page_number())
    return found


def query_of(request, **changes):
    """What was searched and chosen, as a query. `changes` set something, or take it out: None."""
    chosen = {name: request.GET[name] for name in KEPT if name in request.GET} | changes
    return urlencode({name: value for name, value in chosen.items() if value is not None})
