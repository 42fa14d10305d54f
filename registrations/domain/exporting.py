"""Registrations as the rows of a table that leaves the house."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from events.models import Workshop
from registrations.models import Registration
from registrations.models.registration_queries import CAME

BATCH = 500  # people read at a time
# The fields of a registration that leave. No secret is among them.
DETAILS = ["last_name", "first_name", "email", "organisation"]
INSTANTS = ["created_at", "confirmed_at", "cancelled_at", "joined_at", "attended_at"]
CONSENTS = ["newsletter_consent_at", "consent_at"]
READ = [
    *("pk", "workshop", "community__name", "state", "language", "zone", "group_size"),
    *DETAILS,
    *INSTANTS,
    *CONSENTS,
]


def table(keys, *, language, now):
    """The headings, then a row for each of the registrations with these `keys`, as lists.

    They come in the order of `keys`, BATCH in each statement, without those who are erased. The
    words are in `language`. Who came is told once the door is open at `now`. Instants are naive, on
    the clock of the workshop's first host; a column names that clock.
    """
    with override(language):
        first_row = headings()
    yield first_row
    workshops = {}
    for first in range(0, len(keys), BATCH):
        rows = people(keys[first : first + BATCH])
        unknown = {row["workshop"] for row in rows} - workshops.keys()
        # A generator keeps its place between two rows, but not the language that is active then.
        with override(language):
            workshops |= described(unknown, now=now)
            words = labels()
            lines = [line(row, words, *workshops[row["workshop"]]) for row in rows]
        let_go_of_connection()
        yield from lines


def people(keys):
    """What is read of the registrations with these `keys`, as dicts in the order of `keys`."""
    found = Registration.objects.filter(pk__in=keys, erased_at=None).order_by()
    rows = found.values(*READ, has_come=ExpressionWrapper(CAME, output_field=BooleanField()))
    by_key = {row["pk"]: row for row in rows}
    return [by_key[key] for key in keys if key in by_key]


def described(keys, *, now):
    """{key: (title, start, the first host's clock, has the door opened?)} of these workshops."""
    found = Workshop.objects.with_hosts().in_bulk(keys) if keys else {}
    return {
        key: (
            workshop.title,
            workshop.starts_at,
            workshop.clocks[0],
            workshop.door_opens_at <= now,
        )
        for key, workshop in found.items()
    }


def let_go_of_connection():
    """Give the database's connection back: whoever reads slowly must not keep one of the few."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def headings():
    """The heading of each column of line()."""
    named = [*DETAILS, "community", "state", "workshop"]
    return [
        *(heading(name) for name in named),
        _("Start"),
        _("Clock of the dates"),
        *(heading(name) for name in INSTANTS),
        _("Came"),
        *(heading(name) for name in ["group_size", "language", "zone", *CONSENTS]),
        _("Number"),
    ]


def heading(name):
    return capfirst(str(Registration._meta.get_field(name).verbose_name))


def labels():
    """The words for what is stored as a code: states, languages, yes and no."""
    choices = [*Registration.State.choices, *settings.LANGUAGES]
    return {True: _("yes"), False: _("no")} | {code: str(label) for code, label in choices}


def line(row, words, title, starts_at, clock, has_opened):
    """The values of one registration, of which `row` is what was read; `words` are labels()."""
    zone = ZoneInfo(clock.zone)
    came = row["has_come"]
    is_expected = has_opened and row["state"] == Registration.State.CONFIRMED
    return [
        *(row[name] for name in DETAILS),
        row["community__name"] or "",
        words[row["state"]],
        title,
        on_clock(starts_at, zone),
        clock.label,
        *(on_clock(row[name], zone) for name in INSTANTS),
        words[came] if came or is_expected else "",
        row["group_size"] if came else None,
        words.get(row["language"], row["language"]),
        row["zone"],
        *(on_clock(row[name], zone) for name in CONSENTS),
        row["pk"],
    ]


def on_clock(at, zone):
    """The instant `at` as a clock in `zone` shows it, to the second and naive; None stays None."""
    return at and at.astimezone(zone).replace(tzinfo=None, microsecond=0)
