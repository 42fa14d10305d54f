"""A Session in words: its lines at the desk, each with the link to what mends it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.readings import short_moment
from praxis.text import french_spacing
from registrations.admin.session_links import MAILS, PEOPLE, list_url, url_of
from registrations.domain.status import Status
from registrations.domain.steps import Place, words_of
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail

MailState = OutgoingMail.State


@dataclass(frozen=True)
class Fact:
    """A line about a session: its name, what is so, where it leads ("" for nowhere).

    `is_wanting` where something is to be done about it.
    """

    name: str
    text: str
    url: str = ""
    is_wanting: bool = False


def facts(session, rights):
    """The Facts of `session` that an organiser with `rights` may see."""
    found = []
    if rights.sees_people:
        people = list_url(PEOPLE, session.workshop)
        found.append(Fact(_("Registrations"), seats_words(session.seats), people))
        if session.came is not None:
            confirmed = list_url(PEOPLE, session.workshop, state__exact="confirmed")
            words = _("%(came)s of %(registered)s")
            words %= {"came": session.came, "registered": session.confirmed}
            found.append(Fact(_("Attendances"), words, confirmed))
    if not session.has_ended:
        found.append(room(session, rights))
    if rights.sees_mails:
        found += mails(session)
    if rights.sees_people and not session.has_ended and not session.workshop.is_draft:
        found.append(changes(session, rights))
    return found


def room(session, rights):
    there = session.workshop.meeting_url
    return Fact(
        _("Room"),
        _("The address is there.") if there else _("No address yet."),
        url_of(session.workshop, Place.ROOM) if rights.edits else "",
        is_wanting=session.lacks_room,
    )


def mails(session):
    """The reminders of a session that is still to come, and what has become of all its mails."""
    sent = list_url(MAILS, session.workshop, state__exact=MailState.SENT)
    if session.workshop.is_published and not session.has_started:
        for reminder in session.reminders:
            url = list_url(MAILS, session.workshop, kind__exact=reminder.kind)
            yield Fact(reminder_name(reminder.kind), reminder_words(session, reminder), url)
    if session.failed:
        words = ngettext("%(count)s could not leave.", "%(count)s could not leave.", session.failed)
        url = url_of(session.workshop, Place.FAILED)
        yield Fact(_("Mails"), words % {"count": session.failed}, url, is_wanting=True)
    elif session.overdue and not session.workshop.is_draft:
        words = ngettext("%(count)s is late.", "%(count)s are late.", session.overdue)
        url = url_of(session.workshop, Place.QUEUED)
        yield Fact(_("Mails"), words % {"count": session.overdue}, url, is_wanting=True)
    else:
        yield Fact(_("Mails"), _("None failed, none is late."), sent)


def changes(session, rights):
    if not session.uninformed:
        return Fact(_("Changes"), _("Nobody holds anything old."))
    words = ngettext(
        "%(count)s person does not know.", "%(count)s people do not know.", session.uninformed
    )
    url = url_of(session.workshop, Place.ANNOUNCE) if rights.edits else ""
    return Fact(_("Changes"), words % {"count": session.uninformed}, url, is_wanting=True)


def reminder_name(kind):
    return _("First reminder") if kind == Kind.DAY_REMINDER else _("Last reminder")


def reminder_words(session, reminder):
    """« Part le 28 mars 2027, 9 h 30 (heure du Québec) », « Partis : 12, en route : 6 »."""
    if session.now < reminder.due_at:
        when = short_moment(session.workshop.clocks[0], reminder.due_at)
        return _("Leaves: %(when)s") % {"when": when}
    if reminder.leaving:
        words = _("Sent: %(sent)s, leaving: %(leaving)s")
        return words % {"sent": reminder.sent, "leaving": reminder.leaving}
    return _("Sent: %(sent)s") % {"sent": reminder.sent}


def seats_words(seats):
    """« 42 / 100 », how many kept seats are left, and how many people wait, if any."""
    words = str(seats.headcount.confirmed)
    if seats.capacity is not None:
        words = f"{seats.headcount.confirmed} / {seats.capacity}"
    kept = kept_left(seats)
    if kept:
        pattern = ngettext(
            "%(seats)s (%(kept)s still kept for a community)",
            "%(seats)s (%(kept)s still kept for communities)",
            kept,
        )
        words = pattern % {"seats": words, "kept": kept}
    if seats.waiting:
        pattern = ngettext("%(seats)s, %(count)s waits", "%(seats)s, %(count)s wait", seats.waiting)
        words = pattern % {"seats": words, "count": seats.waiting}
    return words


def kept_left(seats):
    """How many of the free seats are still kept for communities."""
    unfilled = sum(seats.unfilled(pk) for pk in seats.reserved)
    return min(unfilled, seats.free or 0)


def status_words(status, seats):
    """Whether registration is open, full, or closed and why, as the public page has it."""
    if status == Status.FULL and seats.are_for_members:
        return _("Seats for members")
    return status.label


def mail_words(mail, now):
    """Whether mail leaves, in a sentence for who is no technician."""
    if not mail.worker_runs and not mail.is_awaited:
        return _(
            "The program that sends our mails is not running, so that none leaves: "
            "tell whoever looks after the site."
        )
    if mail.held_up_since:
        words = _("Mails have been waiting for %(time)s, and none leaves.")
        return words % {"time": words_of(now - mail.held_up_since)}
    if mail.worker_runs:
        return _("Mails are leaving.")
    return _("The site has just started: the program that sends our mails has yet to report.")


def begins_words(session):
    """« Commence dans 50 min », « En cours », « Terminé », « N’a pas eu lieu »."""
    if session.workshop.is_cancelled and session.has_started:
        return _("Did not take place")
    if session.has_ended:
        return _("Over")
    if session.has_started:
        return _("Running now")
    when = words_of(max(session.workshop.starts_at - session.now, timedelta()))
    if session.workshop.is_cancelled:
        return _("Was to take place in %(when)s") % {"when": when}
    return _("Begins in %(when)s") % {"when": when}


def community_name(name):
    """The name of a host; the others together are named so."""
    return french_spacing(name) if name else _("Others")


def hosts(session):
    """(name, colour, words) of the people of each host: « 12, 2 en attente, 3 places gardées »."""
    return [(community_name(each.name), each.colour, host_words(each)) for each in session.by_host]


def host_words(host):
    words = [str(host.confirmed)]
    if host.waiting:
        waiting = ngettext("%(count)s waits", "%(count)s wait", host.waiting)
        words.append(waiting % {"count": host.waiting})
    if host.kept:
        kept = ngettext("%(count)s seat kept", "%(count)s seats kept", host.kept)
        words.append(kept % {"count": host.kept})
    return ", ".join(words)


def standing_words(session):
    """status_words() of `session`; "" where other words beside it say the same.

    Those are the next step of a draft, and begins_words() of what is over.
    """
    if session.workshop.is_draft and not session.has_ended:
        return ""
    if session.status == Status.PAST:
        return ""
    return status_words(session.status, session.seats)
