"""The invite (RFC 5546): METHOD, ATTENDEE, UID and SEQUENCE around the VEVENT of a workshop."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from events import calendars
from praxis import languages
from registrations.mail import snapshots


def download(registration, *, stamp):
    """The invite of a confirmed registration, to be downloaded outside a mail (bytes).

    It bears the SEQUENCE that a mail would have now. That is the next one if the workshop has
    changed since the last mail.
    """
    sequence = registration.sequence
    true = snapshots.snapshot(registration.workshop, registration.state, registration.language)
    if not snapshots.is_up_to_date(registration.told, true, registration.workshop):
        sequence += 1
    return message("REQUEST", registration, sequence=sequence, stamp=stamp)


def message(method, registration, **facts):
    """The invite as an iCalendar message (bytes), in the active language and none of its variants.

    So no entry differs for where the person is. `facts` are those of written().
    """
    with translation.override(languages.active()):
        return written(method, registration, **facts)


def written(method, registration, *, sequence, stamp, with_name=True):
    """The invite in the active language.

    `method` is REQUEST or CANCEL (RFC 5546), `stamp` the DTSTAMP, an aware datetime. Without
    `with_name` it does not say what the person is called.
    """
    workshop = registration.workshop.in_language(registration.language)
    cancelled = method == "CANCEL"
    entry = calendars.event(
        workshop,
        uid=str(registration.uid),
        sequence=sequence,
        stamp=stamp,
        modified=stamp if cancelled else workshop.updated_at,
        cancelled=cancelled,
    )
    entry.add(
        "attendee",
        calendars.mailto(registration.email),
        parameters=attendee_parameters(registration, with_name=with_name),
    )
    if not cancelled:
        join = settings.SITE_URL + registration.join_path
        lines = [*registration.clock_lines, "", _("To join: %(url)s") % {"url": join}]
        entry.add("description", "\n".join(lines))
        entry.add("location", _("Online: %(url)s") % {"url": join})
    return calendars.calendar(method, [workshop], [entry])


def attendee_parameters(registration, *, with_name):
    """The parameters of ATTENDEE: ACCEPTED and no reply, since registering was the answer."""
    parameters = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    if with_name:
        parameters["CN"] = calendars.common_name(registration.full_name)
    return parameters
