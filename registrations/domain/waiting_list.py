"""Free seats go to the first in line."""

from django.db import models, transaction

from events.models import Workshop
from praxis.attempt import attempt
from registrations.domain import seats
from registrations.domain.seats import SOMEONE_WAITS, Seats
from registrations.mail import queue, reminders
from registrations.mail.kinds import Kind
from registrations.models import Registration

State = Registration.State


def promote(workshop, *, now):
    """Give the free seats of `workshop` to the first in line, each with the invite in the same mail; how many."""
    with transaction.atomic():
        workshop = seats.lock_workshop(workshop.pk)
        return promote_under_lock(workshop, Seats(workshop, now=now), now=now)


def promote_under_lock(workshop, seats, *, now):
    """promote(), and `seats` as they are afterwards."""
    if workshop.state != Workshop.State.PUBLISHED or workshop.has_started(now) or seats.free == 0:
        return 0
    promoted = 0
    models.prefetch_related_objects([workshop], "hostings")
    # Somebody whom no seat fits is passed over: the next may belong to a community that keeps one.
    for registration in workshop.registrations.waiting():
        if seats.fit(registration.community_id):
            seats.take(registration.community_id)
            registration.workshop = workshop
            give_seat(registration, Kind.PROMOTION, now=now)
            promoted += 1
        if seats.free == 0:
            break
    return promoted


def promote_everywhere(*, now):
    """promote() for each coming workshop where somebody waits: heals what any other way of freeing a seat left; how many."""
    coming = Workshop.objects.filter(
        SOMEONE_WAITS, state=Workshop.State.PUBLISHED, starts_at__gt=now
    )
    promoted = 0
    for workshop in coming:
        # A workshop that fails must not keep the seats of the others.
        promoted += attempt(f"the promotion for workshop {workshop.pk}", promote, workshop, now=now)
    return promoted


def confirm(registration, *, now):
    """Give somebody who waits a seat, past the capacity if need be: an organiser's explicit act. False if they do not wait."""
    with transaction.atomic():
        workshop = seats.lock_workshop_of(registration)
        if (
            not registration.is_waiting
            or workshop.state != Workshop.State.PUBLISHED
            or workshop.has_ended(now)
        ):
            return False
        give_seat(registration, Kind.PROMOTION, now=now)
        return True


def give_seat(registration, kind, *, now):
    """Confirm somebody, and owe the mail of `kind` that says so; the caller holds the workshop's lock."""
    registration.state, registration.confirmed_at, registration.cancelled_at = (
        State.CONFIRMED,
        now,
        None,
    )
    settle_reminders(registration, now=now)
    registration.save(
        update_fields=[
            "state",
            "confirmed_at",
            "cancelled_at",
            "day_reminder_for",
            "hour_reminder_for",
        ]
    )
    queue.enqueue(registration, kind, now=now)


def settle_reminders(registration, *, now):
    for field, start in reminders.marks(registration.workshop, registration.zone, now=now).items():
        setattr(registration, field, start)
