"""Snapshots: what each person was last told of the workshop, and what has changed since.

A snapshot is a JSON object as text, as the column `told` stores it:

    {"title": "…", "start": "2026-03-05T18:00:00+00:00", "end": "…", "place": "…",
     "workshop": "published", "registration": "confirmed"}

It is "" for a person to whom nothing was told yet.

What was told on a clock that has been corrected since stands there as well (told_hours.py).
"""

import json
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from events.models import Workshop
from events.readings import read, when_lines
from events.twin_clock import until_words
from praxis.text import french_spacing
from registrations.mail import kinds, told_hours
from registrations.mail.kinds import Kind
from registrations.models import Registration


def snapshot(workshop, state, language=""):
    """What a mail that leaves now tells a person whose registration is in `state`.

    The title is that in `language` if the workshop has one in it.
    """
    values = {
        "title": workshop.title_in(language or workshop.language),
        "start": workshop.starts_at.astimezone(UTC).isoformat(),
        "end": workshop.ends_at.astimezone(UTC).isoformat(),
        "place": workshop.place,
        "workshop": str(workshop.state),
        "registration": str(state),
    }
    return as_json(values)


def says_cancelled(told):
    """Whether the snapshot `told` says that the workshop is cancelled."""
    return json.loads(told or "{}").get("workshop") == Workshop.State.CANCELLED


def record(registration, kind):
    """Write on the registration what a mail of `kind` that is stored or leaves now tells.

    It runs in the caller's transaction. If the mail carries an invite that says something else
    than the last one, SEQUENCE rises by one (RFC 5545 3.8.7.4). The first invite has 0. Kinds that
    are not recorded (reminders, lost links) change nothing.
    """
    told = told_by(kind, registration)
    invited = kinds.invite_method(kind, registration)
    if registration.told == told and (registration.sequence is not None or not invited):
        return
    rows = Registration.objects.filter(pk=registration.pk)
    if invited:
        sequence = next_sequence()
        if is_up_to_date(registration.told, told, registration.workshop):
            # The snapshot only gains names, unless another process has changed the row meanwhile.
            only_gains = When(told=registration.told, sequence__isnull=False, then=F("sequence"))
            sequence = Case(only_gains, default=sequence)
        rows = rows.filter(~Q(told=told) | Q(sequence=None))
        rows.update(told=told, sequence=sequence)
    elif not Kind(kind).rules.is_recorded:
        return
    else:
        rows.exclude(told=told).update(told=told)
    # Where another process was first, the mail must still bear the SEQUENCE of what it says.
    registration.refresh_from_db(fields=["told", "sequence"])


def told_by(kind, registration):
    """The snapshot of this person once a mail of `kind` has left now."""
    true = snapshot(registration.workshop, registration.state, registration.language)
    return told_after(kind, registration.told, true)


def told_after(kind, known, true):
    """The snapshot of a person once a mail of `kind` has left.

    `known` is the person's snapshot before it, and `true` the snapshot of today. A mail about a
    cancellation changes the states alone: a move that nobody announced stays unknown to the
    person, and is news again if the workshop takes place after all.
    """
    after = json.loads(known or "{}")
    if Kind(kind).rules.invite != "CANCEL" or not after:
        return true
    today = json.loads(true)
    after["registration"] = today["registration"]
    if kind == Kind.WORKSHOP_CANCELLED:
        after["workshop"] = today["workshop"]
    return as_json(after)


def next_sequence():
    """The SEQUENCE of an invite that says something new, as a database expression."""
    return Coalesce(F("sequence") + 1, 0)


def is_up_to_date(told, true, workshop):
    """Whether the snapshots `told` and `true` of `workshop` agree on all that both know.

    False where nothing was told, or where a clock was told to show other hours.
    """
    if told == true:
        return True
    known = json.loads(as_told(told, true))
    facts = {name: value for name, value in known.items() if name not in told_hours.noted(known)}
    return as_json(facts) == true and not told_hours.untrue(known, workshop)


def as_told(told, true):
    """The snapshot `told`, with the names of the snapshot `true`; "{}" where nothing was told.

    The hours that corrected clocks were told to show stay.

    A name that `told` lacks is newer than it. It gets the value that it has in `true`: otherwise
    a name that is added to snapshots would make everybody's old.
    """
    known = json.loads(told or "{}")
    if not known:
        return "{}"
    hours = told_hours.noted(known)
    facts = {name: known.get(name, value) for name, value in json.loads(true).items()}
    return as_json(facts | hours)


def as_json(values):
    """A dict as JSON (str). Equal dicts give the same text."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def changes(before, workshop, on):
    """The Changes from the snapshot `before` to `workshop` as it is now, in the active language.

    Hours are shown on each of the clocks `on`.
    """
    if not json.loads(before or "{}"):
        return []
    told = json.loads(as_told(before, snapshot(workshop, "")))
    start, end = (datetime.fromisoformat(told[name]) for name in ("start", "end"))
    found = []
    corrected, true = told_hours.untrue(told, workshop), read(on, *hours_of(workshop))
    was = told_hours.as_told(read(on, start, end), corrected)
    if (start, end) != hours_of(workshop):
        found.append(change_of_time(was, true))
    elif corrected:
        found.append(change_of_clock(was, true))
    # The title in another language is no other title.
    title = told["title"] if told["title"] in workshop.titles else workshop.title
    lines = [("title", _("The title"), _("the old title"), told["title"], title)]
    lines.append(("place", _("The place"), _("the old place"), told["place"], workshop.place))
    for *names, before, after in lines:
        if before != after:
            before, after = [french_spacing(before)], [french_spacing(after)]
            found.append(Change(*names, before, after, before))
    return found


@dataclass(frozen=True)
class Change:
    """One thing that is no longer as a person was told."""

    # "date" (and perhaps hours), "hours" (on the same date), "clock" (at the same instant), "title"
    # or "place"
    what: str
    name: str  # « L’horaire »
    old: str  # what the desk calls the old one: « l’ancien horaire »
    before: list[str]  # lines that say how it was
    after: list[str]  # lines that say how it is
    over: list[str]  # of the lines before, what is not so any more


def change_of_time(old, new):
    """The Change from the readings `old` to the readings `new`, of the same clocks."""
    what = "hours" if old[0].day == new[0].day else "date"
    before, after = when_lines(old), when_lines(new)
    over = over_lines(old, new)
    if what == "date" and len(over) > 1:
        # The old date with the hours of some hosts alone would be strange to the others' people.
        over = before
    names = (what, _("The time"), _("the old time"))
    return Change(*names, before, after, over or before)


def change_of_clock(old, new):
    """The Change where the workshop did not move: a clock was corrected since it was told."""
    names = ("clock", _("The time"), _("hours that were wrong in one place"))
    return Change(*names, when_lines(old), when_lines(new), over_lines(old, new))


def over_lines(old, new):
    """Of the lines of the readings `old`, what the readings `new` do not say as well.

    A day that stays is left out, and so are hours that stay, and a start beside another end.
    """
    lines = [] if old[0].day == new[0].day else [old[0].day]
    for was, now in zip(old, new, strict=True):
        if wall_hours(was) == wall_hours(now):
            continue
        hours = was.dated_hours if was.day != now.day else was.hours
        if was.start == now.start:
            hours = f"{until_words(was.end)} {was.until}".strip(" ")
        lines.append(f"{hours} ({was.clock.label})")
    return lines


def wall_hours(reading):
    """From which hour to which a clock shows, and how many midnights lie between."""
    start, end = reading.start, reading.end
    return start.time(), end.time(), end.date() - start.date()


def hours_of(workshop):
    return workshop.starts_at, workshop.ends_at


def registration_as_told(registration, told):
    """A copy of `registration` whose workshop has the title and hours of the snapshot `told`.

    They are those of the entry in the person's calendar. Without a snapshot it is as it is now.
    """
    registration = copy(registration)
    registration.workshop = workshop = copy(registration.workshop)
    known = json.loads(told or "{}")
    workshop.title = known.get("title", workshop.title)
    if "start" in known and "end" in known:
        workshop.starts_at = datetime.fromisoformat(known["start"])
        workshop.ends_at = datetime.fromisoformat(known["end"])
    return registration
