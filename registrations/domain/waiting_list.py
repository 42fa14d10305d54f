"""The waiting list: free seats go to the first in line."""

from django.db import models, transaction

from events.models import Workshop
from praxis.attempt import attempt
from registrations.domain.seats import (
    SOMEONE_WAITS,
    lock_workshop,
    lock_workshop_if_free,
    lock_workshop_of,
    locked_seats,
)
from registrations.mail import queue, reminders
from registrations.mail.kinds import Kind
from registrations.models import Registration

State = Registration.State
BATCH = 50  # people who get a seat while the lock is held


def promote(workshop, *, now, lock=lock_workshop):
    """Give the free seats of `workshop` to the first in line; how many.

    One mail tells each of them and brings the invite. The workshop's lock is released after each
    BATCH, unless the caller has begun a transaction. `lock` is seats.lock_workshop, or
    lock_workshop_if_free for a caller that does not wait.
    """
    total, promoted = 0, BATCH
    while promoted == BATCH:
        promoted = promote_batch(workshop, now=now, lock=lock)
        total += promoted
    return total


def promote_batch(workshop, *, now, lock=lock_workshop):
    """Do what promote() does for the first BATCH in line, in one transaction; how many."""
    with transaction.atomic():
        workshop = lock(workshop.pk)
        if workshop is None:
            return 0
        seats = locked_seats(workshop, now=now)
        promoted = promote_under_lock(workshop, seats, now=now)
        seats.save()
        return promoted


def promote_under_lock(workshop, seats, *, now):
    """Do what promote_batch() does, for a caller that holds the lock; how many.

    `seats` then counts the seats that were given, too; the caller saves it.
    """
    if not workshop.is_published or workshop.has_started(now):
        return 0
    if seats.free == 0 or not seats.waiting:
        return 0
    promoted = 0
    while promoted < BATCH and seats.free != 0:
        line = those_who_fit(workshop, seats)[: BATCH - promoted]
        if not line:
            break
        models.prefetch_related_objects([workshop], "hostings")
        for registration in line:
            if seats.fit(registration.community_id):
                registration.workshop = workshop
                give_seat(registration, Kind.PROMOTION, seats, now=now)
                promoted += 1
    return promoted


def those_who_fit(workshop, seats):
    """The people in line for whom one of the `seats` is free now; the first of them fits.

    A person whom no seat fits is passed over: the next may belong to a community with a reserved
    seat.
    """
    if seats.fit(None):
        return workshop.registrations.waiting()
    wanted = seats.wanted_in_line()
    return workshop.registrations.waiting().filter(community__in=wanted) if wanted else []


def promote_everywhere(*, now):
    """Call promote() for each coming workshop with a waiting list; how many seats were given.

    This gives the seats that became free without an act, such as reserved seats at their release.
    A workshop that somebody holds now is left to the next sweep: mails must not wait for it.
    """
    coming = Workshop.objects.filter(
        SOMEONE_WAITS, state=Workshop.State.PUBLISHED, starts_at__gt=now
    )
    promoted = 0
    for workshop in coming:
        # A workshop that fails must not withhold the seats of the others.
        step = f"the promotion for workshop {workshop.pk}"
        promoted += attempt(step, promote, workshop, now=now, lock=lock_workshop_if_free)
    return promoted


def confirm(registration, *, now):
    """Give a waiting person a seat, beyond the capacity if need be: an organiser's explicit act.

    False if the person does not wait, or if the workshop is over or not published.
    """
    with transaction.atomic():
        workshop = lock_workshop_of(registration)
        if not registration.is_waiting:
            return False
        if not workshop.is_published or workshop.has_ended(now):
            return False
        seats = locked_seats(workshop, now=now)
        give_seat(registration, Kind.PROMOTION, seats, now=now)
        seats.save()
        return True


def give_seat(registration, kind, seats, *, now, **options):
    """Confirm the registration and enqueue the mail of `kind` that says so.

    The caller holds the workshop's lock, and saves `seats`. `options` are those of enqueue().
    """
    seats.change(registration, state=State.CONFIRMED)
    registration.confirmed_at = now
    uncancelled = uncancel(registration)
    marked = mark_past_reminders(registration, now=now)
    registration.save(update_fields=["state", "confirmed_at", *uncancelled, *marked])
    queue.enqueue(registration, kind, now=now, **options)


def uncancel(registration):
    """Take away what a cancellation has noted; the names of the fields set. Nothing is saved."""
    registration.cancelled_at = None
    registration.cancelled_by_desk, registration.organisers_word = False, ""
    return ["cancelled_at", "cancelled_by_desk", "organisers_word"]


def mark_past_reminders(registration, *, now):
    """Mark the reminders whose moment has passed as not needed; the names of the fields set.

    The registration is not saved.
    """
    marks = reminders.marks(registration.workshop, registration.zone, now=now)
    for field, start in marks.items():
        setattr(registration, field, start)
    return list(marks)
