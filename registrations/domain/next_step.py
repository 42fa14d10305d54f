"""What an organiser does next for a workshop: a pure function of its Session.

RULES stand in the order of urgency. Each gives a Step, or None where there is nothing to do.
"""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registrations.domain.steps import Place, Step, words_of
from registrations.domain.steps_afterwards import add_what_stays, words_about_what_stays

DRAFT_IS_NEAR = timedelta(days=14)
ROOM_IS_NEAR = timedelta(hours=24)


def steps(session, *, mail_leaves):
    """The Steps for `session`, the most urgent first; one that says so where there is none to do.

    `mail_leaves` says whether any mail of the site leaves: without it nothing is ready.
    """
    rules = PAST_RULES if session.has_ended else RULES
    found = [step for step in (rule(session) for rule in rules) if step]
    return found or [nothing_to_do(session, mail_leaves=mail_leaves)]


def nothing_to_do(session, *, mail_leaves):
    if session.has_ended and session.workshop.stays:
        return Step("done", words_about_what_stays(session))
    if session.has_ended:
        return Step("done", _("Nothing is left to do."))
    if not mail_leaves:
        return Step("mail", _("All is ready here, but mail is not leaving at the moment."))
    if session.workshop.is_cancelled:
        return Step("cancelled", _("It is cancelled, and nothing is left to do."))
    if session.has_started:
        return Step("running", _("It is running, and nothing is left to do."))
    return Step("ready", _("Everything is ready."))


def tell_of_cancellation(session):
    if session.workshop.is_cancelled and session.uninformed:
        return announcement("cancellation", session)
    return None


def open_the_room(session):
    """The room has no address, and its door is open or opens within a day."""
    until_door = session.workshop.door_opens_at - session.now
    if not session.lacks_room or not is_room_near(session):
        return None
    if session.has_door_opened:
        sentence = _("The door is open, and the room has no address: nobody gets in.")
    else:
        sentence = _("The door opens in %(when)s, and the room has no address.")
        sentence %= {"when": words_of(until_door)}
    return Step("room now", sentence, _("Add the meeting’s address"), Place.ROOM, is_urgent=True)


def publish_again(session):
    """People are registered at a draft: nobody sees its page, and no mail leaves."""
    people = session.confirmed + session.waiting
    if not session.workshop.is_draft or not people:
        return None
    words = ngettext(
        "%(count)s person is registered, and this workshop is not published.",
        "%(count)s people are registered, and this workshop is not published.",
        people,
    )
    words %= {"count": people}
    return Step("publish again", words, _("Publish this workshop"), Place.STATE, is_urgent=True)


def publish_soon(session):
    """A draft whose date is near."""
    until_start = session.workshop.starts_at - session.now
    if not session.workshop.is_draft or until_start > DRAFT_IS_NEAR:
        return None
    if session.has_started:
        sentence = _("Its hour has come, and this workshop is not published.")
    else:
        sentence = _("It begins in %(when)s, and this workshop is not published.")
        sentence %= {"when": words_of(until_start)}
    return Step("publish", sentence, _("Publish this workshop"), Place.STATE, is_urgent=True)


def look_at_failed_mails(session):
    if not session.failed:
        return None
    words = ngettext(
        "%(count)s mail could not leave.", "%(count)s mails could not leave.", session.failed
    )
    words %= {"count": session.failed}
    is_urgent = not session.has_ended
    return Step("failed mails", words, _("See why"), Place.FAILED, is_urgent=is_urgent)


def announce_changes(session):
    if session.uninformed and not session.workshop.is_cancelled:
        return announcement("changes", session)
    return None


def look_at_overdue_mails(session):
    """Mails of a draft wait until it is published: that they do is not late."""
    if session.workshop.is_draft or not session.overdue:
        return None
    words = ngettext(
        "%(count)s mail should have left already.",
        "%(count)s mails should have left already.",
        session.overdue,
    )
    words %= {"count": session.overdue}
    return Step("overdue mails", words, _("See which"), Place.QUEUED)


def prepare_the_room(session):
    if not session.lacks_room or is_room_near(session):
        return None
    sentence = _("The room has no address yet.")
    return Step("room", sentence, _("Add the meeting’s address"), Place.ROOM)


def look_at_seats(session):
    """More people have a seat than there are seats."""
    capacity = session.seats.capacity
    if capacity is None or session.confirmed <= capacity or not session.workshop.is_published:
        return None
    words = ngettext(
        "%(confirmed)s people have a seat, and there is %(count)s: nobody moves up.",
        "%(confirmed)s people have a seat, and there are %(count)s: nobody moves up.",
        capacity,
    )
    words %= {"confirmed": session.confirmed, "count": capacity}
    return Step("over capacity", words, _("Change the number of seats"), Place.SEATS)


def look_at_those_who_wait(session):
    """People wait while seats are free: for them, or for the members of communities alone."""
    seats, workshop = session.seats, session.workshop
    is_open = workshop.is_published and not session.has_started
    if not is_open or not session.waiting or not seats.free:
        return None
    count = {"count": session.waiting}
    words = ngettext(
        "%(count)s person waits, and seats are free.",
        "%(count)s people wait, and seats are free.",
        session.waiting,
    )
    if seats.fit(None) or seats.wanted_in_line():
        return Step("free seats", words % count, _("See the waiting list"), Place.WAITING)
    words = ngettext(
        "%(count)s person waits: the seats that are free are kept for communities.",
        "%(count)s people wait: the seats that are free are kept for communities.",
        session.waiting,
    )
    return Step("kept seats", words % count, _("Change when they are anybody’s"), Place.RELEASE)


def publish_some_day(session):
    if not session.workshop.is_draft:
        return None
    sentence = _("This workshop is not published yet.")
    return Step("publish some day", sentence, _("Publish this workshop"), Place.STATE)


RULES = [
    tell_of_cancellation,
    open_the_room,
    publish_again,
    publish_soon,
    look_at_failed_mails,
    announce_changes,
    look_at_overdue_mails,
    prepare_the_room,
    look_at_seats,
    look_at_those_who_wait,
    publish_some_day,
]
# The names of their urgent Steps, in that order.
URGENT = ["cancellation", "room now", "publish again", "publish", "failed mails", "changes"]
PAST_RULES = [look_at_failed_mails, add_what_stays]


def announcement(name, session):
    """The Step that announces what the people of `session` do not know."""
    words = ngettext(
        "%(count)s registered person holds something that has changed since.",
        "%(count)s registered people hold something that has changed since.",
        session.uninformed,
    )
    words %= {"count": session.uninformed}
    if len(session.outdated) == 1:
        words = session.outdated[0].sentence
    return Step(name, words, _("Announce it"), Place.ANNOUNCE, is_urgent=True)


def is_room_near(session):
    return session.workshop.door_opens_at - session.now <= ROOM_IS_NEAR
