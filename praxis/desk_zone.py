"""The clocks on which the desk's pages stand: the desk's own, or that of a host."""

from zoneinfo import ZoneInfo

from praxis import zones


class DeskZone(ZoneInfo):
    """The zone of what happens at no workshop: an account’s last visit, a line of the history.

    Its name is what an instant bears at the desk: « 24 novembre 2026, 14 h 28 (Montréal ou
    Toronto) ».
    """

    def tzname(self, dt):
        return None if dt is None else zones.city(self.key)


class HostZone(ZoneInfo):
    """The zone of a host's clock: « 24 novembre 2026, 14 h 28 (heure du Québec) »."""

    @classmethod
    def of(cls, clock):
        """The zone of `clock`, which has a `zone` and a `label`."""
        zone = cls.no_cache(clock.zone)
        zone.label = clock.label
        return zone

    def tzname(self, dt):
        return None if dt is None else self.label
