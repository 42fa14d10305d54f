"""The kinds of mail: all that is true of one kind alone stands in its row.

A new kind is one row here and its words in templates/mail/<kind>.md; docs/how-to.md lists the
files.
"""

from django.utils.translation import gettext_lazy as _

from registrations.mail import bands
from registrations.mail.rules import LATER, NEVER, KindOfMail, Rules
from registrations.models import Registration

State = Registration.State


class Kind(KindOfMail):
    """A kind of mail about a registration; subscription_kinds.py has those to subscribers."""

    CONFIRMATION = (
        "confirmation",
        Rules(
            subject=_("Registration confirmed: %(when)s"),
            heading=_("It’s confirmed"),
            band=bands.CONFIRMATION,
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
            subject=_("Already registered: %(when)s"),
            subject_without_seat=_("Already waiting: %(when)s"),
            heading=_("You’re already registered"),
            heading_without_seat=_("You’re already on the waiting list"),
            band=bands.ALREADY_REGISTERED,
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
            subject=_("On the waiting list: %(when)s"),
            heading=_("You’re on the waiting list"),
            band=bands.WAITING,
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
            subject=_("Your links to our workshops"),
            heading=_("Here are your links"),
            band=bands.LINKS,
            priority=0,
            when_limited=NEVER,
            # A person who registered five times today and lost the mails must still get them.
            counted_as="links",
            waits_for_publication=False,
            is_recorded=False,
            # No other mail changes what it says, and people ask for it when another is lost.
            waits_for_earlier=False,
        ),
        _("lost links"),
    )
    PROMOTION = (
        "promotion",
        Rules(
            subject=_("You have a seat: %(when)s"),
            heading=_("You have a seat"),
            band=bands.PROMOTION,
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
            subject=_("Registration cancelled: %(when)s"),
            subject_without_seat=_("Waiting list left: %(when)s"),
            heading=_("Your registration is cancelled"),
            heading_without_seat=_("You’ve left the waiting list"),
            subject_of_erasure=_("Your data has been erased: %(when)s"),
            heading_of_erasure=_("Your data has been erased"),
            band=bands.CANCELLATION,
            priority=1,
            # Somebody who was restored to the waiting list still has the entry to be taken out.
            states=(State.CANCELLED, State.WAITING),
            invite="CANCEL",
            waits_for_publication=False,
            ends_registration=True,
        ),
        _("cancellation"),
    )
    ORGANISERS_CANCELLED = (
        "organisers_cancelled",
        Rules(
            subject=_("Cancelled by the organisers: %(when)s"),
            heading=_("The organisers have cancelled your registration"),
            subject_of_erasure=_("Erased by the organisers: %(when)s"),
            heading_of_erasure=_("The organisers have erased your data"),
            band=bands.ORGANISERS_CANCELLED,
            priority=1,
            states=(State.CANCELLED, State.WAITING),
            invite="CANCEL",
            waits_for_publication=False,
            ends_registration=True,
        ),
        _("cancellation by the organisers"),
    )
    HOUR_REMINDER = (
        "hour_reminder",
        Rules(
            subject=_("Starting soon: %(when)s"),
            band=bands.HOUR_REMINDER,
            priority=2,
            states=(State.CONFIRMED,),
            is_recorded=False,
        ),
        _("last reminder"),
    )
    DAY_REMINDER = (
        "day_reminder",
        Rules(
            subject=_("Still coming? %(when)s"),
            band=bands.DAY_REMINDER,
            priority=3,
            states=(State.CONFIRMED,),
            is_recorded=False,
        ),
        _("first reminder"),
    )
    UPDATE = (
        "update",
        Rules(
            subject=_("What changes: %(when)s"),
            heading=_("Something has changed"),
            band=bands.UPDATE,
            priority=3,
            states=(State.CONFIRMED, State.WAITING),
            invite="REQUEST",
        ),
        _("change announced"),
    )
    WORKSHOP_CANCELLED = (
        "workshop_cancelled",
        Rules(
            subject=_("Workshop cancelled: %(when)s"),
            heading=_("The workshop is cancelled"),
            band=bands.WORKSHOP_CANCELLED,
            priority=3,
            invite="CANCEL",
            waits_for_publication=False,
        ),
        _("workshop cancelled"),
    )
    AFTERWARDS = (
        "afterwards",
        Rules(
            subject=_("After the workshop: %(when)s"),
            heading=_("To look back on the workshop"),
            band=bands.AFTERWARDS,
            priority=4,
            states=(State.CONFIRMED,),
            is_recorded=False,
        ),
        _("what stays"),
    )

    @classmethod
    def where(cls, rule):
        """The kinds whose Rules are such that `rule(rules)` is true."""
        return [kind for kind in cls if rule(kind.rules)]


def rules_of(mail):
    """The Rules of an OutgoingMail's kind."""
    return Kind(mail.kind).rules


def label(kind):
    """What the desk calls a kind of mail; its bare name if a later release stored it."""
    return dict(Kind.choices).get(kind, kind)


def invite_method(kind, registration):
    """The METHOD of the invite that a mail of `kind` carries to this person now; "" for none.

    A person without a seat gets no invite. An invite that was never sent is not cancelled.
    """
    method = Kind(kind).rules.invite
    if method == "REQUEST" and not registration.is_confirmed:
        return ""
    if method == "CANCEL" and registration.sequence is None:
        return ""
    return method
