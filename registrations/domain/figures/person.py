"""What the desk shows of one person: state and mails; and of some, how many there are."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import Workshop
from registrations.domain import headcounts
from registrations.domain.figures.history import on_first_clock, was_by_person
from registrations.mail import kinds, preview
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration


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
    if was_by_person(registration, registration.cancelled_at):
        return _("Cancelled by the person.")
    return _("Registration cancelled.")


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
        kind=kinds.label(mail.kind),
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
