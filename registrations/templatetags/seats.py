"""Tags for the pages of workshops: their status, its stamp, their seats, their moments."""

from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.readings import date_words, moment_words
from registrations.domain import seats, status
from registrations.domain.status import Status

register = template.Library()

# What a stamp says; an open workshop bears none.
STAMPS = {
    Status.FULL: _("Full"),
    Status.DRAFT: _("Draft"),
    Status.CANCELLED: _("Cancelled"),
    Status.PAST: _("Over"),
    Status.NOT_YET: _("Opens on %(date)s"),
    Status.CLOSED: _("Registration closed"),
    Status.NO_SEAT_LEFT: _("Full"),
}


@register.simple_tag
def registration_status(workshop):
    """The domain's Status of `workshop` at this moment."""
    return status.get_status(workshop, now=timezone.now())


@register.simple_tag
def with_statuses(workshops):
    """(workshop, its Status at this moment, whether seats are left for members alone) of each."""
    workshops = list(workshops)
    statuses = status.get_statuses(workshops, now=timezone.now())
    return [
        (workshop, each, bool(seats) and seats.are_for_members)
        for workshop, (each, seats) in zip(workshops, statuses, strict=True)
    ]


@register.simple_tag
def stamp(workshop, status, for_members=None):
    """What is stamped on a `workshop` of this Status, in one word or two; "" if it is open.

    A published one bears from its start to its end that it is running, and an open one that was
    moved bears that. `for_members` is true where seats are left for the members of communities
    alone. The date on which registration opens is the first host's.
    """
    now = timezone.now()
    if workshop.is_published and workshop.has_started(now) and not workshop.has_ended(now):
        return _("Running now")
    if status == Status.FULL and for_members:
        return _("Seats for members")
    if status == Status.OPEN:
        return workshop.new_hours
    words = str(STAMPS.get(status, ""))
    if status == Status.NOT_YET:
        opening = workshop.registration_opens_at.astimezone(ZoneInfo(workshop.first_zone))
        words %= {"date": date_words(opening)}
    return words


@register.simple_tag
def on_each_clock(workshop, at):
    """The instant `at` on each clock of `workshop`, as words."""
    return moment_words(workshop.clocks, at)


@register.simple_tag
def reserved_seats_left(workshop):
    """seats.reserved_words() at this moment."""
    return seats.reserved_words(workshop, now=timezone.now())
