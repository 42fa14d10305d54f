"""Zones and workshops as iCalendar (RFC 5545): VTIMEZONE, VEVENT, the published .ics and the feed."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from events import clocks
from praxis.sender import sender_address

PRODID = "-//Praxis//Praxis//FR"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# Ten years tell "the fourth Sunday" from "the last Sunday".
YEARS_A_RULE_MUST_HOLD = 10
FIRST_YEAR = 1970


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
        YearlyRule(wall.month, nth, wall.weekday(), f"{wall:%H%M%S}", transition.offset_from, transition.offset_to)
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
                len(clocks.transitions(zone, y)) == 2 and rule.matches(clocks.transitions(zone, y)[index])
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
        if len(changes) != 2 or not all(rule.matches(change) for rule, change in zip(rules, changes, strict=True)):
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
            "rrule", {"freq": "yearly", "bymonth": rule.month, "byday": f"{rule.nth}{WEEKDAYS[rule.weekday]}"}
        )
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
    beginning = clocks.Transition(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC) - offset, offset, offset, start.tzname())
    changes = [beginning, *chain.from_iterable(clocks.transitions(zone, y) for y in range(year, last_year + 2))]
    standard = min(change.offset_to for change in changes)
    return tuple(observance(change, change.offset_to > standard) for change in changes)


def timezone(zone, year, last_year):
    """`zone` (IANA) as a VTIMEZONE component for workshops that start from `year` to `last_year`."""
    component = Timezone()
    component.add("tzid", zone)
    for part in timezone_observances(zone, year, last_year):
        component.add_component(part)
    return component


def calendar(method, workshops):
    """A VCALENDAR with METHOD `method` and a VTIMEZONE for every zone of every host, still without events."""
    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", PRODID)
    result.add("calscale", "GREGORIAN")
    result.add("method", method)
    years = {}
    for workshop in workshops:
        for clock in workshop.clocks:
            years.setdefault(clock.zone, []).append(clocks.wall(workshop.starts_at, clock.zone).year)
    for zone, when in years.items():
        if zone != "UTC":
            result.add_component(timezone(zone, min(when), max(when)))
    return result


def event(workshop, *, uid, sequence, stamp, modified, cancelled):
    """`workshop` as a VEVENT on its first host's clock, organised by our address in the hosts' names; who comes is not said.

    `stamp` and `modified` (aware) are DTSTAMP and LAST-MODIFIED; `cancelled` tells STATUS.
    """
    zone = ZoneInfo(workshop.first_zone)
    result = Event()
    result.add("uid", uid)
    result.add("sequence", sequence)
    result.add("dtstamp", stamp)
    result.add("created", workshop.created_at)
    result.add("last-modified", modified)
    result.add("dtstart", workshop.starts_at.astimezone(zone))
    result.add("dtend", workshop.ends_at.astimezone(zone))
    result.add("summary", workshop.title)
    result.add("url", settings.SITE_URL + workshop.get_absolute_url())
    result.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    result.add("transp", "OPAQUE")
    result.add("class", "PUBLIC")
    result.add("organizer", mailto(sender_address()), parameters={"CN": common_name(workshop.organisers or "Praxis")})
    return result


def mailto(address):
    """`address` as a mailto URI (RFC 6068): what would end the address or begin a header is percent-encoded."""
    return "mailto:" + quote(address, safe="@+!$*'")


def common_name(name):
    """`name` as a CN: a parameter value holds no double quote (RFC 5545 3.2), and few clients know RFC 6868's way out."""
    return name.replace('"', "'")


def published(workshops):
    """`workshops` as a calendar anyone may read: bytes, METHOD:PUBLISH (RFC 5546 3.2.1), no attendee, no way in.

    SEQUENCE stays 0: DTSTAMP, the moment of the last edit, orders the versions (RFC 5546 2.1.5).
    """
    result = calendar("PUBLISH", workshops)
    for workshop in workshops:
        entry = event(
            workshop,
            uid=str(workshop.uid),
            sequence=0,
            stamp=workshop.updated_at,
            modified=workshop.updated_at,
            cancelled=workshop.state == workshop.State.CANCELLED,
        )
        page = settings.SITE_URL + workshop.get_absolute_url()
        entry.add(
            "description",
            "\n".join([*workshop.clock_lines, "", _("Registration and details: %(url)s") % {"url": page}]),
        )
        entry.add("location", workshop.place)
        result.add_component(entry)
    return result.to_ical()


def web_links(workshop):
    """(name, URL) of the pages on which web calendars add `workshop`; the hours are instants in UTC.

    Spaces are %20: Outlook shows a + as it stands.
    """
    page = settings.SITE_URL + workshop.get_absolute_url()
    details = "\n".join([*workshop.clock_lines, "", page])
    google = {
        "action": "TEMPLATE",
        "text": workshop.title,
        "dates": f"{workshop.starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}/{workshop.ends_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        "ctz": workshop.first_zone,
        "details": details,
        "location": workshop.place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": workshop.title,
        "startdt": f"{workshop.starts_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{workshop.ends_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "body": details,
        "location": workshop.place,
    }
    return [
        ("Google Calendar", f"https://calendar.google.com/calendar/render?{urlencode(google, quote_via=quote)}"),
        ("Outlook.com", f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook, quote_via=quote)}"),
        ("Office 365", f"https://outlook.office.com/calendar/0/deeplink/compose?{urlencode(outlook, quote_via=quote)}"),
    ]
