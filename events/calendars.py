"""A workshop as VEVENT (RFC 5545 3.6.1), the published .ics and feed, links to web calendars."""

import hashlib
from datetime import UTC
from functools import lru_cache
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText
from icalendar.caselessdict import canonsort_keys

from events import clocks, vtimezone
from events.calendar_lines import lines_of
from praxis import languages
from praxis.sender import sender_address

PRODID = "-//Praxis//Praxis//FR"


def published(workshops, facts=()):
    """The bytes of a calendar of `workshops` that anyone may read: METHOD:PUBLISH (RFC 5546 3.2.1).

    It names no attendee and no address of a meeting. `facts` are what it says of itself, as
    (name, kind of value, value) each.
    """
    entries = []
    for workshop in workshops:
        entry = event(
            workshop,
            uid=str(workshop.uid),
            sequence=revision(workshop),
            stamp=workshop.updated_at,
            modified=workshop.updated_at,
            cancelled=workshop.is_cancelled,
        )
        page = settings.SITE_URL + workshop.get_absolute_url()
        label = _("Registration and details: %(url)s")
        if workshop.is_cancelled:
            label = _("Details: %(url)s")
        details = label % {"url": page}
        entry.add("description", "\n".join([*lines_of_page(workshop), "", details]))
        entry.add("location", workshop.place)
        entries.append(entry)
    return calendar("PUBLISH", workshops, entries, facts)


def revision(workshop):
    """The SEQUENCE of a published `workshop`: the seconds from its making to its last edit.

    So it rises with each edit (RFC 5545 3.8.7.4), whoever makes it, and nobody has to count.
    """
    return max(0, int((workshop.updated_at - workshop.created_at).total_seconds()))


def lines_of_page(workshop):
    """When `workshop` takes place, as lines with the hours as its page writes them."""
    with languages.of_place(workshop.first_zone):
        return workshop.clock_lines


def fingerprint(workshops):
    """A digest of all that is stored of `workshops` and their hosts: with it a calendar changes.

    It costs a fifth of the calendar. All columns are in it, so that none can be forgotten.
    """
    digest = hashlib.sha256()
    for workshop in workshops:
        hostings = workshop.hostings.all()
        for row in [workshop, *hostings, *(hosting.community for hosting in hostings)]:
            values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
            digest.update(repr(values).encode())
    return digest.hexdigest()


def calendar(method, workshops, entries, facts=()):
    """The bytes of a VCALENDAR with METHOD `method`: `entries` are the events of `workshops`.

    `facts` are what it says of itself. It holds a VTIMEZONE for every zone of every host.
    """
    zones = [
        vtimezone.written(zone, min(years), max(years))
        for zone, years in years_by_zone(workshops).items()
        if zone != "UTC"
    ]
    head, end = frame(method, facts)
    return b"".join([head, *zones, *(entry.to_ical() for entry in entries), end])


@lru_cache
def frame(method, facts):
    """The bytes of a VCALENDAR before and after its components."""
    result = Calendar()
    result.add("version", "2.0")
    result.add("prodid", PRODID)
    result.add("calscale", "GREGORIAN")
    result.add("method", method)
    for name, kind, value in facts:
        if kind == "TEXT":
            result.add(name, vText(value))
        else:
            result.add(name, value, parameters={"VALUE": kind})
    head, end, _nothing = result.to_ical().partition(b"END:VCALENDAR\r\n")
    return head, end


def years_by_zone(workshops):
    """The years in which `workshops` start, on each host's clock: {zone: [year, …]}."""
    years = {}
    for workshop in workshops:
        for clock in workshop.clocks:
            year = clocks.wall(workshop.starts_at, clock.zone).year
            years.setdefault(clock.zone, []).append(year)
    return years


def event(workshop, *, uid, sequence, stamp, modified, cancelled):
    """The VEVENT of `workshop` on its first host's clock, an Entry without attendees.

    The organizer is our address, in the hosts' names. `stamp` and `modified` (aware) are DTSTAMP
    and LAST-MODIFIED; `cancelled` sets STATUS.
    """
    shared = shared_lines(
        title=workshop.title,
        starts_at=workshop.starts_at,
        ends_at=workshop.ends_at,
        zone=workshop.first_zone,
        created_at=workshop.created_at,
        url=settings.SITE_URL + workshop.get_absolute_url(),
        organiser=(common_name(workshop.organisers or "Praxis"), sender_address()),
        cancelled=cancelled,
    )
    result = Entry(shared)
    result.add("uid", uid)
    result.add("sequence", sequence)
    result.add("dtstamp", stamp)
    result.add("last-modified", modified)
    return result


@lru_cache(maxsize=200)
def shared_lines(*, title, starts_at, ends_at, zone, created_at, url, organiser, cancelled):
    """The lines that all entries of a workshop share: {name: the line, folded (bytes)}.

    Half of what an invite costs went into writing them anew for each person.
    """
    name, address = organiser
    shared = Event()
    shared.add("created", created_at)
    add_moment(shared, "dtstart", starts_at, zone)
    add_moment(shared, "dtend", ends_at, zone)
    shared.add("summary", title)
    shared.add("url", url)
    shared.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    shared.add("transp", "OPAQUE")
    shared.add("class", "PUBLIC")
    shared.add("organizer", mailto(address), parameters={"CN": name})
    return lines_of(shared)


class Entry(Event):
    """A VEVENT with the lines `shared`, and with what is added to it."""

    def __init__(self, shared):
        super().__init__()
        self.shared = shared

    def to_ical(self, sorted=True):  # noqa: A002
        lines = self.shared | lines_of(self)
        names = canonsort_keys(lines, self.canonical_order)
        properties = b"".join(lines[name] for name in names)
        return b"BEGIN:VEVENT\r\n" + properties + b"END:VEVENT\r\n"


def add_moment(component, name, at, zone):
    """Add the instant `at` to `component` as a wall time in `zone`, or in UTC if `zone` is "UTC".

    icalendar is not asked to name the zone: it takes each that shows UTC all year, such as
    Africa/Dakar, for UTC.
    """
    if zone == "UTC":
        component.add(name, at.astimezone(UTC))
    else:
        component.add(name, clocks.wall(at, zone), parameters={"TZID": zone})


def mailto(address):
    """The mailto URI of `address` (RFC 6068).

    What would end the address or begin a header is percent-encoded.
    """
    return "mailto:" + quote(address, safe="@+!$*'")


def common_name(name):
    """The CN of `name`: a parameter value holds no double quote (RFC 5545 3.2).

    RFC 6868 would encode it, but few clients know that.
    """
    return name.replace('"', "'")


def web_links(workshop):
    """(name, URL) of each page on which a web calendar adds `workshop`."""
    page = settings.SITE_URL + workshop.get_absolute_url()
    details = "\n".join([*lines_of_page(workshop), "", page])
    start, end = workshop.starts_at.astimezone(UTC), workshop.ends_at.astimezone(UTC)
    google = {
        "action": "TEMPLATE",
        "text": workshop.title,
        "dates": f"{start:%Y%m%dT%H%M%SZ}/{end:%Y%m%dT%H%M%SZ}",
        "ctz": workshop.first_zone,
        "details": details,
        "location": workshop.place,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": workshop.title,
        "startdt": f"{start:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{end:%Y-%m-%dT%H:%M:%SZ}",
        "body": details,
        "location": workshop.place,
    }
    google, outlook = query_string(google), query_string(outlook)
    outlook_path = f"calendar/0/deeplink/compose?{outlook}"
    return [
        ("Google Calendar", f"https://calendar.google.com/calendar/render?{google}"),
        ("Outlook.com", f"https://outlook.live.com/{outlook_path}"),
        ("Office 365", f"https://outlook.office.com/{outlook_path}"),
    ]


def query_string(parameters):
    """The query string of `parameters`, with %20 for a space: Outlook shows a + as it stands."""
    return urlencode(parameters, quote_via=quote)
