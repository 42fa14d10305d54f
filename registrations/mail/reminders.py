"""Reminders: when each one is due, and the round that stores those that are.

Nothing is planned ahead, so that a workshop that moves needs no repair. A reminder has a window,
from due_at() to passes_at(), and at a moment `now`

    has_come()   says whether the window has begun, and perhaps ended;
    is_due()     says whether `now` is in the window;
    is_timely()  says whether a reminder that is stored may still leave: it is due, and it was
                 written for the start that the workshop has now.
"""

from datetime import UTC, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils.translation import gettext_noop

from events.models import Workshop
from praxis import zones
from praxis.attempt import attempt
from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

MailState = OutgoingMail.State
DAY, HOUR = Kind.DAY_REMINDER, Kind.HOUR_REMINDER
# The field of a registration that holds the start for which the reminder was written.
MARKS = {DAY: "day_reminder_for", HOUR: "hour_reminder_for"}
LONGEST_LEAD = timedelta(days=61)
# No law moves a clock by more at once, so that a lead of days differs by no more between zones.
WIDEST_CHANGE = timedelta(hours=3)
BATCH = 500
# ZoneInfo itself remembers eight zones, and a round asks for all there are.
zone_info = cache(ZoneInfo)
MOVED = gettext_noop("overtaken: the workshop was moved before it left")


def write_due(*, now):
    """Store each reminder that is due at `now` and not written yet; how many.

    Any number of processes may do so at once.
    """
    coming = Workshop.objects.filter(
        state=Workshop.State.PUBLISHED, starts_at__gt=now, starts_at__lte=now + LONGEST_LEAD
    ).with_hosts()
    written = 0
    for workshop in coming:
        for kind in MARKS:
            step = f"a reminder for workshop {workshop.pk}"
            # A workshop that fails must not keep the people of the others from being reminded.
            written += attempt(step, write_for_workshop, kind, workshop, now=now)
    return written


def write_for_workshop(kind, workshop, *, now):
    """Store the reminder of `kind` for everybody at `workshop` who is to have it now; how many."""
    total = 0
    for people in people_to_remind(kind, workshop, now=now):
        while people.exists():
            written = write_batch(kind, workshop, people, now=now)
            if not written:
                break  # another process has the rest
            total += written
    return total


def people_to_remind(kind, workshop, *, now):
    """The registrations for which the reminder is due at `now` and not written yet.

    They are a list of querysets. Each reads one range of an index, so that registrations that are
    reminded already are not looked at.
    """
    due = due_at(kind, workshop, "")
    if due is None or not due - WIDEST_CHANGE <= now < passes_at(kind, workshop, ""):
        return []
    people = workshop.registrations.confirmed().filter(erased_at=None).order_by()
    if now < due + WIDEST_CHANGE:
        known = ["", *zones.zone_names()]
        people = people.filter(
            zone__in=[zone for zone in known if is_due(kind, workshop, zone, now=now)]
        )
    mark, start = MARKS[kind], workshop.starts_at
    ranges = [{f"{mark}__isnull": True}, {f"{mark}__lt": start}, {f"{mark}__gt": start}]
    return [people.filter(**each) for each in ranges]


def write_batch(kind, workshop, people, *, now):
    """Store the reminder of `kind` for the first BATCH of `people`, in one transaction; how many.

    A reminder that is still queued was written for an earlier start, and is dropped.
    """
    with transaction.atomic():
        # A registration that another process is writing about at this moment is left to it.
        batch = list(people.select_for_update(skip_locked=True)[:BATCH])
        pks = [registration.pk for registration in batch]
        queued = OutgoingMail.objects.filter(
            registration__in=pks, kind=kind, state=MailState.QUEUED
        )
        queued.update(state=MailState.DROPPED, last_error=MOVED)
        OutgoingMail.objects.bulk_create(
            queue.new_mail(registration, kind, now=now) for registration in batch
        )
        Registration.objects.filter(pk__in=pks).update(**{MARKS[kind]: workshop.starts_at})
    return len(batch)


def due_at(kind, workshop, zone):
    """The instant (UTC) from which the reminder of `kind` is due; None if the workshop has none.

    A lead of days is counted on the clock of `zone`, where a day may have 23 or 25 hours. A lead
    of hours is the same on each clock. Where `zone` is "", the clock is that of the first host.
    """
    lead = workshop.reminder_hours if kind == HOUR else workshop.reminder_days
    if not lead:
        return None
    if kind == HOUR:
        return workshop.starts_at - relativedelta(hours=lead)
    start = workshop.starts_at.astimezone(zone_info(zone or workshop.first_zone))
    return (start - relativedelta(days=lead)).astimezone(UTC)


def passes_at(kind, workshop, zone):
    """The instant from which the reminder is too late: the next reminder is due, or the start."""
    if kind == DAY:
        return due_at(HOUR, workshop, zone) or workshop.starts_at
    return workshop.starts_at


def is_due(kind, workshop, zone, *, now):
    """Whether the reminder of `kind` may be written at `now` for a person in `zone`."""
    due = due_at(kind, workshop, zone)
    return due is not None and due <= now < passes_at(kind, workshop, zone)


def is_timely(kind, registration, *, now):
    """Whether a stored reminder of `kind` for this person may still leave at `now`."""
    workshop = registration.workshop
    written_for = getattr(registration, MARKS[kind])
    return written_for == workshop.starts_at and is_due(kind, workshop, registration.zone, now=now)


def has_come(kind, workshop, zone, *, now):
    """Whether `now` is when the reminder of `kind` is due, or later; False if there is none."""
    # Most people register long before. Nobody needs to ask for the hosts' zone then.
    days, hours = workshop.reminder_days or 0, workshop.reminder_hours or 0
    if now < workshop.starts_at - timedelta(days=days + 1, hours=hours):
        return False
    due = due_at(kind, workshop, zone)
    return due is not None and due <= now


def marks(workshop, zone, *, now):
    """The values, by name, of the MARKS fields of a registration that is confirmed at `now`.

    A reminder that has come already is marked as written for the present start, so that nobody
    writes it. The others are None.
    """
    values = {}
    for kind, field in MARKS.items():
        is_late = has_come(kind, workshop, zone, now=now)
        values[field] = workshop.starts_at if is_late else None
    return values


def is_soon(workshop, zone, *, now):
    """Whether a reminder of either kind has come already.

    A mail that confirms a seat then says that it takes the place of the reminder.
    """
    return any(has_come(kind, workshop, zone, now=now) for kind in MARKS)
