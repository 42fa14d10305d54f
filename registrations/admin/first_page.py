"""The desk's first page: is everything all right? PraxisAdminSite asks it by a setting."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.models import Community, Workshop
from praxis import health
from praxis.accounts.names import name_of
from registrations.admin import session_links, session_words
from registrations.admin.board import RIGHT
from registrations.domain import next_step
from registrations.domain.figures import desk
from registrations.domain.figures.mail import mail_runs
from registrations.domain.figures.session import Session
from registrations.domain.steps import Step
from registrations.models import OutgoingMail

BOARD_STAYS = timedelta(days=1)  # after the end


@dataclass(frozen=True)
class Card:
    """A session as the first page shows it. `step` is None where the organiser may not know it.

    `more` are (Step, address) of what else is to do.
    `board` is the address of the day-of board, "" on other days.
    """

    session: Session
    overview: str
    begins: str
    registration: str
    step: Step | None
    step_url: str
    more: list
    hosts: list
    facts: list
    board: str

    @property
    def is_settled(self):
        """Is it cancelled, with nothing to do about it?"""
        return self.session.workshop.is_cancelled and not (self.step and self.step.is_to_do)


def context(site, request):
    """What the first page of the desk `site` says to the organiser of `request`."""
    admin = site.get_model_admin(Workshop)
    now = timezone.now()
    reads = admin.has_view_permission(request)
    page = desk.first_page(admin.get_queryset(request), now=now) if reads else None
    # Who sees a workshop has a role and a community: nobody else is asked for them.
    sees_some = page and (page.coming or page.past)
    missing = "" if sees_some else what_is_missing(request.user)
    if missing:
        return {"missing": missing, "keepers": account_keepers()}
    if not reads:
        return boards(admin, request, now=now) if request.user.has_perm(RIGHT) else {}
    mail = mail_runs(now=now, running_for=health.running_for())
    admin.note_visible(request, [each.workshop for each in [*page.coming, *page.past]])
    cards = {"coming": page.coming, "past": page.past}
    shown = {
        name: [card(site, request, each, mail_leaves=mail.leaves) for each in found]
        for name, found in cards.items()
    }
    every = shown["coming"] + shown["past"]
    shown = {name: [each for each in found if not each.is_settled] for name, found in shown.items()}
    shown["settled"] = [each for each in every if each.is_settled]
    shown |= what_is_to_do(every)
    workshops = reverse("admin:events_workshop_changelist")
    sees_mails = site.get_model_admin(OutgoingMail).has_view_permission(request)
    context = shown | {"sees_workshops": True, "mail": mail, "sees_mails": sees_mails}
    context |= {"mail_words": session_words.mail_words(mail, now)}
    context |= {"more_url": workshops if page.has_more else "", "workshops_url": workshops}
    context["adds_workshops"] = admin.has_add_permission(request)
    if not page.coming and not page.past:
        context["is_empty"] = not admin.get_queryset(request).exists()
        communities = site.get_model_admin(Community)
        context["adds_communities"] = communities.has_add_permission(request)
        context["has_communities"] = communities.get_queryset(request).exists()
    return context


def what_is_missing(user):
    """Why an organiser's desk is empty, as a sentence; "" if it is not."""
    if user.is_superuser:
        return ""
    if not user.get_all_permissions():
        return _(
            "Your account has no role at the desk yet, so there is nothing to see here. "
            "Ask for one:"
        )
    if not user.memberships.exists():
        return _(
            "Your account does not belong to any community yet, so no workshop is shown here. "
            "Ask to be added to yours:"
        )
    return ""


def account_keepers():
    """(name, address) of some of those who manage accounts: whom to ask about one."""
    keepers = get_user_model().objects.filter(is_superuser=True, is_active=True)
    return [(name_of(keeper), keeper.email) for keeper in keepers.order_by("pk")[:3]]


def what_is_to_do(cards):
    """What the first page says above `cards`: the urgent steps of all, or that there is none.

    Who may not know of something is not told that nothing is to do.
    """
    found = [
        (step, url or each.overview, each.session.workshop)
        for each in sorted(cards, key=lambda each: each.session.workshop.starts_at)
        for step, url in [(each.step, each.step_url), *each.more]
        if step
    ]
    urgent = [each for each in found if each[0].is_urgent]
    urgent.sort(key=lambda each: next_step.URGENT.index(each[0].name))
    knows_all = bool(cards) and all(each.step for each in cards)
    return {
        "urgent": urgent,
        "nothing_urgent": knows_all and not urgent,
        "nothing_to_do": knows_all and not any(step.is_to_do for step, *_rest in found),
    }


def boards(admin, request, *, now):
    """The boards of what comes and of today, for somebody who has no other page."""
    workshops = admin.get_queryset(request).filter(
        state=Workshop.State.PUBLISHED, ends_at__gt=now - BOARD_STAYS
    )
    shown = workshops.order_by("starts_at", "pk")[: desk.COMING_SHOWN]
    return {"boards": [(each, session_links.board_url(each)) for each in shown]}


def card(site, request, session, *, mail_leaves):
    """The Card of `session`."""
    workshop = session.workshop
    may = session_links.rights(site, request, workshop)
    steps = session_links.visible_steps(session, may, mail_leaves=mail_leaves)
    step, step_url = steps[0] if steps else (None, "")
    return Card(
        session=session,
        overview=session_links.overview_url(workshop),
        begins=session_words.begins_words(session),
        registration=session_words.standing_words(session),
        step=step,
        step_url=step_url,
        more=steps[1:],
        hosts=session_words.hosts(session) if may.sees_people else [],
        facts=session_words.facts(session, may),
        board=session_links.board_url(session.workshop)
        if may.uses_board and session.is_today
        else "",
    )
