"""A time zone as VTIMEZONE (RFC 5545 3.6.5)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from events import clocks

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# Ten years tell "the fourth Sunday" from "the last Sunday".
YEARS_A_RULE_MUST_HOLD = 10
FIRST_YEAR = 1970


def vtimezone(zone, year, last_year):
    """`zone` (IANA) as a VTIMEZONE component for workshops that start from `year` to `last_year`."""
    component = Timezone()
    component.add("tzid", zone)
    for part in timezone_observances(zone, year, last_year):
        component.add_component(part)
    return component


@lru_cache(maxsize=256)
def timezone_observances(zone, year, last_year):
    """The observances of a VTIMEZONE that is right from `year` to the year after `last_year`, as a tuple of components.

    The rule in force, one STANDARD and one DAYLIGHT, each with a yearly RRULE of one n-th weekday: neither history nor
    RDATE, which ical.js and Outlook misread. Where the law cannot be put so (Morocco, Chile), the changes of those
    years one by one. Where clocks never change, one STANDARD.
    """
    rules = rules_in_force(zone, year)
    since = first_year_of(rules, zone, year) if rules else year
    # A rule that begins this very year says nothing of the months before its first change.
    if since < year:
        changes = clocks.transitions(zone, since)
        return tuple(
            observance(change, change.offset_to > change.offset_from, rule)
            for change, rule in zip(changes, rules, strict=True)
        )
    start = datetime(year, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(zone))
    offset = start.utcoffset()
    beginning = clocks.Transition(
        datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - offset, offset, offset, start.tzname()
    )
    changes = [
        beginning,
        *chain.from_iterable(clocks.transitions(zone, y) for y in range(year, last_year + 2)),
    ]
    standard = min(change.offset_to for change in changes)
    return tuple(observance(change, change.offset_to > standard) for change in changes)


@dataclass(frozen=True)
class YearlyRule:
    """One change of clocks a year, on the `nth` `weekday` (0 is Monday, nth -1 the last) of `month`, at a wall `time`."""

    month: int
    nth: int
    weekday: int
    time: str
    offset_from: timedelta
    offset_to: timedelta

    def matches(self, transition):
        return self in readings_as_rule(transition)


def readings_as_rule(transition):
    """The YearlyRules that a Transition could be an instance of: its n-th weekday, and the last one if it is that."""
    wall = transition.wall
    ordinals = [(wall.day - 1) // 7 + 1]
    if (wall + timedelta(days=7)).month != wall.month:
        ordinals.append(-1)
    return [
        YearlyRule(
            wall.month,
            nth,
            wall.weekday(),
            f"{wall:%H%M%S}",
            transition.offset_from,
            transition.offset_to,
        )
        for nth in ordinals
    ]


def rules_in_force(zone, year):
    """The two YearlyRules by which `zone` changes its clocks from `year` on, or None where it cannot be said so."""
    changes = clocks.transitions(zone, year)
    years = range(year, year + YEARS_A_RULE_MUST_HOLD)
    if len(changes) != 2:
        return None
    rules = []
    for index, change in enumerate(changes):
        holding = [
            rule
            for rule in readings_as_rule(change)
            if all(
                len(clocks.transitions(zone, y)) == 2
                and rule.matches(clocks.transitions(zone, y)[index])
                for y in years
            )
        ]
        if not holding:
            return None
        rules.append(holding[-1])
    return rules


def first_year_of(rules, zone, year):
    """The first year of the unbroken run, up to `year`, in which `zone` has followed both `rules`."""
    while year > FIRST_YEAR:
        changes = clocks.transitions(zone, year - 1)
        if len(changes) != 2 or not all(
            rule.matches(change) for rule, change in zip(rules, changes, strict=True)
        ):
            break
        year -= 1
    return year


def observance(change, daylight, rule=None):
    """STANDARD or DAYLIGHT for a Transition; yearly if a YearlyRule is given."""
    component = TimezoneDaylight() if daylight else TimezoneStandard()
    component.add("dtstart", change.wall)
    component.add("tzoffsetfrom", change.offset_from)
    component.add("tzoffsetto", change.offset_to)
    component.add("tzname", change.name)
    if rule:
        component.add(
            "rrule",
            {
                "freq": "yearly",
                "bymonth": rule.month,
                "byday": f"{rule.nth}{WEEKDAYS[rule.weekday]}",
            },
        )
    return component
