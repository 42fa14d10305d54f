"""Registering, cancelling, and undoing a cancellation."""

from datetime import timedelta

from django.db import transaction

from registrations.domain import seats, status, waiting_list
from registrations.domain.seats import Seats, lock_workshop
from registrations.domain.status import TAKING, Status
from registrations.mail import queue, snapshots
from registrations.mail.kinds import Kind
from registrations.models import Registration
from registrations.models.registration import email_key

State = Registration.State
UNDO_AN_HOUR = 3


def register(workshop, *, email, now, newsletter="", consent="", **person):
    """Give the person at `email` a seat or a place on the waiting list, and owe them the mail that says so, in one
    transaction under the workshop's lock.

    `person` holds first_name and last_name, and organisation, community (a Community), zone (IANA) and language
    ("fr", "en") where known. `newsletter` and `consent` are the sentences the person agreed to, "" where none: they are
    kept, dated. An address that is registered keeps what it has and is owed a mail that tells the truth.
    Returns the rank on the waiting list of an address that is new, None with a seat: a known address gets the same answer.
    Raises RegistrationRefused where the workshop takes no registration.
    """
    with transaction.atomic():
        workshop = lock_workshop(workshop.pk)
        seats = Seats(workshop, now=now)
        status.require_open(workshop, now=now, seats=seats)
        # Nobody passes those in line, if a seat has become free since anybody looked. Without a limit
        # there is a seat for everybody: whom the hint misses loses none, and has it at the next sweep.
        if workshop.capacity is not None or workshop.someone_waits:
            waiting_list.promote_under_lock(workshop, seats, now=now)
        community = person.get("community")
        seated = seats.fit(community and community.pk)
        rank = None if seated else workshop.registrations.waiting().count() + 1
        known = workshop.registrations.active().of_address(email).first()
        if known:
            known.workshop = workshop
            if known.is_waiting and workshop.has_started(now) and seats.fit(known.community_id):
                # Nobody is promoted any more, but whoever asks is let in.
                waiting_list.give_seat(known, Kind.PROMOTION, now=now)
            else:
                remind(known, now=now)
            return rank
        agreed = {"newsletter": newsletter, "consent": consent}
        registration = newcomer(workshop, seated, email=email, now=now, **agreed, **person)
        registration.save(force_insert=True)
        queue.enqueue(registration, Kind.CONFIRMATION if seated else Kind.WAITING, now=now)
        return rank


def newcomer(workshop, seated, *, email, now, newsletter, consent, **person):
    """A Registration, not stored yet, that is told what its first mail will say."""
    registration = Registration(
        workshop=workshop,
        state=State.CONFIRMED if seated else State.WAITING,
        email=email.strip(),
        email_key=email_key(email),
        newsletter_consent_at=now if newsletter else None,
        newsletter_consent_text=newsletter,
        consent_at=now if consent else None,
        consent_text=consent,
        sequence=0 if seated else None,
        created_at=now,
        confirmed_at=now if seated else None,
        **person,
    )
    registration.told = snapshots.snapshot(workshop, registration.state)
    if seated:
        waiting_list.settle_reminders(registration, now=now)
    return registration


def remind(registration, *, now):
    """Owe a mail that says what the person has. If one has just left (a button is pressed twice), this one never does; its row is
    written all the same, so that nobody can tell by the cost who has registered a moment ago.
    """
    is_repeated = queue.has_just_told(registration, now=now)
    queue.enqueue(registration, Kind.ALREADY_REGISTERED, now=now, unsent=is_repeated)


def cancel(registration, *, now):
    """Give the seat, or the place on the waiting list, back and owe the mail that says so; the seat goes to the first in line.

    Twice is once: False the second time, and after the end.
    """
    with transaction.atomic():
        workshop = seats.lock_workshop_of(registration)
        if registration.state == State.CANCELLED or workshop.has_ended(now):
            return False
        registration.state, registration.cancelled_at = State.CANCELLED, now
        registration.save(update_fields=["state", "cancelled_at"])
        queue.enqueue(registration, Kind.CANCELLATION, now=now)
        waiting_list.promote_under_lock(workshop, Seats(workshop, now=now), now=now)
        return True


def reinstate(registration, *, now):
    """Undo a cancellation and owe a confirmation; False if the seat is gone, or was never given up."""
    with transaction.atomic():
        workshop = seats.lock_workshop_of(registration)
        waiting_list.promote_under_lock(workshop, Seats(workshop, now=now), now=now)
        if not may_reinstate(registration, now=now):
            return False
        waiting_list.give_seat(registration, Kind.CONFIRMATION, now=now)
        return True


def may_reinstate(registration, *, now):
    """May this cancelled registration have its seat again at `now`? Only while nobody else has it or waits for it."""
    workshop = registration.workshop
    has_left = registration.state == State.CANCELLED and registration.erased_at is None
    if not has_left or registration.confirmed_at is None or workshop.has_started(now):
        return False
    seats = Seats(workshop, now=now)
    return (
        status.get_status(workshop, now=now, seats=seats) in (*TAKING, Status.CLOSED)
        and seats.fit(registration.community_id)
        and not has_wavered(registration, now=now)
        and registration.successor is None
    )


def has_wavered(registration, *, now):
    """Has this seat been given back so often lately that giving it again would only make mail?"""
    lately = registration.mails.filter(
        kind=Kind.CANCELLATION, created_at__gt=now - timedelta(hours=1)
    )
    return lately.count() > UNDO_AN_HOUR
