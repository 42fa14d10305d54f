"""Restoring a cancelled registration: an organiser's act."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registrations.domain import waiting_list
from registrations.domain.refused import Refused
from registrations.domain.seats import Seats, lock_workshop_of, locked_seats
from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import Registration

State = Registration.State


def restore(registration, *, now, beyond=False):
    """Give a cancelled person a seat, or else the place in line from before; the State then.

    Those who wait come before, unless the organiser says that the seats may be exceeded
    (`beyond`). A mail tells the person, and a seat brings the entry back into the calendar.
    Raises Refused.
    """
    with transaction.atomic():
        workshop = lock_workshop_of(registration)
        require_restorable(registration, now=now)
        seats = locked_seats(workshop, now=now)
        promoted = waiting_list.promote_under_lock(workshop, seats, now=now)
        fits = promoted < waiting_list.BATCH and seats.fit(registration.community_id)
        if fits or beyond:
            how = {"now": now, "due_at": now, "is_restored": True}
            waiting_list.give_seat(registration, Kind.CONFIRMATION, seats, **how)
        elif workshop.has_started(now):
            raise Refused(
                _(
                    "No seat is free, and the waiting list is closed since the workshop has begun. "
                    "Tick the box to give a seat all the same."
                )
            )
        else:
            put_back_in_line(registration, seats, now=now)
        seats.save()
        return registration.state


def put_back_in_line(registration, seats, *, now):
    """Let the person wait again, and enqueue the mail that says so.

    The line is in the order in which people registered, so the place is that from before.
    """
    seats.change(registration, state=State.WAITING)
    registration.confirmed_at = None
    uncancelled = waiting_list.uncancel(registration)
    registration.save(update_fields=["state", "confirmed_at", *uncancelled])
    queue.enqueue(registration, Kind.WAITING, now=now, due_at=now, is_restored=True)


def require_restorable(registration, *, now):
    """Raise Refused unless this registration may be restored at `now`, whatever the seats."""
    workshop = registration.workshop
    if registration.erased_at:
        raise Refused(_("This person’s data has been erased: nobody is left to be told."))
    if not registration.is_cancelled:
        raise Refused(_("This registration isn’t cancelled."))
    if workshop.has_ended(now):
        raise Refused(_("The workshop is over."))
    if not workshop.is_published:
        raise Refused(_("The workshop isn’t published: publish it first."))
    if registration.successor:
        raise Refused(
            _("This address has registered again for this workshop: nothing is to be restored.")
        )


def has_room(registration, *, now):
    """Would restore() give a seat at `now`, without going beyond the number of seats?"""
    return Seats(registration.workshop, now=now).fit(registration.community_id)
