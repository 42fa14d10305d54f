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
    is_wanting = bool(entry.last_error) and (entry.is_given_up or is_by_setting(entry.last_error))
    return [Fact("OpenAgenda", state_words(entry, workshop), is_wanting=is_wanting)]


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
    """Why OpenAgenda did not take it, for who is no technician."""
    code = code_of(error)
    if code == "404" and not error.startswith(OF_THE_KEY):
        return _("OpenAgenda does not know the agenda (OPENAGENDA_AGENDA)")
    if is_by_setting(error):
        return _("OpenAgenda does not accept the site’s key (OPENAGENDA_KEY)")
    if code in ("400", "413", "422"):
        return _("OpenAgenda refuses the announcement (%(answer)s)") % {"answer": error}
    # What they say of themselves then is for technicians; the row has it.
    brief = " ".join(error.removeprefix(OF_THE_KEY).split()[:2])
    return _("OpenAgenda does not answer as it should (%(answer)s)") % {"answer": brief}


def is_by_setting(error):
    """Is the key or the agenda the reason, which no wait mends?"""
    of_the_key = ("400", "404") if error.startswith(OF_THE_KEY) else ("404",)
    return code_of(error) in ("401", "403", *of_the_key)


def code_of(error):
    """The code of HTTP in `error`, "" where there is none."""
    name, _space, rest = error.removeprefix(OF_THE_KEY).partition(" ")
    return rest[:3] if name == "HTTP" else ""
