"""What happened to a person's registration, and who did it, as far as dates, mails and log tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from events.readings import short_moment
from praxis.accounts.names import name_of
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

# What a mail of a kind says of the person's history, by the moment at which it was stored.
TOLD = {
    Kind.PROMOTION: gettext_lazy("Got a seat from the waiting list"),
    Kind.UPDATE: gettext_lazy("Was told what changed"),
    Kind.WORKSHOP_CANCELLED: gettext_lazy("Was told that the workshop is cancelled"),
    Kind.LINKS: gettext_lazy("Asked for the links by mail"),
}


@dataclass(frozen=True)
class Event:
    """Something that happened at an instant; `by` is the organiser who did it, or ""."""

    at: datetime
    words: str
    by: str = ""
    when: str = ""

    @property
    def what(self):
        """Its words without a full stop, as the name of who did it follows."""
        return self.words.removesuffix(".")


def on_first_clock(workshop, at):
    """The instant `at` on the first host's clock, the place named; "" for None."""
    return short_moment(workshop.clocks[0], at) if at else ""


def was_by_person(registration, at):
    """Did the person cancel at the instant `at`, as far as is known? It takes one of their links.

    The release before `cancelled_by_desk` told the log alone who cancelled.
    """
    return registration.verified_at is not None and registration.verified_at <= at


def history(registration):
    """What happened to `registration`, as Events, the first one first; two queries.

    It is told by dates and kinds alone, so that nothing personal outlives an erasure.
    """
    by_desk = logged(registration)
    known = [event.at for event in by_desk]
    cancelled_at = [event.at for event in by_desk if event.words in cancelled_words()]
    if registration.cancelled_by_desk:
        cancelled_at.append(registration.cancelled_at)
    by_mail = mailed(registration, cancelled_at)
    events = [*by_desk, *by_mail, *own_events(registration, [event.at for event in by_mail])]
    # What an organiser did is told by the log, with the name.
    events += [event for event in desk_events(registration) if not is_near(event.at, known)]
    events.sort(key=lambda event: event.at)
    workshop = registration.workshop
    return [
        Event(each.at, each.words, each.by, on_first_clock(workshop, each.at)) for each in events
    ]


def is_near(at, instants):
    return any(abs(at - each) < timedelta(minutes=1) for each in instants)


def own_events(registration, mailed_at):
    """The Events by the person, whose dates stand on the row, but for those of `mailed_at`."""
    had_seat = registration.confirmed_at == registration.created_at
    dates = [
        (registration.created_at, _("Registered, with a seat") if had_seat else _("Registered")),
        (registration.verified_at, _("Used one of the links for the first time")),
        (registration.joined_at, _("Opened the room")),
    ]
    if not had_seat and registration.confirmed_at not in mailed_at:
        dates.append((registration.confirmed_at, _("Got a seat")))
    if not registration.cancelled_by_desk and registration.cancelled_at not in mailed_at:
        dates.append(cancellation(registration, registration.cancelled_at))
    return [Event(at, words) for at, words in dates if at]


def cancellation(registration, at):
    """(at, words) of a cancellation that was not the organisers', as far as is known."""
    by_person = at and was_by_person(registration, at)
    return at, _("Cancelled by the person") if by_person else _("Registration cancelled")


def desk_events(registration):
    """The Events by an organiser, whose dates stand on the row."""
    dates = [
        (registration.attended_at, _("Marked as come.")),
        (registration.address_corrected_at, _("Address corrected")),
        (registration.erased_at, _("Erased")),
    ]
    if registration.cancelled_by_desk:
        dates.append((registration.cancelled_at, _("Cancelled by the organisers")))
    return [Event(at, words) for at, words in dates if at]


def mailed(registration, desk_cancelled_at):
    """The Events that mails tell of, but for what organisers cancelled at these instants."""
    rows = OutgoingMail.objects.filter(
        registration=registration, kind__in=[*TOLD, Kind.CANCELLATION]
    )
    dates = []
    for at, kind in rows.values_list("created_at", "kind"):
        if kind != Kind.CANCELLATION:
            dates.append((at, str(TOLD[Kind(kind)])))
        elif not is_near(at, desk_cancelled_at):
            dates.append(cancellation(registration, at))
    return [Event(at, words) for at, words in dates]


def cancelled_words():
    """What the log says where an organiser cancelled, in each language of the desk."""
    words = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words.add(_("Cancelled the registration."))
    return words


def logged(registration):
    """The Events that organisers caused, by the log of the desk."""
    rows = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Registration),
        object_id=str(registration.pk),
    )
    return [
        Event(entry.action_time, entry.get_change_message(), name_of(entry.user))
        for entry in rows.select_related("user")
    ]
