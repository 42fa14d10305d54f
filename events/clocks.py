"""The hours that clocks show, and when they change.

Pure functions: no database, no settings, no text for people, no "now". Instants are aware
datetimes in UTC; wall times are naive; zones are IANA names, read by zoneinfo. No offset is a
constant here: each is asked of the zone, at its date.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil import tz

# A difference between two zones that holds fewer days a year than this is an exception that people
# trip over, not a season.
ODD_DAYS = 75


def instant(wall, zone):
    """The UTC instant of a naive `wall` time in `zone`.

    Raises ImpossibleTime where the clocks jump over it, DoubleTime where they show it twice.
    """
    zone_info = ZoneInfo(zone)
    if not tz.datetime_exists(wall, zone_info):
        raise ImpossibleTime(wall, zone)
    if tz.datetime_ambiguous(wall, zone_info):
        raise DoubleTime(wall, zone)
    return wall.replace(tzinfo=zone_info).astimezone(UTC)


def wall(at, zone):
    """The naive wall time that a clock in `zone` shows at the aware instant `at`."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


class TypedTimeError(ValueError):
    """A wall time that names no instant, or two.

    `wall` is the naive datetime, `zone` the IANA name.
    """

    def __init__(self, wall, zone):
        super().__init__(wall, zone)
        self.wall, self.zone = wall, zone

    @property
    def span(self):
        """From which naive wall time to which the clocks jump, or show the time twice.

        The second of the two is the first that exists again, or that is shown once.
        """
        changes = []
        for year in (self.wall.year - 1, self.wall.year, self.wall.year + 1):
            changes.extend(transitions(self.zone, year))
        nearest = min(changes, key=lambda change: abs(change.wall - self.wall))
        before = nearest.wall
        after = nearest.wall + nearest.offset_to - nearest.offset_from
        return min(before, after), max(before, after)


class ImpossibleTime(TypedTimeError):
    """The clocks jump over this wall time."""


class DoubleTime(TypedTimeError):
    """The clocks show this wall time twice."""


def usual_and_present_difference(first, second, at):
    """Two timedeltas, the usual and the present one: how far zone `second` is ahead of `first`.

    The present one is that at the instant `at`, the usual one that of most days of the year around
    it. A present difference that holds for ODD_DAYS or more is usual itself: a winter and a summer
    are seasons.
    """
    # Of an hour that a clock shows twice, both instants are equal in its zone, but not in UTC.
    return usual_and_present_in_utc(first, second, at.astimezone(UTC))


@lru_cache(maxsize=1024)
def usual_and_present_in_utc(first, second, at):
    """The same, for `at` in UTC."""
    one, two = ZoneInfo(first), ZoneInfo(second)

    def ahead(moment):
        return offset(moment, two) - offset(moment, one)

    present = ahead(at)
    day, last_day = at - timedelta(days=182), at + timedelta(days=182)
    changes = sorted(
        change.at
        for zone in (first, second)
        for year in range(day.year, last_day.year + 1)
        for change in transitions(zone, year)
        if day < change.at <= last_day
    )
    days = Counter()  # {difference: on how many days}
    # From one change to the next each day is like the first.
    for until in [*changes, last_day + timedelta(days=1)]:
        count = -((day - until) // timedelta(days=1))  # rounded up
        days[ahead(day)] += count
        day += timedelta(days=count)
    if days[present] >= ODD_DAYS:
        return present, present
    return days.most_common(1)[0][0], present


@dataclass(frozen=True)
class Transition:
    """A change of clocks at the UTC instant `at`.

    `offset_from` and `offset_to` are the offsets before and after it; `name` is the abbreviation
    after it.
    """

    at: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str

    @property
    def wall(self):
        """The naive wall time, in the old offset, at which the clocks change.

        It is the DTSTART of an observance (RFC 5545 3.6.5).
        """
        return (self.at + self.offset_from).replace(tzinfo=None)


@lru_cache(maxsize=4096)
def transitions(zone, year):
    """The changes of clocks of `zone` in the UTC year `year`, in order, exact to the second.

    The search goes week by week: a change that is undone within seven days is not seen.
    """
    zone_info = ZoneInfo(zone)
    week_start = datetime(year, 1, 1, tzinfo=UTC)
    year_end = datetime(year + 1, 1, 1, tzinfo=UTC)
    found = []
    while week_start < year_end:
        week_end = min(week_start + timedelta(days=7), year_end)
        old = offset(week_start, zone_info)
        if old != offset(week_end, zone_info):
            at = moment_of_change(zone_info, week_start, week_end)
            name = at.astimezone(zone_info).tzname()
            found.append(Transition(at, old, offset(at, zone_info), name))
        week_start = week_end
    return tuple(found)


def moment_of_change(zone_info, before, after):
    """The first instant at which `zone_info` has left the offset that it has at `before`.

    `after` is a later instant with another offset. Found by bisection, to the second.
    """
    old = offset(before, zone_info)
    while after - before > timedelta(seconds=1):
        seconds = (after - before) // timedelta(seconds=1)
        middle = before + timedelta(seconds=seconds // 2)
        if offset(middle, zone_info) == old:
            before = middle
        else:
            after = middle
    return after


def offset(at, zone_info):
    """How far `zone_info` is ahead of UTC at the aware instant `at`."""
    return at.astimezone(zone_info).utcoffset()
