"""What people do by their manage link beside giving their seat back."""

from django.db import transaction

from registrations.domain import seats, waiting_list
from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

State = Registration.State


def verify(registration, *, now):
    """Note that a secret link was used: whoever did reads the mailbox, so that no limit protects it from us any more."""
    if Registration.objects.filter(pk=registration.pk, verified_at=None).update(verified_at=now):
        put_off = OutgoingMail.objects.filter(
            registration__email_key=registration.email_key,
            state=OutgoingMail.State.QUEUED,
            attempts=0,
            due_at__gt=now,
        )
        put_off.update(due_at=now, due_since=now)


def send_again(registration, *, now):
    """Owe the mail once more that says what this person has. False if it left just now, or there is nothing to say."""
    with transaction.atomic():
        workshop = seats.lock_workshop_of(registration)
        kind = {State.CONFIRMED: Kind.CONFIRMATION, State.WAITING: Kind.WAITING}.get(
            registration.state
        )
        if kind is None or not workshop.is_published or workshop.has_ended(now):
            return False
        if registration.waits_in_vain(now) or queue.has_just_told(registration, now=now):
            return False
        queue.enqueue(registration, kind, now=now)
        return True


def correct(registration, typed, *, now):
    """Write what was `typed` (by field), and nothing else: a seat given meanwhile stays given, and somebody erased stays erased.

    Who waits may belong to a community for which a seat is kept, and has it at once then. True if that gave them a seat.
    """
    with transaction.atomic():
        workshop = seats.lock_workshop_of(registration)
        if not registration.is_waiting:
            typed = {name: words for name, words in typed.items() if name != "community"}
        Registration.objects.filter(pk=registration.pk, erased_at=None).update(**typed)
        waiting_list.promote(workshop, now=now)
        waited = registration.is_waiting
        registration.refresh_from_db()
        return waited and registration.is_confirmed


def withdraw_newsletter(registration):
    """For the person, that is for each registration of the address."""
    registration.siblings.update(newsletter_consent_at=None, newsletter_consent_text="")
