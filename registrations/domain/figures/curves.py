"""How the people of a workshop become more: who signed up when, and who joined when."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from registrations.domain.figures.session import groups_of
from registrations.models import Registration

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
MOST_DAYS = 42  # columns of the curve of sign-ups
MOST_MINUTES = 180  # and of that of joins


@dataclass(frozen=True)
class Line:
    """How many people of one community there are at each moment of a Curve."""

    name: str
    colour: str
    totals: list


@dataclass(frozen=True)
class Curve:
    """How many people there are at each of `moments` (dates or instants), by community: `lines`.

    `limit` is what is drawn as a line: the seats, or how many may come; None for none.
    """

    moments: list
    lines: list
    limit: int | None

    @property
    def totals(self):
        return [sum(numbers) for numbers in zip(*(line.totals for line in self.lines), strict=True)]


def signups(workshop, people, *, now):
    """The Curve of those who have a seat or wait, by the day on which they registered."""
    active = [
        (community_id, day, number)
        for state, community_id, day, number in people
        if state != Registration.State.CANCELLED
    ]
    if not active:
        return None
    zone = ZoneInfo(workshop.first_zone)
    days = [day for _community, day, _number in active]
    last = max(max(days), min(now, workshop.ends_at).astimezone(zone).date())
    moments = evenly(min(days), last, DAY, MOST_DAYS)
    return Curve(moments, lines_of(workshop, active, moments), workshop.capacity)


def joins(session, joined):
    """The Curve of those who joined, minute by minute from the door's opening."""
    workshop = session.workshop
    people = [each for each in joined or [] if each[1] is not None]
    if not people:
        return None
    last = min(session.now, workshop.ends_at).replace(second=0, microsecond=0)
    last = max(last, *(minute for _community, minute, _number in people))
    moments = evenly(workshop.door_opens_at, last, MINUTE, MOST_MINUTES)
    return Curve(moments, lines_of(workshop, people, moments), session.confirmed)


def evenly(first, last, step, most):
    """Moments from `first` up to `last`, the last one among them, `step` or a multiple apart.

    They are at most `most`, and two at least.
    """
    count = max(1, -((first - last) // step))
    step *= -(-count // (most - 1))
    moments = [last]
    while moments[-1] > first:
        moments.append(moments[-1] - step)
    if len(moments) == 1:
        moments.append(first - step)
    return moments[::-1]


def lines_of(workshop, people, moments):
    """A Line for each host, and one for all others if there are any.

    `people` are (community pk, moment, how many). What lies before the first of `moments` counts
    as there from the start.
    """
    hosts = {host.pk for host in workshop.communities}
    lines = []
    for pk, name, colour in groups_of(workshop):
        mine = [
            (at, number)
            for community_id, at, number in people
            if (community_id if community_id in hosts else None) == pk
        ]
        totals = [sum(number for at, number in mine if at <= moment) for moment in moments]
        lines.append(Line(name, colour, totals))
    return [line for line in lines if line.name or any(line.totals)]
