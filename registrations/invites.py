"""The iTIP side of an invite (RFC 5546): METHOD, ATTENDEE, UID and SEQUENCE around events.calendars."""

import json
from datetime import UTC

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from events import calendars
from events.models import Workshop
from registrations.models import OutgoingMail, Registration

Kind = OutgoingMail.Kind


def request(registration, *, sequence, stamp):
    """The invite, as bytes: METHOD:REQUEST. `stamp` (aware, UTC) is its DTSTAMP; the active language its words'."""
    return message("REQUEST", registration, sequence=sequence, stamp=stamp)


def download(registration, *, stamp):
    """The invite of somebody confirmed, outside a mail. It bears the SEQUENCE that a mail would have now: if the workshop
    has changed since, that of the next one.
    """
    changed = registration.told != facts(registration.workshop, registration.state)
    return request(registration, sequence=registration.sequence + changed, stamp=stamp)


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
        lines = [*registration.clock_lines, "", _("To join: %(url)s") % {"url": join}]
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


def method(kind, registration):
    """The METHOD of the invite in a mail of `kind`, "" where it holds none: people who only wait get words."""
    if kind in (Kind.CONFIRMATION, Kind.ALREADY_REGISTERED, Kind.PROMOTION, Kind.UPDATE) and registration.is_confirmed:
        return "REQUEST"
    if kind in (Kind.CANCELLATION, Kind.WORKSHOP_CANCELLED) and registration.sequence is not None:
        return "CANCEL"
    return ""


def facts(workshop, state):
    """What a mail sent now would tell somebody whose registration is in `state`, as JSON (str) that equal facts write alike.

    title, start and end (UTC, ISO 8601), place, and the states of the workshop and of the registration.
    """
    told = {
        "title": workshop.title,
        "start": workshop.starts_at.astimezone(UTC).isoformat(),
        "end": workshop.ends_at.astimezone(UTC).isoformat(),
        "place": workshop.place,
        "workshop": str(workshop.state),
        "registration": str(state),
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def say_cancelled(told):
    """Do these facts(), as text, say that the workshop is cancelled?"""
    return json.loads(told or "{}").get("workshop") == Workshop.State.CANCELLED


def tell(registration, kind):
    """Note, in the caller's transaction, what a mail of `kind` that is stored or leaves now tells this person.

    With an invite SEQUENCE rises by one if that invite says something else than the last one did (RFC 5545 3.8.7.4);
    the first has 0. Mails that repeat nothing (reminders, lost links) note nothing.
    """
    told = facts(registration.workshop, registration.state)
    invited = method(kind, registration)
    if registration.told == told and (registration.sequence is not None or not invited):
        return
    rows = Registration.objects.filter(pk=registration.pk)
    if invited:
        rows = rows.filter(~Q(told=told) | Q(sequence=None))
        told_now = rows.update(told=told, sequence=next_sequence())
    elif kind in (Kind.DAY_REMINDER, Kind.HOUR_REMINDER, Kind.LINKS):
        return
    else:
        told_now = rows.exclude(told=told).update(told=told)
    if told_now:
        registration.refresh_from_db(fields=["told", "sequence"])


def next_sequence():
    """The SEQUENCE of an invite that says something new, as an expression: 0 for the first."""
    return Coalesce(F("sequence") + 1, 0)
