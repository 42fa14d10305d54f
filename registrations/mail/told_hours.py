"""The hours that people were told on a host's clock, where that clock was corrected since.

A snapshot holds instants. What a clock showed of them is noted in it when the zone of its community
is about to change:

    {"hours of 3": "2026-03-05T13:00/2026-03-05T15:30", …}

The next mail that tells everything takes it out.
"""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from events import clocks
from events.readings import read_spans

HOURS_OF = "hours of "


def with_hours(told, community):
    """The snapshot `told`, with the hours that the clock of `community` shows.

    It stays as it is if it has them already, or tells no hours at all.
    """
    known, name = json.loads(told or "{}"), f"{HOURS_OF}{community.pk}"
    if name in known or not {"start", "end"} <= known.keys():
        return told
    known[name] = wall_span(known["start"], known["end"], community.zone)
    # As snapshots.as_json() writes it.
    return json.dumps(known, ensure_ascii=False, sort_keys=True)


def wall_span(start, end, zone):
    """« 2026-03-05T13:00/2026-03-05T15:30 »: the instants (ISO 8601) as `zone` shows them."""
    shown = (clocks.wall(datetime.fromisoformat(at), zone) for at in (start, end))
    return "/".join(f"{at:%Y-%m-%dT%H:%M}" for at in shown)


def untrue(known, workshop):
    """{clock of a host: (start, end) that it was told to show}, of the clocks corrected since."""
    if not noted(known):
        return {}
    found = {}
    for community in workshop.communities:
        span = known.get(f"{HOURS_OF}{community.pk}")
        if span and span != wall_span(known["start"], known["end"], community.zone):
            zone = ZoneInfo(community.zone)
            walls = [datetime.fromisoformat(each) for each in span.split("/")]
            found[community.clock] = [each.replace(tzinfo=zone) for each in walls]
    return found


def noted(known):
    """The hours that are noted in the snapshot `known`, a dictionary."""
    return {name: value for name, value in known.items() if name.startswith(HOURS_OF)}


def as_told(readings, corrected):
    """`readings`, those of the clocks in `corrected` with the hours that they were told to show."""
    return read_spans(
        (each.clock, *corrected.get(each.clock, (each.start, each.end))) for each in readings
    )
