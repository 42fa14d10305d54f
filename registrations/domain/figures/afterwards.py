"""The mail about what stays, as the desk shows it: when it leaves, to how many people."""

from dataclasses import dataclass
from datetime import datetime

from registrations.mail import afterwards
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail

State = OutgoingMail.State


@dataclass(frozen=True)
class AfterwardsMails:
    """The mails about what stays of one workshop.

    `to_come` people have none yet, `leaving` mails are on their way, and `sent` have left. They
    leave at `leaves_at`, None if none is to leave as things are. Where their time `has_passed`, no
    other one leaves.
    """

    to_come: int
    leaving: int
    sent: int
    leaves_at: datetime | None
    has_passed: bool


def afterwards_mail(workshop, mails, *, now, confirmed=None):
    """The AfterwardsMails of `workshop`; `mails` maps (kind, state) to how many there are.

    Before the end they are for all that have a seat: who knows how many are `confirmed` says so.
    """
    to_come = confirmed
    if to_come is None or workshop.has_ended(now):
        to_come = afterwards.people_to_tell(workshop).count()
    counts = {state: mails.get((Kind.AFTERWARDS, state), 0) for state in State}
    return AfterwardsMails(
        to_come=to_come,
        leaving=counts[State.QUEUED] + counts[State.SENDING],
        sent=counts[State.SENT],
        leaves_at=afterwards.leaves_at(workshop),
        has_passed=bool(afterwards.why_obsolete(workshop, now=now)),
    )
