"""The status of a workshop: whether it takes registrations, and if not, why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registrations.domain.seats import Seats, read_each


class Status(models.TextChoices):
    """Whether a workshop takes registrations, and if not, why. The labels are for people."""

    OPEN = "open", _("Registration is open")
    FULL = "full", _("All seats are taken")  # The waiting list is open then.
    DRAFT = "draft", _("This workshop hasn’t been announced yet")
    CANCELLED = "cancelled", _("This workshop is cancelled")
    PAST = "past", _("This workshop is over")
    NOT_YET = "not_yet", _("Registration isn’t open yet")
    CLOSED = "closed", _("Registration is closed")
    NO_SEAT_LEFT = "no_seat_left", _("All seats are taken and the workshop has begun")

    @property
    def takes_registrations(self):
        return self in (Status.OPEN, Status.FULL)

    @property
    def has_seats(self):
        """May somebody of no host's community have a seat, now or once registration opens?"""
        return self in (Status.OPEN, Status.NOT_YET)


class RegistrationRefused(Exception):
    """Raised when a workshop takes no registration.

    `status` says why. `workshop` is the object by which that was decided.
    """

    def __init__(self, status, workshop):
        super().__init__(status)
        self.status, self.workshop = status, workshop


def require_open(workshop, *, now, seats=None):
    """The Status of `workshop` at `now`, OPEN or FULL; raises RegistrationRefused for any other."""
    status = get_status(workshop, now=now, seats=seats)
    if not status.takes_registrations:
        raise RegistrationRefused(status, workshop)
    return status


def require_not_closed(workshop, *, now):
    """Raise RegistrationRefused if `workshop` takes nobody at `now`, whatever its seats."""
    closed = why_closed(workshop, now=now)
    if closed:
        raise RegistrationRefused(closed, workshop)


def get_status(workshop, *, now, seats=None):
    """The Status of `workshop` at `now`, as it is for somebody of no host's community.

    So it may be FULL while seats are still reserved for a community.
    `seats` are counted here if they are not given, and only if the answer depends on them.
    """
    closed = why_closed(workshop, now=now)
    if closed:
        return closed
    if workshop.capacity is None:
        return Status.OPEN
    seats = seats or Seats(workshop, now=now)
    if seats.fit(None):
        return Status.OPEN
    if workshop.has_started(now):
        return Status.NO_SEAT_LEFT
    return Status.FULL


def get_statuses(workshops, *, now):
    """The Status of each of `workshops` at `now`, and the Seats of it, None where none are counted.

    They are pairs, in order. The cost is the same for any number of workshops, whose hostings must
    have been read (`with_hosts()`).
    """
    open_ones = [workshop for workshop in workshops if why_closed(workshop, now=now) is None]
    seats = read_each(open_ones, now=now)
    found = [seats.get(workshop.pk) for workshop in workshops]
    return [
        (get_status(workshop, now=now, seats=each), each)
        for workshop, each in zip(workshops, found, strict=True)
    ]


def why_closed(workshop, *, now):
    """The Status of a workshop that takes nobody at `now`, whatever its seats; else None."""
    if workshop.is_draft:
        return Status.DRAFT
    if workshop.is_cancelled:
        return Status.CANCELLED
    if workshop.has_ended(now):
        return Status.PAST
    if workshop.has_closed_registration(now):
        return Status.CLOSED
    if workshop.opens_registration_later(now):
        return Status.NOT_YET
    return None
