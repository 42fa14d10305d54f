"""What the overview of one workshop says: who signed up when, who joined when, which mails left."""

from collections import Counter
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.functions import TruncDate, TruncMinute

from registrations.domain import announcements, headcounts
from registrations.domain.figures.afterwards import AfterwardsMails, afterwards_mail
from registrations.domain.figures.curves import Curve, joins, signups
from registrations.domain.figures.session import MailState, Session, groups_of, reminders_of
from registrations.mail.kinds import Kind
from registrations.mail.standstill import is_overdue
from registrations.models import Headcount, OutgoingMail, Registration

State = Registration.State


@dataclass(frozen=True)
class CommunityCount:
    """How many people of a community are in each state."""

    name: str
    colour: str
    confirmed: int
    waiting: int
    cancelled: int


@dataclass(frozen=True)
class KindCount:
    """How many mails of a kind are in each state."""

    kind: str
    sent: int
    leaving: int
    failed: int
    dropped: int


@dataclass(frozen=True)
class Overview:
    """The figures of one workshop.

    `signups` and `joins` are Curves, None while there is nobody to draw.
    `afterwards` is the mail about what stays.
    """

    session: Session
    people: list
    mails: list
    signups: Curve | None
    joins: Curve | None
    afterwards: AfterwardsMails


def overview(workshop, *, now):
    """The Overview of `workshop` at `now`; a fixed number of statements."""
    people = list(people_by_day(workshop))
    headcount = Headcount(workshop_id=workshop.pk)
    for state, community_id, _day, number in people:
        headcounts.add(headcount, state, community_id, number)
    joined = list(people_by_minute(workshop)) if workshop.door_opens_at <= now else None
    mails, overdue = mails_by_kind(workshop, now=now)
    groups = [] if workshop.has_ended(now) else announcements.outdated(workshop)
    session = Session(
        workshop=workshop,
        now=now,
        headcount=headcount,
        outdated=groups,
        failed=sum(number for (_kind, state), number in mails.items() if state == MailState.FAILED),
        overdue=overdue,
        reminders=reminders_of(workshop, mails),
        came=None if joined is None else sum(number for *_where, number in joined),
    )
    return Overview(
        session=session,
        people=people_by_community(workshop, people),
        mails=by_kind(mails),
        signups=signups(workshop, people, now=now),
        joins=joins(session, joined),
        afterwards=afterwards_mail(workshop, mails, now=now, confirmed=session.confirmed),
    )


def people_by_day(workshop):
    """(state, community pk, date on the first host's clock, how many) of the registrations."""
    day = TruncDate("created_at", tzinfo=ZoneInfo(workshop.first_zone))
    groups = workshop.registrations.order_by().annotate(day=day)
    groups = groups.values_list("state", "community", "day")
    return groups.annotate(number=Count("pk"))


def people_by_minute(workshop):
    """(community pk, minute of the first joining or None, how many) of those who came."""
    people = workshop.registrations.confirmed().came().order_by()
    groups = people.annotate(minute=TruncMinute("joined_at")).values_list("community", "minute")
    return groups.annotate(number=Count("pk"))


def mails_by_kind(workshop, *, now):
    """({(kind, state): how many mails}, how many of them should have left)."""
    mails = OutgoingMail.objects.filter(registration__workshop=workshop).order_by()
    groups = mails.values_list("kind", "state")
    found, overdue = {}, 0
    for kind, state, number, late in groups.annotate(
        number=Count("pk"), late=Count("pk", filter=is_overdue(now))
    ):
        found[kind, state] = number
        overdue += late
    return found, overdue


def failed_mails(workshop):
    """How many mails about `workshop` could not leave."""
    mails = OutgoingMail.objects.filter(registration__workshop=workshop, state=MailState.FAILED)
    return mails.count()


def never_verified(workshop):
    """How many people with a seat have an address that never used one of our links."""
    return workshop.registrations.confirmed().never_verified().count()


def by_kind(mails):
    """A KindCount for each kind of which there are mails, in the order of Kind."""
    known = [kind.value for kind in Kind]
    kinds = sorted({kind for kind, _state in mails}, key=lambda kind: order_in(known, kind))
    return [
        KindCount(
            kind=kind,
            sent=mails.get((kind, MailState.SENT), 0),
            leaving=mails.get((kind, MailState.QUEUED), 0)
            + mails.get((kind, MailState.SENDING), 0),
            failed=mails.get((kind, MailState.FAILED), 0),
            dropped=mails.get((kind, MailState.DROPPED), 0),
        )
        for kind in kinds
    ]


def order_in(known, kind):
    """Where `kind` stands; one that a later release stored comes last."""
    return (known.index(kind), "") if kind in known else (len(known), kind)


def people_by_community(workshop, people):
    """A CommunityCount for each host, then one for all others, if there are any."""
    hosts = {host.pk for host in workshop.communities}
    numbers = Counter()
    for state, community_id, _day, number in people:
        numbers[community_id if community_id in hosts else None, state] += number
    counts = [
        CommunityCount(name, colour, *(numbers[pk, state] for state in State.values))
        for pk, name, colour in groups_of(workshop)
    ]
    return [each for each in counts if each.name or each.confirmed + each.waiting + each.cancelled]
