"""The clock of what happens at no workshop."""

from zoneinfo import ZoneInfo

from praxis import zones


class DeskZone(ZoneInfo):
    """The zone of what happens at no workshop: an account’s last visit, a line of the history.

    Its name is what an instant bears at the desk: « 24 novembre 2026, 14 h 28 (Montréal ou
    Toronto) ».
    """

    def tzname(self, dt):
        return None if dt is None else zones.city(self.key)
