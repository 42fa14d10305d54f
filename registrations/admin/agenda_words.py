"""What the overview says of a workshop in the agenda at OpenAgenda."""

from django.utils.translation import gettext as _

from events.readings import short_moment
from registrations.admin.session_words import Fact
from registrations.domain import open_agenda
from registrations.domain.figures.agenda import agenda_entry
from registrations.domain.open_agenda_api import OF_THE_KEY


def agenda_facts(workshop, *, now):
    """A list of one Fact about `workshop` in the agenda; empty where there is nothing to say."""
    if not open_agenda.is_kept():
        return []
    entry = agenda_entry(workshop)
    if entry is None:
        is_coming = not workshop.is_draft and not workshop.has_ended(now)
        return [Fact("OpenAgenda", _("It will be sent there shortly."))] if is_coming else []
    words = state_words(entry, workshop)
    return [Fact("OpenAgenda", words, is_wanting=bool(entry.last_error))]


def state_words(entry, workshop):
    """Whether the agenda has what it is to have, and if not, why and what comes next."""
    clock = workshop.clocks[0]
    why = {"why": reason(entry.last_error)}
    if entry.is_as_wanted:
        return _("Received on %(when)s.") % {"when": short_moment(clock, entry.taken_at)}
    if entry.is_given_up and not entry.last_error:
        return _("The workshop ended before it was there.")
    if entry.is_given_up:
        words = _("Given up: %(why)s. It is tried again once you change the announcement.")
        return words % why
    if entry.last_error:
        words = _("Not there yet: %(why)s. Next attempt: %(when)s.")
        return words % (why | {"when": short_moment(clock, entry.due_at)})
    if entry.wanted == open_agenda.NOTHING:
        return _("It will be taken out shortly.")
    return _("It will be sent there shortly.")


def reason(error):
    """Why OpenAgenda did not take it, for who is no technician; else its own words."""
    code = error.removeprefix(OF_THE_KEY).partition(" ")[2][:3]
    if code in ("401", "403") or (error.startswith(OF_THE_KEY) and code in ("400", "404")):
        return _("OpenAgenda does not accept the site’s key (OPENAGENDA_KEY)")
    if code == "404":
        return _("OpenAgenda does not know the agenda (OPENAGENDA_AGENDA)")
    if code in ("400", "413", "422"):
        return _("OpenAgenda refuses the announcement (%(answer)s)") % {"answer": error}
    return _("OpenAgenda does not answer as it should (%(answer)s)") % {"answer": error}
