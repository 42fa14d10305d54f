"""The iTIP side of an invite (RFC 5546): METHOD, ATTENDEE, UID and SEQUENCE around events.calendars."""

import hashlib
import json

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from events import calendars
from registrations.models import Registration


def request(registration, *, sequence, stamp):
    """The invite, as bytes: METHOD:REQUEST. `stamp` (aware, UTC) is its DTSTAMP; the active language its words'."""
    return message("REQUEST", registration, sequence=sequence, stamp=stamp)


def cancel(registration, *, sequence, stamp):
    """What takes the entry out of the calendar, as bytes: METHOD:CANCEL (RFC 5546 3.2.5)."""
    return message("CANCEL", registration, sequence=sequence, stamp=stamp)


def message(method, registration, *, sequence, stamp):
    workshop = registration.workshop
    result = calendars.calendar(method, [workshop])
    cancelled = method == "CANCEL"
    entry = calendars.event(
        workshop,
        uid=str(registration.uid),
        sequence=sequence,
        stamp=stamp,
        modified=stamp if cancelled else workshop.updated_at,
        cancelled=cancelled,
    )
    entry.add("attendee", calendars.mailto(registration.email), parameters=attendee_parameters(registration))
    if not cancelled:
        join = settings.SITE_URL + registration.join_path
        lines = [*workshop.clock_lines, "", _("To join: %(url)s") % {"url": join}]
        entry.add("description", "\n".join(lines))
        entry.add("location", _("Online: %(url)s") % {"url": join})
    result.add_component(entry)
    return result.to_ical()


def attendee_parameters(registration):
    """Registering was the answer: the seat is ACCEPTED and no reply is asked for."""
    return {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
        "CN": calendars.common_name(registration.full_name),
    }


def tell(registration):
    """The SEQUENCE for an invite that leaves now, in the caller's transaction.

    It rises by one if that invite says something else than the last one did (RFC 5545 3.8.7.4), and what it says is noted.
    """
    told = digest(registration)
    rows = Registration.objects.filter(pk=registration.pk)
    changed = rows.exclude(told="").exclude(told=told).update(told=told, sequence=F("sequence") + 1)
    if not changed:
        rows.update(told=told)
    registration.refresh_from_db(fields=["told", "sequence"])
    return registration.sequence


def digest(registration):
    """What an invite sent now would say (title, start, end, place, state), as 64 hexadecimal digits (SHA-256)."""
    workshop = registration.workshop
    facts = [
        workshop.title,
        workshop.starts_at.isoformat(),
        workshop.ends_at.isoformat(),
        workshop.place,
        workshop.state,
        registration.state,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()
