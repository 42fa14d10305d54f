"""Whether a workshop takes registrations, and if not, why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from registrations.domain.seats import Seats


class Status(models.TextChoices):
    """Whether a workshop takes registrations, and if not, why."""

    OPEN = "open", _("Registration is open")
    FULL = "full", _("All seats are taken")  # and the waiting list is open
    DRAFT = "draft", _("This workshop has not been announced yet")
    CANCELLED = "cancelled", _("This workshop is cancelled")
    PAST = "past", _("This workshop is over")
    NOT_YET = "not_yet", _("Registration is not open yet")
    CLOSED = "closed", _("Registration is closed")
    NO_SEAT_LEFT = "no_seat_left", _("All seats are taken and the workshop has begun")


TAKING = (Status.OPEN, Status.FULL)


class RegistrationRefused(Exception):
    """`workshop`, as it was when that was decided, takes no registration; `status` says why."""

    def __init__(self, status, workshop):
        super().__init__(status)
        self.status, self.workshop = status, workshop


def get_status(workshop, *, now, seats=None):
    """The Status of `workshop` at the instant `now`; asks for the Seats only where they matter, if they are not given.

    OPEN to everybody: where seats are kept for a community, FULL says that nobody else gets one.
    """
    closed = why_closed(workshop, now=now)
    if closed:
        return closed
    if workshop.capacity is None:
        return Status.OPEN
    seats = seats or Seats(workshop, now=now)
    if seats.fit(None):
        return Status.OPEN
    return Status.NO_SEAT_LEFT if workshop.has_started(now) else Status.FULL


def why_closed(workshop, *, now):
    """The Status of a `workshop` that takes nobody at `now`, however many seats are free; None where it is open."""
    if workshop.state == Workshop.State.DRAFT:
        return Status.DRAFT
    if workshop.state == Workshop.State.CANCELLED:
        return Status.CANCELLED
    if workshop.has_ended(now):
        return Status.PAST
    closes_at = workshop.registration_closes_at
    if not workshop.registration_open or (closes_at and closes_at <= now):
        return Status.CLOSED
    if workshop.registration_opens_at and now < workshop.registration_opens_at:
        return Status.NOT_YET
    return None


def require_open(workshop, *, now, seats=None):
    """The Status, OPEN or FULL, in which `workshop` takes people at the instant `now`; else RegistrationRefused."""
    state = get_status(workshop, now=now, seats=seats)
    if state not in TAKING:
        raise RegistrationRefused(state, workshop)
    return state
