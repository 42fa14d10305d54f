"""A time zone as VTIMEZONE (RFC 5545 3.6.5)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

from events import clocks

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# Ten years tell "the fourth Sunday" from "the last Sunday".
YEARS_A_RULE_MUST_HOLD = 10
FIRST_YEAR = 1970


def vtimezone(zone, year, last_year):
    """The VTIMEZONE of `zone` (IANA) for workshops that start from `year` to `last_year`."""
    component = Timezone()
    component.add("tzid", zone)
    for part in timezone_observances(zone, year, last_year):
        component.add_component(part)
    return component


@lru_cache(maxsize=256)
def written(zone, year, last_year):
    """vtimezone() as iCalendar, in bytes."""
    return vtimezone(zone, year, last_year).to_ical()


@lru_cache(maxsize=256)
def timezone_observances(zone, year, last_year):
    """The STANDARD and DAYLIGHT components that are right from `year` to the one after `last_year`.

    A tuple. A zone that changes by a yearly rule has one of each, with its RRULE and without
    history. RDATE is not used: ical.js and Outlook misread it.
    """
    rules = rules_in_force(zone, year)
    since = first_year_of(rules, zone, year) if rules else year
    # A rule that begins this very year says nothing of the months before its first change.
    if since < year:
        return yearly_observances(zone, rules, since)
    return single_observances(zone, year, last_year)


def yearly_observances(zone, rules, since):
    """One observance for each of the two YearlyRules, from the year `since` on."""
    observances = []
    for change, rule in zip(clocks.transitions(zone, since), rules, strict=True):
        is_daylight = change.offset_to > change.offset_from
        observances.append(observance(change, is_daylight, rule))
    return tuple(observances)


def single_observances(zone, year, last_year):
    """One observance for each change of clocks, and one for the offset at the start of `year`.

    For zones whose law is no n-th weekday of a month (Morocco), whose rule is new, or whose
    clocks never change.
    """
    start = datetime(year, 1, 1, tzinfo=UTC).astimezone(ZoneInfo(zone))
    offset = start.utcoffset()
    beginning = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - offset
    changes = [clocks.Transition(beginning, offset, offset, start.tzname())]
    for each_year in range(year, last_year + 2):
        changes.extend(clocks.transitions(zone, each_year))
    standard = min(change.offset_to for change in changes)
    return tuple(observance(change, change.offset_to > standard) for change in changes)


@dataclass(frozen=True)
class YearlyRule:
    """One change of clocks a year, on the `nth` `weekday` of `month`, at the wall `time`.

    Weekday 0 is Monday; `nth` is -1 for the last one. `time` is HHMMSS, in the old offset.
    """

    month: int
    nth: int
    weekday: int
    time: str
    offset_from: timedelta
    offset_to: timedelta

    def matches(self, transition):
        return self in possible_rules(transition)


def possible_rules(transition):
    """The YearlyRules that a Transition may come from.

    The n-th weekday of its month, then the last weekday if it is that as well.
    """
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
    """The two YearlyRules by which `zone` changes its clocks from `year` on.

    None where its law cannot be put as such rules.
    """
    changes = clocks.transitions(zone, year)
    if len(changes) != 2:
        return None
    rules = []
    for index, change in enumerate(changes):
        holding = [rule for rule in possible_rules(change) if holds(rule, index, zone, year)]
        if not holding:
            return None
        rules.append(holding[-1])
    return rules


def holds(rule, index, zone, first_year):
    """True if `rule` matches the change number `index` of each year that a rule must hold."""
    for year in range(first_year, first_year + YEARS_A_RULE_MUST_HOLD):
        changes = clocks.transitions(zone, year)
        if len(changes) != 2 or not rule.matches(changes[index]):
            return False
    return True


def first_year_of(rules, zone, year):
    """The first year of the unbroken run, up to `year`, in which `zone` follows both `rules`."""
    while year > FIRST_YEAR and follow(clocks.transitions(zone, year - 1), rules):
        year -= 1
    return year


def follow(changes, rules):
    """True if the Transitions of one year are those that `rules` make, in order."""
    if len(changes) != len(rules):
        return False
    return all(rule.matches(change) for rule, change in zip(rules, changes, strict=True))


def observance(change, is_daylight, rule=None):
    """The STANDARD or DAYLIGHT component of a Transition; yearly if a YearlyRule is given."""
    component = TimezoneDaylight() if is_daylight else TimezoneStandard()
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
