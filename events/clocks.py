"""The hours that clocks show, and when they change.

Pure functions: no database, no settings, no words, no "now". Instants are aware datetimes in UTC; wall times are naive;
zones are IANA names read by zoneinfo. Nothing here knows a constant offset: each is asked of the zone, at its date."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from dateutil import tz

# An offset that holds fewer days a year than this is an exception people trip over, not a season.
ODD_DAYS = 75


class TypedTimeError(ValueError):
    """A wall time that names no instant, or two. `wall` is the naive datetime, `zone` the IANA name."""

    def __init__(self, wall, zone):
        super().__init__(wall, zone)
        self.wall, self.zone = wall, zone

    @property
    def span(self):
        """The wall times, naive, from which and until which the clocks jump or repeat themselves."""
        changes = chain.from_iterable(
            transitions(self.zone, self.wall.year + year) for year in (-1, 0, 1)
        )
        nearest = min(changes, key=lambda change: abs(change.wall - self.wall))
        return tuple(sorted([nearest.wall, nearest.wall + nearest.offset_to - nearest.offset_from]))


class ImpossibleTime(TypedTimeError):
    """The clocks jump over this wall time."""


class DoubleTime(TypedTimeError):
    """The clocks show this wall time twice."""


def instant(wall, zone):
    """The UTC instant of a naive `wall` time in `zone`.

    Raises ImpossibleTime in the gap of a change of clocks, DoubleTime in the hour that happens twice.
    """
    place = ZoneInfo(zone)
    if not tz.datetime_exists(wall, place):
        raise ImpossibleTime(wall, zone)
    if tz.datetime_ambiguous(wall, place):
        raise DoubleTime(wall, zone)
    return wall.replace(tzinfo=place).astimezone(UTC)


def wall(at, zone):
    """The naive wall time that a clock in `zone` shows at the aware instant `at`."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


@lru_cache(maxsize=1024)
def usual_and_present_difference(first, second, at):
    """How far zone `second` is ahead of zone `first`: (most of the year around `at`, at `at`), as timedeltas.

    A difference that holds for ODD_DAYS or more counts as usual itself: a winter and a summer are seasons.
    """
    one, two = ZoneInfo(first), ZoneInfo(second)

    def ahead(moment):
        return moment.astimezone(two).utcoffset() - moment.astimezone(one).utcoffset()

    present = ahead(at)
    days = Counter(ahead(at + timedelta(days=n)) for n in range(-182, 183))
    return (present if days[present] >= ODD_DAYS else days.most_common(1)[0][0]), present


@dataclass(frozen=True)
class Transition:
    """A change of clocks: the UTC instant `at`, the offsets on both sides, the abbreviation after it."""

    at: datetime
    offset_from: timedelta
    offset_to: timedelta
    name: str

    @property
    def wall(self):
        """The naive wall time, still in the old offset, at which the clocks change (RFC 5545 3.6.5, DTSTART)."""
        return (self.at + self.offset_from).replace(tzinfo=None)


@lru_cache(maxsize=4096)
def transitions(zone, year):
    """The changes of clocks of `zone` in the UTC year `year`, in order, exact to the second.

    Looks week by week: a change undone within seven days is not seen.
    """
    place, found = ZoneInfo(zone), []

    def offset(at):
        return at.astimezone(place).utcoffset()

    low, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    while low < end:
        high = week_end = min(low + timedelta(days=7), end)
        if offset(low) != offset(high):
            before = low
            while high - before > timedelta(seconds=1):
                middle = before + timedelta(seconds=(high - before) // timedelta(seconds=2))
                before, high = (middle, high) if offset(middle) == offset(low) else (before, middle)
            found.append(
                Transition(high, offset(low), offset(high), high.astimezone(place).tzname())
            )
        low = week_end
    return tuple(found)
