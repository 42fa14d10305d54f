"""Registering, cancelling, and undoing a cancellation."""

from datetime import timedelta

from django.db import transaction

from registrations.domain import waiting_list
from registrations.domain.seats import Seats, lock_workshop, lock_workshop_of
from registrations.domain.status import TAKING, Status, get_status, require_open
from registrations.mail import queue, snapshots
from registrations.mail.kinds import Kind
from registrations.models import Registration
from registrations.models.registration import email_key

State = Registration.State
UNDO_AN_HOUR = 3


def register(workshop, *, email, now, newsletter="", consent="", **person):
    """Register the person at `email`; their rank on the waiting list, None if there is a seat.

    The registration and the mail about it are stored in one transaction under the workshop's lock.
    `person` holds first_name and last_name, and if known organisation, community (a Community),
    zone (IANA) and language ("fr", "en"). `newsletter` and `consent` are the sentences to which
    the person agreed, "" for none; they are stored with the date.
    An address that is registered already keeps what it has, and a mail says what that is. The
    rank returned is that of a new address all the same, so that nobody learns who is registered.
    Raises RegistrationRefused if the workshop takes no registration.
    """
    with transaction.atomic():
        workshop = lock_workshop(workshop.pk)
        seats = Seats(workshop, now=now)
        require_open(workshop, now=now, seats=seats)
        # A seat may have become free unnoticed: the waiting people come before the newcomer.
        # Without a limit there is a seat for everybody, so that a wrong `someone_waits` costs
        # nobody a seat: the worker promotes them within a minute.
        if workshop.capacity is not None or workshop.someone_waits:
            waiting_list.promote_under_lock(workshop, seats, now=now)
        community = person.get("community")
        has_seat = seats.fit(community.pk if community else None)
        rank = None if has_seat else workshop.registrations.waiting().count() + 1
        known = workshop.registrations.active().of_address(email).first()
        if known:
            known.workshop = workshop
            answer_known(known, seats, now=now)
            return rank
        agreed = {"newsletter": newsletter, "consent": consent}
        registration = new_registration(
            workshop, has_seat, email=email, now=now, **agreed, **person
        )
        registration.save(force_insert=True)
        queue.enqueue(registration, Kind.CONFIRMATION if has_seat else Kind.WAITING, now=now)
        return rank


def answer_known(registration, seats, *, now):
    """Answer an address that registers again: enqueue a mail that says what it has.

    Once the workshop has started nobody is promoted any more. A waiting person who registers again
    is then given a seat, if one is free.
    """
    closed_list = registration.waits_in_vain(now)
    if closed_list and seats.fit(registration.community_id):
        waiting_list.give_seat(registration, Kind.PROMOTION, now=now)
        return
    # The button may have been pressed twice. The second mail is stored, but never leaves: it is
    # stored so that the time of the answer does not show who has just registered.
    is_repeated = queue.has_just_told(registration, now=now)
    queue.enqueue(registration, Kind.ALREADY_REGISTERED, now=now, unsent=is_repeated)


def new_registration(workshop, has_seat, *, email, now, newsletter, consent, **person):
    """A Registration, not saved yet, whose `told` is what its first mail will say."""
    registration = Registration(
        workshop=workshop,
        state=State.CONFIRMED if has_seat else State.WAITING,
        email=email.strip(),
        email_key=email_key(email),
        newsletter_consent_at=now if newsletter else None,
        newsletter_consent_text=newsletter,
        consent_at=now if consent else None,
        consent_text=consent,
        sequence=0 if has_seat else None,
        created_at=now,
        confirmed_at=now if has_seat else None,
        **person,
    )
    registration.told = snapshots.snapshot(workshop, registration.state)
    if has_seat:
        waiting_list.mark_past_reminders(registration, now=now)
    return registration


def cancel(registration, *, now):
    """Cancel the registration, enqueue the mail that says so, and promote the first in line.

    False if it is cancelled already, or if the workshop is over.
    """
    with transaction.atomic():
        workshop = lock_workshop_of(registration)
        if registration.is_cancelled or workshop.has_ended(now):
            return False
        registration.state, registration.cancelled_at = State.CANCELLED, now
        registration.save(update_fields=["state", "cancelled_at"])
        queue.enqueue(registration, Kind.CANCELLATION, now=now)
        waiting_list.promote_under_lock(workshop, Seats(workshop, now=now), now=now)
        return True


def reinstate(registration, *, now):
    """Undo a cancellation and enqueue a confirmation. False if may_reinstate() refuses."""
    with transaction.atomic():
        workshop = lock_workshop_of(registration)
        waiting_list.promote_under_lock(workshop, Seats(workshop, now=now), now=now)
        if not may_reinstate(registration, now=now):
            return False
        waiting_list.give_seat(registration, Kind.CONFIRMATION, now=now)
        return True


def may_reinstate(registration, *, now):
    """May this cancelled registration have its seat again at `now`?

    It must have had a seat, a seat must still be free for it, and the workshop must not have
    started. The person must neither have registered again nor have cancelled too often lately.
    A closed registration is no obstacle.
    """
    workshop = registration.workshop
    if not registration.is_cancelled or registration.erased_at:
        return False
    if registration.confirmed_at is None or workshop.has_started(now):
        return False
    seats = Seats(workshop, now=now)
    if get_status(workshop, now=now, seats=seats) not in (*TAKING, Status.CLOSED):
        return False
    if not seats.fit(registration.community_id):
        return False
    return not has_cancelled_often(registration, now=now) and registration.successor is None


def has_cancelled_often(registration, *, now):
    """Was this seat cancelled more than UNDO_AN_HOUR times within the last hour?

    Undoing it once more would only make mail.
    """
    lately = registration.mails.filter(
        kind=Kind.CANCELLATION, created_at__gt=now - timedelta(hours=1)
    )
    return lately.count() > UNDO_AN_HOUR
