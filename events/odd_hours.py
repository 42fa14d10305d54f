"""What people would not expect of the clocks on the day of a workshop, as sentences."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

from django.utils.translation import gettext as _

from events.clocks import transitions, usual_and_present_difference, wall
from events.readings import Clock, span_words, time_words


@dataclass(frozen=True)
class OddOffset:
    """Two clocks that are `now` apart at an instant and `usual` apart most of the year.

    Both are positive timedeltas.
    """

    first: Clock
    second: Clock
    now: timedelta
    usual: timedelta

    @property
    def sentence(self):
        return _(
            "Unusual time difference on this date: %(now)s between %(first)s and %(second)s, "
            "instead of %(usual)s. "
            "The two places do not change their clocks on the same dates."
        ) % {
            "now": span_words(self.now),
            "usual": span_words(self.usual),
            "first": self.first.label,
            "second": self.second.label,
        }


def odd_offsets(clocks, at):
    """An OddOffset for each pair of `clocks` that is unusually far apart, or close, at `at`."""
    found = []
    for first, second in combinations(clocks, 2):
        usual, now = usual_and_present_difference(first.zone, second.zone, at)
        if usual != now:
            found.append(OddOffset(first, second, abs(now), abs(usual)))
    return found


@dataclass(frozen=True)
class ClockChange:
    """A clock that is set anew at the instant `at`: it shows `after` where `before` would come.

    Both are naive wall times.
    """

    clock: Clock
    at: datetime
    before: datetime
    after: datetime

    @property
    def sentence(self):
        words = _(
            "The clocks go back during the workshop (%(clock)s): after %(last)s comes %(first)s."
        )
        if self.after > self.before:
            words = _(
                "The clocks go forward during the workshop (%(clock)s): "
                "after %(last)s comes %(first)s."
            )
        return words % {
            "clock": self.clock.label,
            "last": time_words(self.before - timedelta(minutes=1)),
            "first": time_words(self.after),
        }


def clock_changes(clocks, starts_at, ends_at):
    """A ClockChange for each change of one of `clocks` after the start and before the end."""
    return [
        ClockChange(clock, change.at, change.wall, wall(change.at, clock.zone))
        for clock in clocks
        for year in range(starts_at.year, ends_at.year + 1)
        for change in transitions(clock.zone, year)
        if starts_at < change.at < ends_at
    ]
