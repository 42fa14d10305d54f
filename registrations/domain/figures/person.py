"""What the desk shows of one person: state, mails, history; and of some, how many there are."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events.models import Workshop
from events.readings import moment_words
from registrations.domain import headcounts
from registrations.mail import kinds, preview
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

# What a mail of a kind says of the person's history, by the moment at which it was stored.
TOLD = {
    Kind.PROMOTION: gettext_lazy("Got a seat from the waiting list"),
    Kind.CANCELLATION: gettext_lazy("Cancelled by the person"),
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


@dataclass(frozen=True)
class MailLine:
    """One mail as the person's page lists it. `why` says why it did not leave, or ""."""

    pk: int
    kind: str
    state: str
    when: str
    recipient: str
    subject: str
    why: str


def on_first_clock(workshop, at):
    """The instant `at` on the first host's clock, the place named; "" for None."""
    return moment_words(workshop.clocks[:1], at) if at else ""


def standing(registration):
    """The sentence that says what this person has: a seat, a place in line, or nothing."""
    if registration.erased_at:
        return _("Erased: nothing here tells who it was.")
    if registration.is_confirmed:
        return _("Has a seat.")
    if registration.is_waiting:
        words = ngettext(
            "Is first on the waiting list.",
            "Is number %(rank)s on the waiting list.",
            registration.rank,
        )
        return words % {"rank": registration.rank}
    if registration.cancelled_by_desk:
        return _("Cancelled by the organisers.")
    return _("Cancelled by the person.")


def mails(registration):
    """A MailLine for each mail about `registration`, the newest first; one query."""
    found = list(registration.mails.order_by("-pk"))
    for mail in found:
        # One object for all of them, with what was read of it.
        mail.registration = registration
    return [line_of(mail) for mail in found]


def recipient(mail):
    """The address to which `mail` went, or goes; in words where it has been corrected since."""
    corrected_at = mail.registration.address_corrected_at
    if corrected_at and (mail.sent_at or mail.created_at) < corrected_at:
        return _("an earlier address, corrected since")
    return mail.registration.email


def subject_of(mail):
    """The subject with which `mail` has left, or would leave now; "" if nobody knows it."""
    if mail.state == OutgoingMail.State.SENT:
        return mail.subject
    return "" if mail.registration.erased_at else preview.subject(mail)


def line_of(mail):
    registration = mail.registration
    reason = mail.last_error
    return MailLine(
        pk=mail.pk,
        kind=kinds.label(mail),
        state=mail.get_state_display(),
        when=on_first_clock(registration.workshop, mail.sent_at or mail.created_at),
        recipient=recipient(mail),
        subject=subject_of(mail),
        why=_(reason) if reason and mail.state == OutgoingMail.State.DROPPED else reason,
    )


def others(registration, people):
    """The other registrations of the same address, of those in the queryset `people`."""
    if registration.erased_at:
        return []
    same = people.of_address(registration.email).filter(erased_at=None)
    return list(same.exclude(pk=registration.pk).order_by("workshop__starts_at", "pk"))


def tells_more(mail, people):
    """Does `mail` speak of registrations that are not in the queryset `people`?

    One with lost links speaks of all that the address has.
    """
    if mail.kind != Kind.LINKS:
        return False
    coming = Registration.objects.coming_of(mail.registration.email, mail.created_at)
    return coming.exclude(pk__in=people.order_by().values("pk")).exists()


def history(registration):
    """What happened to `registration`, as Events, the first one first; two queries.

    It is told by dates and kinds alone, so that nothing personal outlives an erasure.
    """
    by_desk, by_mail = logged(registration), mailed(registration)
    known = [event.at for event in by_desk]
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
        dates.append((registration.cancelled_at, _("Cancelled by the person")))
    return [Event(at, words) for at, words in dates if at]


def desk_events(registration):
    """The Events by an organiser, whose dates stand on the row."""
    dates = [
        (registration.attended_at, _("Marked as come")),
        (registration.address_corrected_at, _("Address corrected")),
        (registration.erased_at, _("Erased")),
    ]
    if registration.cancelled_by_desk:
        dates.append((registration.cancelled_at, _("Cancelled by the organisers")))
    return [Event(at, words) for at, words in dates if at]


def mailed(registration):
    """The Events that mails tell of."""
    rows = OutgoingMail.objects.filter(registration=registration, kind__in=list(TOLD))
    return [Event(at, str(TOLD[Kind(kind)])) for at, kind in rows.values_list("created_at", "kind")]


def logged(registration):
    """The Events that organisers caused, by the log of the desk."""
    rows = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Registration),
        object_id=str(registration.pk),
    )
    return [
        Event(entry.action_time, entry.get_change_message(), entry.user.get_username())
        for entry in rows.select_related("user")
    ]


@dataclass(frozen=True)
class Seating:
    """What confirming `chosen` people of a workshop does to its seats; `capacity` may be None."""

    workshop: str
    capacity: int | None
    taken: int
    chosen: int

    @property
    def beyond(self):
        """How many of them would be beyond the number of seats."""
        if self.capacity is None:
            return 0
        return min(self.chosen, max(0, self.taken + self.chosen - self.capacity))


def seating(people, name):
    """A Seating for each workshop of the registrations `people` that wait; three queries.

    `name(workshop)` is what the workshop is called.
    """
    if isinstance(people, list):
        people = Registration.objects.filter(pk__in=[person.pk for person in people])
    waiting = people.waiting().order_by().values_list("workshop").annotate(count=Count("pk"))
    chosen = dict(waiting)
    workshops = Workshop.objects.with_hosts().in_bulk(chosen)
    counts = headcounts.read_each(workshops.values())
    return [
        Seating(name(workshop), workshop.capacity, counts[pk].confirmed, chosen[pk])
        for pk, workshop in workshops.items()
    ]


def of_same_addresses(people, chosen):
    """Of the queryset `people`, those with an address of one of `chosen`, not erased."""
    addresses = chosen.filter(erased_at=None).order_by().values("email_key")
    return people.filter(erased_at=None, email_key__in=addresses)
