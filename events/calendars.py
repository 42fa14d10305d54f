"""A workshop as VEVENT (RFC 5545 3.6.1), the published .ics and feed, links to web calendars."""

from datetime import UTC
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from events import clocks, vtimezone
from praxis.sender import sender_address

PRODID = "-//Praxis//Praxis//FR"


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
            cancelled=workshop.is_cancelled,
        )
        page = settings.SITE_URL + workshop.get_absolute_url()
        entry.add(
            "description",
            "\n".join(
                [*workshop.clock_lines, "", _("Registration and details: %(url)s") % {"url": page}]
            ),
        )
        entry.add("location", workshop.place)
        result.add_component(entry)
    return result.to_ical()


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
            years.setdefault(clock.zone, []).append(
                clocks.wall(workshop.starts_at, clock.zone).year
            )
    for zone, when in years.items():
        if zone != "UTC":
            result.add_component(vtimezone.vtimezone(zone, min(when), max(when)))
    return result


def event(workshop, *, uid, sequence, stamp, modified, cancelled):
    """`workshop` as a VEVENT on its first host's clock, organised by our address in the hosts' names; who comes is not said.

    `stamp` and `modified` (aware) are DTSTAMP and LAST-MODIFIED; `cancelled` tells STATUS.
    """
    result = Event()
    result.add("uid", uid)
    result.add("sequence", sequence)
    result.add("dtstamp", stamp)
    result.add("created", workshop.created_at)
    result.add("last-modified", modified)
    add_moment(result, "dtstart", workshop.starts_at, workshop.first_zone)
    add_moment(result, "dtend", workshop.ends_at, workshop.first_zone)
    result.add("summary", workshop.title)
    result.add("url", settings.SITE_URL + workshop.get_absolute_url())
    result.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    result.add("transp", "OPAQUE")
    result.add("class", "PUBLIC")
    result.add(
        "organizer",
        mailto(sender_address()),
        parameters={"CN": common_name(workshop.organisers or "Praxis")},
    )
    return result


def add_moment(component, name, at, zone):
    """Add the instant `at` to `component` as a wall time in `zone`; in UTC where `zone` is UTC itself.

    icalendar is not asked to name the zone: it takes each that shows UTC all year, such as
    Africa/Dakar, for UTC.
    """
    if zone == "UTC":
        component.add(name, at.astimezone(UTC))
    else:
        component.add(name, clocks.wall(at, zone), parameters={"TZID": zone})


def mailto(address):
    """`address` as a mailto URI (RFC 6068): what would end the address or begin a header is percent-encoded."""
    return "mailto:" + quote(address, safe="@+!$*'")


def common_name(name):
    """`name` as a CN: a parameter value holds no double quote (RFC 5545 3.2), and few clients know RFC 6868's way out."""
    return name.replace('"', "'")


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
        (
            "Google Calendar",
            f"https://calendar.google.com/calendar/render?{urlencode(google, quote_via=quote)}",
        ),
        (
            "Outlook.com",
            f"https://outlook.live.com/calendar/0/deeplink/compose?{urlencode(outlook, quote_via=quote)}",
        ),
        (
            "Office 365",
            f"https://outlook.office.com/calendar/0/deeplink/compose?{urlencode(outlook, quote_via=quote)}",
        ),
    ]
