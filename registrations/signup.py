"""Every rule about seats. Nothing else decides a seat."""

from datetime import timedelta

from django.db import models, transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from praxis.sender import sender_address
from registrations import invites, tasks
from registrations.models import OutgoingMail, Registration, email_key

Kind = OutgoingMail.Kind

REMIND_AT_MOST_EVERY = timedelta(hours=1)


class Status(models.TextChoices):
    """Whether a workshop takes registrations, and if not, why."""

    OPEN = "open", _("Registration is open")
    DRAFT = "draft", _("This workshop has not been announced yet")
    CANCELLED = "cancelled", _("This workshop is cancelled")
    PAST = "past", _("This workshop is over")
    CLOSED = "closed", _("Registration is closed")
    FULL = "full", _("All seats are taken")


class RegistrationRefused(Exception):
    """The workshop takes no registration now; `status` says why."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def status(workshop, *, now):
    """The Status of `workshop` at the instant `now`; asks for the number of seats taken only where it matters."""
    if workshop.state == Workshop.State.DRAFT:
        return Status.DRAFT
    if workshop.state == Workshop.State.CANCELLED:
        return Status.CANCELLED
    if workshop.has_ended(now):
        return Status.PAST
    if not workshop.registration_open:
        return Status.CLOSED
    if workshop.capacity is not None and workshop.registrations.confirmed().count() >= workshop.capacity:
        return Status.FULL
    return Status.OPEN


def require_open(workshop, *, now):
    """Raise RegistrationRefused unless `workshop` takes registrations at the instant `now`."""
    state = status(workshop, now=now)
    if state != Status.OPEN:
        raise RegistrationRefused(state)


def register(workshop, *, email, now, newsletter="", consent="", **person):
    """Give the person at `email` a seat, and owe them the mail that says so, in one transaction under the workshop's lock.

    `person` holds first_name and last_name, and organisation, community (a Community) and language ("fr", "en") where known.
    `newsletter` and `consent` are the sentences the person agreed to, "" where none: they are kept, dated.
    An address that has a seat keeps it as it is, and is owed a mail that tells the truth; the caller is told nothing.
    Raises RegistrationRefused where the workshop takes no registration.
    """
    with transaction.atomic():
        # One writer at a time: SELECT … FOR UPDATE on PostgreSQL, BEGIN IMMEDIATE on SQLite.
        workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
        require_open(workshop, now=now)
        known = workshop.registrations.active().filter(email_key=email_key(email)).first()
        if known:
            remind(known, now=now)
            return
        registration = Registration.objects.create(
            workshop=workshop,
            state=Registration.State.CONFIRMED,
            email=email.strip(),
            email_key=email_key(email),
            newsletter_consent_at=now if newsletter else None,
            newsletter_consent_text=newsletter,
            consent_at=now if consent else None,
            consent_text=consent,
            created_at=now,
            **person,
        )
        owe(registration, Kind.CONFIRMATION, now=now)


def remind(registration, *, now):
    """Owe a mail that says where the seat is, unless one was owed just now: anybody can type anybody's address."""
    lately = registration.mails.filter(kind=Kind.ALREADY_REGISTERED, created_at__gt=now - REMIND_AT_MOST_EVERY)
    if not lately.exists():
        owe(registration, Kind.ALREADY_REGISTERED, now=now)


def cancel(registration, *, now):
    """Give the seat back and owe the mail that takes the entry out of the calendar. Twice is once: False the second time."""
    with transaction.atomic():
        Workshop.objects.select_for_update().get(pk=registration.workshop_id)
        active = Registration.objects.active().filter(pk=registration.pk)
        if not active.update(state=Registration.State.CANCELLED, cancelled_at=now):
            return False
        registration.refresh_from_db()
        owe(registration, Kind.CANCELLATION, now=now)
        return True


def owe(registration, kind, *, now):
    """Store the mail, note what its invite says, and wake the engine: all in the caller's transaction."""
    mail = OutgoingMail.objects.create(
        registration=registration,
        kind=kind,
        sequence=invites.tell(registration),
        message_id=f"<{get_random_string(24)}@{sender_address().rpartition('@')[2]}>",
        created_at=now,
        due_at=now,
    )
    tasks.deliver.enqueue(mail.pk)
    return mail
