"""What each person was last told of their workshop, and what has changed since."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from events.models import Workshop
from events.readings import read
from registrations.mail import kinds
from registrations.mail.kinds import Kind
from registrations.models import Registration


def snapshot(workshop, state):
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
    return as_json(told)


def says_cancelled(told):
    """Do these facts(), as text, say that the workshop is cancelled?"""
    return json.loads(told or "{}").get("workshop") == Workshop.State.CANCELLED


def record(registration, kind):
    """Note, in the caller's transaction, what a mail of `kind` that is stored or leaves now tells this person.

    With an invite SEQUENCE rises by one if that invite says something else than the last one did (RFC 5545 3.8.7.4);
    the first has 0. Mails that repeat nothing (reminders, lost links) note nothing.
    """
    told = told_by(kind, registration)
    invited = kinds.invite_method(kind, registration)
    if registration.told == told and (registration.sequence is not None or not invited):
        return
    rows = Registration.objects.filter(pk=registration.pk)
    if invited:
        sequence = next_sequence()
        if is_up_to_date(registration.told, told):
            # The invite only adds facts, unless the row has been told something else meanwhile.
            only_adds = When(told=registration.told, sequence__isnull=False, then=F("sequence"))
            sequence = Case(only_adds, default=sequence)
        rows = rows.filter(~Q(told=told) | Q(sequence=None))
        rows.update(told=told, sequence=sequence)
    elif not Kind(kind).rules.is_recorded:
        return
    else:
        rows.exclude(told=told).update(told=told)
    # Also where another process was first: the mail must bear the SEQUENCE of what it says.
    registration.refresh_from_db(fields=["told", "sequence"])


def told_by(kind, registration):
    """What this person will have been told once a mail of `kind` has left now, as a snapshot."""
    true = snapshot(registration.workshop, registration.state)
    return told_after(kind, registration.told, true)


def told_after(kind, known, true):
    """What somebody is told by a mail of `kind` who knew `known`, where `true` is so now: snapshots.

    Who hears that something is cancelled hears nothing else that is new: a move that nobody
    announced stays untold, and would be news again if the workshop took place after all.
    """
    facts = json.loads(known or "{}")
    if Kind(kind).rules.invite != "CANCEL" or not facts:
        return true
    news = json.loads(true)
    facts["registration"] = news["registration"]
    if kind == Kind.WORKSHOP_CANCELLED:
        facts["workshop"] = news["workshop"]
    return as_json(facts)


def next_sequence():
    """The SEQUENCE of an invite that says something new, as an expression: 0 for the first."""
    return Coalesce(F("sequence") + 1, 0)


def is_up_to_date(told, true):
    """Is all that was `told` (facts, as JSON) still `true`?"""
    return told == true or as_told(told, true) == true


def as_told(told, true):
    """The facts that somebody knows who was `told` so, as JSON (str); "{}" where they know nothing.

    A fact that `told` lacks is newer. It counts as told as it is in `true` (facts, too): if it did not,
    adding a fact would outdate everybody.
    """
    known = json.loads(told or "{}")
    if not known:
        return "{}"
    return as_json({name: known.get(name, value) for name, value in json.loads(true).items()})


def as_json(told):
    """Facts as JSON (str) that equal facts write alike."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True)


def changes(before, workshop, on):
    """The Changes between `before` (invites.facts, as text) and `workshop` as it is, hours on each of the clocks `on`."""
    told = json.loads(before or "{}")
    if not told:
        return []
    start, end = (datetime.fromisoformat(told[name]) for name in ("start", "end"))
    found = []
    if (start, end) != (workshop.starts_at, workshop.ends_at):
        after = when_lines(on, workshop.starts_at, workshop.ends_at)
        found.append(Change(_("The time"), _("the old time"), when_lines(on, start, end), after))
    if told["title"] != workshop.title:
        found.append(Change(_("The title"), _("the old title"), [told["title"]], [workshop.title]))
    if told["place"] != workshop.place:
        found.append(Change(_("The place"), _("the old place"), [told["place"]], [workshop.place]))
    return found


@dataclass(frozen=True)
class Change:
    """One thing that is no longer as it was told: its name, what the desk calls its old state, and the lines that say how it
    was and how it is.
    """

    name: str
    old: str
    before: list[str]
    after: list[str]


def when_lines(on, start, end):
    """Start to end on each of the clocks `on`, the date first."""
    readings = read(on, start, end)
    return [readings[0].day, *(reading.words for reading in readings)]
