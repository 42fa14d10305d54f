"""What the desk's first page says: the sessions that come, and what the past ones still want."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, prefetch_related_objects

from registrations.domain import announcements, headcounts
from registrations.domain.figures.session import MailState, Session, reminders_of
from registrations.mail import reminders
from registrations.mail.standstill import is_overdue
from registrations.models import OutgoingMail, Registration

COMING_SHOWN = 6
PAST_SHOWN = 4
# What is longer past is left in peace.
PAST_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Desk:
    """The Sessions that come, the next one first, and those lately past, the latest one first.

    `has_more` says that still others come.
    """

    coming: list
    past: list
    has_more: bool


def first_page(workshops, *, now):
    """The Desk of `workshops` (a queryset) at `now`; a fixed number of statements.

    The queryset is one of headcounts.with_counts().
    """
    coming = workshops.coming(now)[: COMING_SHOWN + 1]
    past = workshops.past(now).filter(ends_at__gt=now - PAST_FOR)[:PAST_SHOWN]
    shown = Q(pk__in=coming.values("pk")) | Q(pk__in=past.values("pk"))
    found = workshops.filter(shown).order_by("starts_at", "pk")
    every = sessions(found, now=now)
    to_come = [each for each in every if not each.has_ended]
    return Desk(
        coming=to_come[:COMING_SHOWN],
        past=[each for each in reversed(every) if each.has_ended],
        has_more=len(to_come) > COMING_SHOWN,
    )


def sessions(workshops, *, now, briefly=False):
    """The Session of each of `workshops` at `now`, in order; a fixed number of statements.

    headcounts.with_counts() has read them. `briefly` leaves out the reminders and who came.
    """
    workshops = list(workshops)
    prefetch_related_objects(workshops, "hostings")
    announced = [each for each in workshops if not each.has_ended(now)]
    counts = headcounts.of_each(workshops)
    outdated = announcements.outdated_of(announced)
    failed, overdue = stuck_mails(workshops, now=now)
    reminded = reminder_mails([] if briefly else announced, now=now)
    came = {} if briefly else people_who_came(workshops, now=now)
    return [
        Session(
            workshop=each,
            now=now,
            headcount=counts[each.pk],
            outdated=outdated.get(each.pk, []),
            failed=failed[each.pk],
            overdue=overdue[each.pk],
            reminders=reminders_of(each, reminded[each.pk]),
            came=came.get(each.pk, 0) if each.door_opens_at <= now and not briefly else None,
        )
        for each in workshops
    ]


def stuck_mails(workshops, *, now):
    """({workshop pk: mails that could not leave}, {workshop pk: mails that should have left}).

    Of `workshops` alone; one statement.
    """
    # Of all workshops, and by sent_at: so both databases read the index mail_owed, which is short.
    is_stuck = Q(state=MailState.FAILED) | is_overdue(now)
    stuck = OutgoingMail.objects.filter(is_stuck, sent_at=None).order_by()
    groups = stuck.values_list("registration__workshop", "state").annotate(number=Count("pk"))
    wanted = {workshop.pk for workshop in workshops}
    found = {True: Counter(), False: Counter()}
    for pk, state, number in groups:
        if pk in wanted:
            found[state == MailState.FAILED][pk] += number
    return found[True], found[False]


def reminder_mails(workshops, *, now):
    """{workshop pk: {(kind, state): how many reminders}} of those whose reminders have come."""
    due = [
        each.pk
        for each in workshops
        if any(reminders.has_come(kind, each, "", now=now) for kind in reminders.MARKS)
    ]
    found = defaultdict(dict)
    if not due:
        return found
    mails = OutgoingMail.objects.filter(registration__workshop__in=due, kind__in=reminders.MARKS)
    groups = mails.order_by().values_list("registration__workshop", "kind", "state")
    for pk, kind, state, number in groups.annotate(number=Count("pk")):
        found[pk][kind, state] = number
    return found


def people_who_came(workshops, *, now):
    """{workshop pk: how many people came} of those whose door has opened."""
    opened = [each.pk for each in workshops if each.door_opens_at <= now]
    if not opened:
        return {}
    people = Registration.objects.confirmed().came().filter(workshop__in=opened).order_by()
    return dict(people.values_list("workshop").annotate(number=Count("pk")))
