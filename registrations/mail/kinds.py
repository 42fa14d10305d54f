"""The kinds of mail: all that is true of one kind alone stands in its row.

A new kind is one row here and its texts, templates/mail/<kind>; docs/how-to.md lists the files.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from registrations.models import Registration

State = Registration.State
LATER, NEVER = "later", "never"


@dataclass(frozen=True)
class Rules:
    """What is true of one kind of mail.

    `subject` holds %(title)s; `subject_without_seat` goes to somebody who never had a seat, where
    that reads otherwise. The lowest `priority` leaves first: 0 is for somebody who sits before the
    screen. `states` are those of a registration in which the mail is true; none named: in each.
    `invite` is the METHOD (RFC 5546) of the calendar entry the mail carries where there is one to
    carry. `tells_everything`: it says all a person has, so that a second one at once would only
    repeat. `when_limited` is what a daily limit (mail/daily_limits.py) does to a mail that anybody
    can cause who types an address: LATER, NEVER, or "" where no limit counts it; `counted_as` is
    the allowance it is counted under. `waits_for_publication`: it is held while its workshop is
    not published. `is_recorded`: what it tells is noted as the person's snapshot.
    `waits_for_earlier`: it leaves after the earlier mails about the same registration.
    """

    subject: str
    priority: int
    states: tuple = ()
    subject_without_seat: str = ""
    invite: str = ""
    tells_everything: bool = False
    when_limited: str = ""
    counted_as: str = "mail"
    waits_for_publication: bool = True
    is_recorded: bool = True
    waits_for_earlier: bool = True


class Kind(models.TextChoices):
    """A kind of mail, by the name that its rows and its templates bear; `rules` says the rest."""

    CONFIRMATION = (
        "confirmation",
        Rules(
            subject=_("You are registered: %(title)s"),
            priority=0,
            states=(State.CONFIRMED,),
            invite="REQUEST",
            tells_everything=True,
            when_limited=LATER,
        ),
        _("confirmation"),
    )
    ALREADY_REGISTERED = (
        "already_registered",
        Rules(
            subject=_("Already registered: %(title)s"),
            subject_without_seat=_("Already on the waiting list: %(title)s"),
            priority=0,
            states=(State.CONFIRMED, State.WAITING),
            invite="REQUEST",
            tells_everything=True,
            when_limited=NEVER,
        ),
        _("already registered"),
    )
    WAITING = (
        "waiting",
        Rules(
            subject=_("On the waiting list: %(title)s"),
            priority=0,
            states=(State.WAITING,),
            tells_everything=True,
            when_limited=LATER,
        ),
        _("waiting list"),
    )
    LINKS = (
        "links",
        Rules(
            subject=_("Your links: %(title)s"),
            priority=0,
            when_limited=NEVER,
            # Somebody who registered five times today and lost the mails must still get their links.
            counted_as="links",
            waits_for_publication=False,
            is_recorded=False,
            # They tell nothing that another mail could change, and are asked for where one is lost.
            waits_for_earlier=False,
        ),
        _("lost links"),
    )
    PROMOTION = (
        "promotion",
        Rules(
            subject=_("A seat is yours: %(title)s"),
            priority=1,
            states=(State.CONFIRMED,),
            invite="REQUEST",
            tells_everything=True,
        ),
        _("seat from the waiting list"),
    )
    CANCELLATION = (
        "cancellation",
        Rules(
            subject=_("Registration cancelled: %(title)s"),
            subject_without_seat=_("You left the waiting list: %(title)s"),
            priority=1,
            states=(State.CANCELLED,),
            invite="CANCEL",
            waits_for_publication=False,
        ),
        _("cancellation"),
    )
    HOUR_REMINDER = (
        "hour_reminder",
        Rules(
            subject=_("Starting soon: %(title)s"),
            priority=2,
            states=(State.CONFIRMED,),
            is_recorded=False,
        ),
        _("last reminder"),
    )
    DAY_REMINDER = (
        "day_reminder",
        Rules(
            subject=_("Soon: %(title)s"),
            priority=3,
            states=(State.CONFIRMED,),
            is_recorded=False,
        ),
        _("first reminder"),
    )
    UPDATE = (
        "update",
        Rules(
            subject=_("What changes: %(title)s"),
            priority=3,
            states=(State.CONFIRMED, State.WAITING),
            invite="REQUEST",
        ),
        _("change announced"),
    )
    WORKSHOP_CANCELLED = (
        "workshop_cancelled",
        Rules(
            subject=_("Workshop cancelled: %(title)s"),
            priority=3,
            invite="CANCEL",
            waits_for_publication=False,
        ),
        _("workshop cancelled"),
    )

    def __new__(cls, name, rules):
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.rules = rules
        return kind

    @classmethod
    def where(cls, rule):
        """The kinds whose Rules are such that `rule(rules)` is true."""
        return [kind for kind in cls if rule(kind.rules)]


def rules_of(mail):
    """The Rules of an OutgoingMail's kind."""
    return Kind(mail.kind).rules


def subject(mail):
    """The subject of an OutgoingMail, in the active language."""
    rules, registration = rules_of(mail), mail.registration
    had_no_seat = registration.confirmed_at is None
    words = (
        rules.subject_without_seat if had_no_seat and rules.subject_without_seat else rules.subject
    )
    return words % {"title": registration.workshop.title}


def invite_method(kind, registration):
    """The METHOD of the invite that a mail of `kind` carries to this person now; "" for none.

    Who has no seat gets none, and an entry that was never sent is not taken back.
    """
    method = Kind(kind).rules.invite
    if method == "REQUEST" and not registration.is_confirmed:
        return ""
    if method == "CANCEL" and registration.sequence is None:
        return ""
    return method
