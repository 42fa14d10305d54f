"""Headcounts: read, written and compared with the rows, so that nothing else counts these."""

import json
import logging
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from events.models import Workshop
from praxis.compiled import Compiled
from registrations.models import Headcount, Registration

logger = logging.getLogger("praxis.seats")
State = Registration.State
CHECK_EVERY = timedelta(minutes=10)
STORED = Compiled(lambda pk: Headcount.objects.filter(pk=pk).order_by())
NUMBERS = ["confirmed", "waiting", "confirmed_of", "waiting_of"]
# One row is locked after the other, in this order, since whoever holds the workshop's lock then
# writes the headcount. What is locked is read as it is by then, not as it was before the wait.
LOCKED_WITH_WORKSHOP = Compiled(
    lambda pk: (
        Headcount.objects.select_related("workshop")
        .select_for_update(no_key=True, of=("workshop", "self"))
        .filter(pk=pk)
        .order_by()
    )
)
# Each sign-up writes it: Django would take longer to build it than the database to do it.
WRITE = """
    UPDATE registrations_headcount
    SET confirmed = %s, waiting = %s, confirmed_of = %s, waiting_of = %s WHERE workshop_id = %s
"""


def read(workshop):
    """The Headcount of `workshop` as it is stored, or as counted now where none is stored yet."""
    return stored(workshop.pk) or counted(workshop)


def read_each(workshops):
    """{pk: Headcount} of `workshops`, as read() gives them; two statements, however many."""
    found = Headcount.objects.in_bulk([workshop.pk for workshop in workshops])
    missing = [workshop for workshop in workshops if workshop.pk not in found]
    return found | (counted_each(missing) if missing else {})


def counted_each(workshops):
    """{pk: Headcount, not stored, with what the rows say} of `workshops`; one statement."""
    found = {workshop.pk: Headcount(workshop_id=workshop.pk) for workshop in workshops}
    rows = Registration.objects.active().filter(workshop__in=list(found)).order_by()
    groups = rows.values_list("workshop", "state", "community").annotate(number=Count("pk"))
    for pk, *group in groups:
        add(found[pk], *group)
    return found


def read_locked(workshop, *, now):
    """The Headcount of `workshop`, stored if it was not; for a caller that holds its lock."""
    headcount = stored(workshop.pk)
    if headcount is None:
        headcount = counted(workshop)
        headcount.checked_at = now
        headcount.save(force_insert=True)
    return headcount


def lock_with_workshop(workshop_pk):
    """The stored Headcount with its `workshop`, both locked, in one statement; None if none is."""
    return LOCKED_WITH_WORKSHOP.first(workshop_pk)


def with_counts(workshops):
    """The queryset `workshops` with their headcounts, and `coming` and `waits`: how many people."""
    return workshops.select_related("headcount").annotate(
        coming=number_of("confirmed"), waits=number_of("waiting")
    )


def of_each(workshops):
    """{pk: Headcount} of `workshops`, which with_counts() has read; one statement, mostly none.

    One that is not stored is counted, unless nobody comes and nobody waits.
    """
    found, missing = {}, []
    for workshop in workshops:
        if hasattr(workshop, "headcount"):
            found[workshop.pk] = workshop.headcount
        elif workshop.coming or workshop.waits:
            missing.append(workshop)
        else:
            found[workshop.pk] = Headcount(workshop_id=workshop.pk)
    return found | (counted_each(missing) if missing else {})


def number_of(name):
    """Of a query of workshops: how many people are "confirmed" or "waiting", as an expression.

    It is what the headcount says. Only where there is none, the rows are counted.
    """
    people = Registration.objects.filter(workshop=OuterRef("pk"), state=name).order_by()
    count = people.values("workshop").annotate(number=Count("pk")).values("number")
    return Coalesce(f"headcount__{name}", Subquery(count), 0)


def stored(workshop_pk):
    """The Headcount of a workshop as it is stored; None if there is none."""
    return STORED.first(workshop_pk)


def counted(workshop):
    """A Headcount, not stored, with what the rows say."""
    headcount = Headcount(workshop_id=workshop.pk)
    groups = workshop.registrations.active().order_by().values_list("state", "community")
    for state, community_id, number in groups.annotate(number=Count("pk")):
        add(headcount, state, community_id, number)
    return headcount


def count(headcount, registration, number):
    """Count `registration` in its state `number` times more (1 or -1). Nothing is saved."""
    add(headcount, registration.state, registration.community_id, number)


def add(headcount, state, community_id, number):
    """Add `number` to the people of `headcount` in `state`; those who cancelled are not counted."""
    if state == State.WAITING:
        headcount.waiting += number
        of = headcount.waiting_of
    elif state == State.CONFIRMED:
        headcount.confirmed += number
        of = headcount.confirmed_of
    else:
        return
    if community_id:
        key = str(community_id)
        of[key] = of.get(key, 0) + number
        if not of[key]:
            del of[key]


def write(headcount):
    """Write the numbers of `headcount`, for a caller that holds the workshop's lock."""
    values = [headcount.confirmed, headcount.waiting]
    values += [json.dumps(headcount.confirmed_of), json.dumps(headcount.waiting_of)]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [*values, headcount.pk])


def check_next(*, now):
    """Compare the coming workshop that was not checked for longest; how many were wrong (0 or 1).

    One at a time, so that a round of the worker costs the same however many there are.
    """
    due = Headcount.objects.filter(
        workshop__ends_at__gt=now, checked_at__lte=now - CHECK_EVERY
    ).order_by("checked_at")
    first = due.values_list("pk", flat=True).first()
    return 0 if first is None else check(first, now=now)


def check_all(*, now):
    """Compare each coming workshop's headcount with its rows; how many were wrong.

    A worker does so as it starts: a release that kept no headcount may have run until then.
    """
    coming = Headcount.objects.filter(workshop__ends_at__gt=now)
    return sum(check(pk, now=now) for pk in list(coming.values_list("pk", flat=True)))


def check(workshop_pk, *, now):
    """Compare one headcount with the rows, and write what these say; 1 if it was wrong, else 0."""
    with transaction.atomic():
        # One that somebody holds now is left to a later round: mails must not wait for it.
        free = Workshop.objects.select_for_update(no_key=True, skip_locked=True)
        workshop = free.filter(pk=workshop_pk).first()
        kept = stored(workshop_pk)
        if workshop is None or kept is None:
            return 0
        true = counted(workshop)
        Headcount.objects.filter(pk=workshop_pk).update(checked_at=now)
        if [getattr(true, name) for name in NUMBERS] == [getattr(kept, name) for name in NUMBERS]:
            return 0
        write(true)
    logger.warning(
        "workshop %s: %s confirmed and %s waiting were kept as %s and %s, and are corrected",
        *(workshop_pk, true.confirmed, true.waiting, kept.confirmed, kept.waiting),
    )
    return 1
