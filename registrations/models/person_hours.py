"""The hours of a workshop as a person reads them: on the hosts' clocks and on their own."""

from events.readings import read
from events.twin_clock import with_own
from praxis import zones


class PersonHours:
    """What follows from the zone of a registration and from its workshop."""

    @property
    def city(self):
        """Where the person's clock is, in the active language; "" if unknown.

        For a host's zone it is the name of its time (« heure du Québec »): the zone of Montréal
        bears the name of another city. Else it is the city of the zone.
        """
        for clock in self.workshop.clocks:
            if clock.zone == self.zone:
                return clock.label
        return zones.city(self.zone) if self.zone else ""

    @property
    def clocks(self):
        """The workshop's clocks, and the person's own if it shows other hours."""
        workshop = self.workshop
        return with_own(workshop.clocks, self.zone, workshop.starts_at, workshop.ends_at)

    @property
    def readings(self):
        """What each of these clocks shows from start to end."""
        return read(self.clocks, self.workshop.starts_at, self.workshop.ends_at)

    @property
    def clock_lines(self):
        """The time of the workshop on each of these clocks, as lines in the active language."""
        return self.workshop.lines_of(self.readings)
