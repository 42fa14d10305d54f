"""The overview of one workshop at the desk: where its list and its saves lead."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.readings import date_words, short_moment, time_words
from praxis import health
from praxis.text import french_spacing
from registrations.admin import afterwards, charts, session_links, session_words
from registrations.admin.agenda_words import agenda_facts
from registrations.admin.needs import needs_facts
from registrations.domain import notices
from registrations.domain.figures.mail import mail_runs
from registrations.domain.figures.needs import with_count as with_needs
from registrations.domain.figures.workshop import overview as figures_of
from registrations.mail import kinds


@dataclass(frozen=True)
class Act:
    """A button of the overview: what it says, and where it leads."""

    words: str
    url: str


class HasOverview:
    """Adds the overview to the ModelAdmin of workshops."""

    overview_template = "admin/registrations/overview.html"

    def get_urls(self):
        page = path(
            "<int:workshop_pk>/overview/",
            self.admin_site.admin_view(self.overview_view),
            name="events_workshop_overview",
        )
        return [page, *super().get_urls()]

    def overview_view(self, request, workshop_pk):
        """One workshop at a glance."""
        rows = with_needs(self.get_queryset(request)).select_related("notice")
        workshop = self.row_to_read(request, workshop_pk, rows)
        now = timezone.now()
        may = session_links.rights(self.admin_site, request, workshop)
        mail = mail_runs(now=now, running_for=health.running_for())
        figures = figures_of(workshop, now=now)
        session = figures.session
        context = self.admin_site.each_context(request) | {
            "title": french_spacing(workshop.title),
            "opts": self.opts,
            "workshop": workshop,
            "original": workshop,
            "has_change_permission": may.edits,
            "may": may,
            "mail": mail,
            "mail_words": session_words.mail_words(mail, now),
            "sees_mails": may.sees_mails,
            "session": session,
            "steps": session_links.visible_steps(session, may, mail_leaves=mail.leaves),
            "begins": session_words.begins_words(session),
            "registration": session_words.standing_words(session),
            "hosts": session_words.hosts(session),
            "facts": [
                *session_words.facts(session, may),
                *needs_facts(workshop, may),
                *notice_facts(workshop, may),
                *afterwards.facts(workshop, figures.afterwards, may, now=now),
                *agenda_facts(workshop, now=now),
            ],
            "outdated": session.outdated if may.sees_people else [],
            "outdated_count": session.uninformed,
            "people": [(session_words.community_name(each.name), each) for each in figures.people],
            "mails": [(kinds.label(each.kind), each) for each in figures.mails],
            "signups": signups_chart(figures.signups),
            "joins": joins_chart(workshop, figures.joins),
            "public_address": settings.SITE_URL + workshop.get_absolute_url(),
            "acts": acts(session, may),
            "ways_to_share": ways_to_share(workshop),
        }
        return TemplateResponse(request, self.overview_template, context)

    def response_post_save_add(self, request, obj):
        return self.after_save(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request, obj):
        return self.after_save(request, obj) or super().response_post_save_change(request, obj)

    def after_save(self, request, workshop):
        """The way to the overview; None for an organiser who may not see it."""
        if not self.has_view_or_change_permission(request, workshop):
            return None
        return redirect("admin:events_workshop_overview", workshop.pk)


def acts(session, may):
    """The Acts that an organiser with these rights has for a workshop, what one does most first."""
    workshop, now = session.workshop, session.now
    board = [Act(_("Who is there"), session_links.board_url(workshop))] if may.uses_board else []
    found = [*board] if session.is_today else []
    if may.edits:
        edit = reverse("admin:events_workshop_change", args=[workshop.pk])
        found.append(Act(_("Edit"), edit))
    found.append(Act(_("See the page"), workshop.get_absolute_url()))
    if may.edits and not notices.why_not(workshop, now=now) and not was_told(workshop):
        found.append(Act(_("Tell the subscribers"), notice_url(workshop)))
    if may.sees_people:
        found.append(Act(_("People"), session_links.list_url(session_links.PEOPLE, workshop)))
    if may.sees_needs:
        found.append(Act(_("Needs"), session_links.needs_url(workshop)))
    if may.sees_mails:
        found.append(Act(_("Mails"), session_links.list_url(session_links.MAILS, workshop)))
    if workshop.is_published and workshop.has_ended(now):
        evaluation = reverse("admin:events_workshop_evaluation", args=[workshop.pk])
        found.append(Act(_("Evaluation"), evaluation))
    if not session.is_today:
        found += board
    history = reverse("admin:events_workshop_history", args=[workshop.pk])
    return [*found, Act(_("History"), history)]


def ways_to_share(workshop):
    """The Acts that stand below the address to share."""
    poster = Act(_("Poster"), reverse("events:poster", args=[workshop.slug]))
    if workshop.is_draft:
        return [poster]
    calendar = reverse("events:calendar", args=[workshop.slug])
    share = reverse("admin:events_workshop_share", args=[workshop.pk])
    return [Act(_("On other sites"), share), poster, Act(_("Calendar file"), calendar)]


def was_told(workshop):
    """Were the subscribers told of `workshop`, which was read with its notice?"""
    return hasattr(workshop, "notice")


def notice_url(workshop):
    return reverse("admin:registrations_workshop_notice", args=[workshop.pk])


def notice_facts(workshop, may):
    """The Fact that the subscribers were told, for those who may tell them."""
    if not may.edits or not was_told(workshop):
        return []
    words = _("Told on %(when)s")
    words %= {"when": short_moment(workshop.clocks[0], workshop.notice.at)}
    return [session_words.Fact(_("Subscribers"), words, notice_url(workshop))]


def signups_chart(curve):
    """The Chart of sign-ups by day; None where nobody signed up."""
    if curve is None:
        return None
    return charts.draw(curve, name_of=session_words.community_name, words_of=date_words)


def joins_chart(workshop, curve):
    """The Chart of joins by minute, on the first host's clock; None where nobody joined."""
    if curve is None:
        return None
    zone = ZoneInfo(workshop.first_zone)
    return charts.draw(
        curve,
        name_of=session_words.community_name,
        words_of=lambda minute: time_words(minute.astimezone(zone)),
    )
