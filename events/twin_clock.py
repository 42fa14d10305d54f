"""The twin clock: the hosts' clocks side by side, as every surface draws them."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from events.clocks import usual_and_present_difference, wall
from events.readings import (
    NO_BREAK,
    Clock,
    Reading,
    day_words,
    half_day_parts,
    share_a_day,
    span_words,
    time_words,
)
from praxis import languages, zones

QUARTERS = 96  # of an hour, in a day: the length of a strip


@dataclass(frozen=True)
class TwinClock:
    """The drawing of a workshop's hours.

    `day` is the date that all its clocks share, or "". `gap` says how far two clocks are apart, and
    `gap_is_unusual` that they seldom are. `halves` has a Half for each host, in order; `own` is the
    sentence of the reader's own clock, or "".
    """

    day: str
    gap: str
    gap_is_unusual: bool
    halves: list
    own: str


@dataclass(frozen=True)
class Half:
    """One host's part of the drawing; `day` is "" where the whole drawing has one date.

    `start_half` is "a.m." or "p.m." where hours are written so, else "". `logo` is the host's Logo,
    or None.

    The strip shows the 24 hours of that place: the workshop lies on it from the quarter `strip_at`
    for `strip_width` quarters, up to midnight.
    """

    place: str
    colour: str
    day: str
    start: str
    numerals: str
    start_half: str
    end: str
    reading: Reading
    strip_at: float
    strip_width: float
    logo: object = None


def draw(readings, logos=None):
    """The TwinClock of `readings`, in the active language, hours as at the first one's place.

    `logos` are those of the clocks that have one (Workshop.logos).
    """
    with languages.of_place(readings[0].clock.zone):
        return drawn(readings, logos or {})


def drawn(readings, logos):
    hosts = [reading for reading in readings if not isinstance(reading.clock, OwnClock)]
    own = [own_words(reading) for reading in readings if isinstance(reading.clock, OwnClock)]
    has_one_day = share_a_day(hosts)
    gap, gap_is_unusual = gap_words(hosts)
    return TwinClock(
        day=day_words(hosts[0].start) if has_one_day else "",
        gap=gap,
        gap_is_unusual=gap_is_unusual,
        halves=[
            half(reading, logos.get(reading.clock), with_day=not has_one_day) for reading in hosts
        ],
        own="".join(own),
    )


def half(reading, logo, *, with_day):
    start, end = reading.start, reading.end
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    strip_at = quarters(start.replace(tzinfo=None) - midnight)
    strip_end = min(quarters(end.replace(tzinfo=None) - midnight), QUARTERS)
    numerals, start_half = time_words(start), ""
    if languages.has_half_days():
        numerals, start_half = half_day_parts(start)
    return Half(
        place=reading.clock.place,
        colour=reading.clock.colour,
        day=day_words(start) if with_day else "",
        start=time_words(start),
        numerals=numerals,
        start_half=start_half,
        end=f"{until_words(end)} {reading.until}".rstrip(" "),
        reading=reading,
        strip_at=strip_at,
        strip_width=strip_end - strip_at,
        logo=logo,
    )


def until_words(end):
    """« jusqu’à 12 h 00 »."""
    return _("until %(hour)s") % {"hour": time_words(end)}


def columns(count):
    """How many of `count` halves stand side by side on a sheet or picture; a page goes by width."""
    return {1: 1, 2: 2, 4: 2}.get(count, 3)


def quarters(since_midnight):
    return since_midnight / timedelta(minutes=15)


def own_words(reading):
    """« Chez vous, Londres : 14 h 30 – 17 h 00 », with the date where it is another one."""
    return own_pattern() % {"city": reading.clock.city, "hours": reading.dated_hours}


def own_pattern():
    """The sentence of the reader's own clock, with %(city)s and %(hours)s still to fill in."""
    return _("Where you are (%(city)s): %(hours)s")


def gap_words(readings):
    """How far clocks are apart as words, and whether that is unusual for two.

    « 6 h d’écart », or « 5 h d’écart au lieu de 6 h »; of three and more the largest difference,
    « jusqu’à 9 h d’écart ». "" for one clock, and for clocks that show the same hours.
    """
    if len(readings) > 2:
        walls = [reading.start.replace(tzinfo=None) for reading in readings]
        largest = max(walls) - min(walls)
        words = _("up to %(now)s apart") % {"now": short_words(largest)}
        return (words if largest else ""), False
    if len(readings) < 2:
        return "", False
    first, second = readings
    usual, now = usual_and_present_difference(first.clock.zone, second.clock.zone, first.start)
    if usual != now:
        words = _("%(now)s apart instead of %(usual)s")
        return words % {"now": short_words(now), "usual": short_words(usual)}, True
    return (_("%(now)s apart") % {"now": short_words(now)} if now else ""), False


def short_words(span):
    """A difference between clocks, ahead or behind: « 6 h », « 5 h 45 »."""
    hours, minutes = divmod(abs(span) // timedelta(minutes=1), 60)
    return span_words(abs(span)) if minutes else f"{hours}{NO_BREAK}h"


class OwnClock(Clock):
    """The clock of the person who reads, in `zone`."""

    def __init__(self, zone):
        super().__init__(zone, zone)

    @property
    def label(self):
        return _("your time, %(city)s") % {"city": self.city}

    @property
    def city(self):
        """The city of the zone in the active language: « Londres »."""
        return zones.city(self.zone)


def with_own(clocks, zone, starts_at, ends_at):
    """`clocks`, and the reader's own if it shows other hours than each of them.

    `zone` is the reader's ("" if unknown); the hours are those of the two instants. On a day on
    which New York shows Québec's hours, its clock would only repeat them.
    """
    if not zone:
        return clocks
    hours = [
        (wall(starts_at, each), wall(ends_at, each))
        for each in [zone, *(clock.zone for clock in clocks)]
    ]
    return clocks if hours[0] in hours[1:] else [*clocks, OwnClock(zone)]
