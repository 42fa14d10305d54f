"""When a workshop takes place: on each clock, before now or after, moved or not."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from events import odd_hours, readings
from events.models.community import Community
from praxis import languages

RELEASE_BEFORE = timedelta(hours=48)


class Hours:
    """What follows from a workshop's instants, which are UTC, and from its hosts."""

    @property
    def clocks(self):
        """The hosts' clocks in their order, each place once; UTC without hosts.

        A mail asks for them a dozen times. They are kept for as long as the hosts that were
        prefetched.
        """
        hostings = self.__dict__.get("_prefetched_objects_cache", {}).get("hostings")
        if hostings is None:
            return clocks_of(self.communities)
        kept_for, clocks = self.__dict__.get("kept_clocks", (None, None))
        if kept_for is not hostings:
            clocks = clocks_of(self.communities)
            self.kept_clocks = hostings, clocks
        return clocks.copy()

    @property
    def readings(self):
        """What each clock shows from start to end."""
        return readings.read(self.clocks, self.starts_at, self.ends_at)

    @property
    def odd_sentences(self):
        """What people would not expect of the clocks on that day, as sentences.

        Their hours are written as at the first host's place, as those of the clocks are.
        """
        odds = [
            *odd_hours.odd_offsets(self.clocks, self.starts_at),
            *odd_hours.clock_changes(self.clocks, self.starts_at, self.ends_at),
        ]
        with languages.of_place(self.first_zone):
            return [odd.sentence for odd in odds]

    @property
    def day(self):
        """The date on the first host's clock: « lundi 27 mars 2023 »."""
        return self.readings[0].day

    @property
    def clock_lines(self):
        """When it takes place, as lines of plain text in the active language."""
        return self.lines_of(self.readings)

    def lines_of(self, shown):
        """The date, each of the readings `shown`, and what is odd about them: lines of text."""
        return [*readings.when_lines(shown), *self.odd_sentences]

    def has_started(self, now):
        return self.starts_at <= now

    def has_ended(self, now):
        return self.ends_at <= now

    def has_closed_registration(self, now):
        """Was its registration closed by hand, or at its hour?"""
        closes_at = self.registration_closes_at
        return not self.registration_open or (closes_at is not None and closes_at <= now)

    def opens_registration_later(self, now):
        """Does its registration open after `now`?"""
        return self.registration_opens_at is not None and now < self.registration_opens_at

    @property
    def door_opens_at(self):
        """The instant from which confirmed people are let into the room."""
        return self.starts_at - timedelta(minutes=self.door_minutes)

    @property
    def release_at(self):
        """The instant from which reserved seats are anybody's: the start at the latest."""
        release_at = self.seats_released_at or self.starts_at - RELEASE_BEFORE
        return min(release_at, self.starts_at)

    @property
    def first_zone(self):
        """The IANA name of the zone in which organisers type."""
        return self.clocks[0].zone

    @property
    def is_moved(self):
        """Does it begin at another instant than the one with which it was first published?"""
        return self.announced_starts_at not in (None, self.starts_at)

    @property
    def new_hours(self):
        """« nouvelle date », « nouvel horaire » if the first host's date stays, "" if not moved."""
        if not self.is_moved or self.is_cancelled:
            return ""
        zone = ZoneInfo(self.first_zone)
        dates = {at.astimezone(zone).date() for at in (self.announced_starts_at, self.starts_at)}
        return _("new time") if len(dates) == 1 else _("new date")

    def date_stamp(self, now):
        """What poster and picture stamp on the date: cancelled, over or moved, in words, or ""."""
        if self.is_cancelled:
            return _("cancelled")
        return _("over") if self.has_ended(now) else self.new_hours

    def note_announcement(self, before):
        """Keep the start with which it was first published, for a save that follows.

        `before` is the workshop as it is stored, or None for a new one.
        """
        if self.announced_starts_at is None and before is not None and before.is_published:
            self.announced_starts_at = before.starts_at
        elif self.announced_starts_at is None and self.is_published:
            self.announced_starts_at = self.starts_at


def clocks_of(communities):
    """The clocks of `communities` in their order, each place once; UTC without any."""
    colours = Community.colours_of(communities)
    clocks = dict.fromkeys(
        replace(community.clock, colour=colour)
        for community, colour in zip(communities, colours, strict=True)
    )
    utc = readings.Clock("UTC", "UTC", "heure UTC", Community.Colour.BLUE.value)
    return list(clocks) or [utc]
