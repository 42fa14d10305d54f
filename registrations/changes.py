"""What has changed in a workshop since somebody was told of it, in words."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from events import clocks


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
    readings = clocks.read(on, start, end)
    return [readings[0].day, *(reading.words for reading in readings)]


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
