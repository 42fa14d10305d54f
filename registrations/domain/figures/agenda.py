"""What the desk says of a workshop in the agenda at OpenAgenda."""

from registrations.domain import open_agenda
from registrations.models import AgendaEntry


def agenda_entry(workshop):
    """The AgendaEntry of `workshop`, None where it has none, or where no agenda is kept.

    One statement, or none where no agenda is kept.
    """
    if not open_agenda.is_kept():
        return None
    return AgendaEntry.objects.filter(uid=workshop.uid).first()
