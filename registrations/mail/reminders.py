"""Reminders: when each is due, and the round that writes those that are. Nothing is planned ahead, so a move needs no repair."""

from datetime import UTC, timedelta
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

DAY, HOUR = Kind.DAY_REMINDER, Kind.HOUR_REMINDER
# The field of a registration that says for which start of the workshop the reminder was written.
MARKS = {DAY: "day_reminder_for", HOUR: "hour_reminder_for"}
LONGEST_LEAD = timedelta(days=61)
# No law moves a clock by more at once; a lead of days differs by as much from zone to zone.
WIDEST_CHANGE = timedelta(hours=3)
BATCH = 500
MOVED = gettext_noop("overtaken: the workshop was moved before it left")


def due_at(kind, workshop, zone):
    """The instant (UTC) from which the reminder of `kind` is due on a clock in `zone`; None if the workshop has none.

    Days are counted on that clock, where a day may have 23 or 25 hours; hours are hours.
    """
    lead = workshop.reminder_hours if kind == HOUR else workshop.reminder_days
    if not lead:
        return None
    if kind == HOUR:
        return workshop.starts_at - relativedelta(hours=lead)
    start = workshop.starts_at.astimezone(ZoneInfo(zone or workshop.first_zone))
    return (start - relativedelta(days=lead)).astimezone(UTC)


def until(kind, workshop, zone):
    """The instant at which the moment of a reminder has passed: the next reminder, or the start."""
    later = due_at(HOUR, workshop, zone) if kind == DAY else None
    return later or workshop.starts_at


def is_due(kind, workshop, zone, *, now):
    due = due_at(kind, workshop, zone)
    return due is not None and due <= now < until(kind, workshop, zone)


def is_timely(kind, registration, *, now):
    """Is a reminder of `kind` that was written for this person still to be sent: due, and for the start there is now?"""
    workshop = registration.workshop
    written_for = getattr(registration, MARKS[kind])
    return written_for == workshop.starts_at and is_due(kind, workshop, registration.zone, now=now)


def is_soon(workshop, zone, *, now):
    """Has the moment of a reminder come already? A confirmation then says what it would have said."""
    return any(marks(workshop, zone, now=now).values())


def marks(workshop, zone, *, now):
    """The fields of a registration confirmed at `now`: reminders whose moment has come are not written any more."""
    return {
        field: workshop.starts_at if has_come(kind, workshop, zone, now=now) else None
        for kind, field in MARKS.items()
    }


def has_come(kind, workshop, zone, *, now):
    """Is `now` at or after the moment of the reminder?"""
    # Most people register long before, and nobody needs to ask for the hosts' zone then.
    if now < workshop.starts_at - timedelta(
        days=(workshop.reminder_days or 0) + 1, hours=workshop.reminder_hours or 0
    ):
        return False
    due = due_at(kind, workshop, zone)
    return due is not None and due <= now


def write_due(*, now):
    """Store each reminder that is due at `now` and not written yet; how many. Any number of processes may do so at once."""
    coming = Workshop.objects.filter(
        state=Workshop.State.PUBLISHED, starts_at__gt=now, starts_at__lte=now + LONGEST_LEAD
    ).with_hosts()
    written = 0
    for workshop in coming:
        for kind in MARKS:
            # A workshop that fails must not keep the people of the others from being reminded.
            written += attempt(
                f"a reminder for workshop {workshop.pk}", write_all, kind, workshop, now=now
            )
    return written


def write_all(kind, workshop, *, now):
    """Store the reminder of `kind` for everybody whose turn it is at `workshop`; how many."""
    total = 0
    for owed in unwritten(kind, workshop, now=now):
        while owed.exists():
            written = write_batch(kind, workshop, owed, now=now)
            if not written:
                break  # another process has the rest
            total += written
    return total


def unwritten(kind, workshop, *, now):
    """The registrations to which the reminder is owed now, as querysets that each read one range of an index: what was
    reminded already is not looked at.
    """
    due = due_at(kind, workshop, "")
    if due is None or not due - WIDEST_CHANGE <= now < until(kind, workshop, ""):
        return []
    mark, start = MARKS[kind], workshop.starts_at
    confirmed = workshop.registrations.confirmed().filter(erased_at=None).order_by()
    if now < due + WIDEST_CHANGE:
        turn = [zone for zone in ["", *zones.zone_names()] if is_due(kind, workshop, zone, now=now)]
        confirmed = confirmed.filter(zone__in=turn)
    ranges = [{f"{mark}__isnull": True}, {f"{mark}__lt": start}, {f"{mark}__gt": start}]
    return [confirmed.filter(**each) for each in ranges]


def write_batch(kind, workshop, owed, *, now):
    with transaction.atomic():
        # What another process is writing at this moment is left to it.
        batch = list(owed.select_for_update(skip_locked=True)[:BATCH])
        people = [registration.pk for registration in batch]
        moved = OutgoingMail.objects.filter(
            registration__in=people, kind=kind, state=OutgoingMail.State.QUEUED
        )
        moved.update(state=OutgoingMail.State.DROPPED, last_error=MOVED)
        OutgoingMail.objects.bulk_create(
            queue.new_mail(registration, kind, now=now) for registration in batch
        )
        Registration.objects.filter(pk__in=people).update(**{MARKS[kind]: workshop.starts_at})
    return len(batch)
