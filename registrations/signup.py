"""Every rule about seats. Nothing else decides a seat."""

from datetime import timedelta

from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from registrations import invites, outbox, reminders
from registrations.models import OutgoingMail, Registration, email_key
from registrations.seats import Seats

Kind = OutgoingMail.Kind
State = Registration.State

UNDO_AN_HOUR = 3


class Status(models.TextChoices):
    """Whether a workshop takes registrations, and if not, why."""

    OPEN = "open", _("Registration is open")
    FULL = "full", _("All seats are taken")  # and the waiting list is open
    DRAFT = "draft", _("This workshop has not been announced yet")
    CANCELLED = "cancelled", _("This workshop is cancelled")
    PAST = "past", _("This workshop is over")
    NOT_YET = "not_yet", _("Registration is not open yet")
    CLOSED = "closed", _("Registration is closed")
    NO_SEAT_LEFT = "no_seat_left", _("All seats are taken and the workshop has begun")


TAKING = (Status.OPEN, Status.FULL)


class RegistrationRefused(Exception):
    """The workshop takes no registration now; `status` says why."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


def why_closed(workshop, *, now):
    """The Status of a `workshop` that takes nobody at `now`, however many seats are free; None where it is open."""
    if workshop.state == Workshop.State.DRAFT:
        return Status.DRAFT
    if workshop.state == Workshop.State.CANCELLED:
        return Status.CANCELLED
    if workshop.has_ended(now):
        return Status.PAST
    closes_at = workshop.registration_closes_at
    if not workshop.registration_open or (closes_at and closes_at <= now):
        return Status.CLOSED
    if workshop.registration_opens_at and now < workshop.registration_opens_at:
        return Status.NOT_YET
    return None


def status(workshop, *, now, seats=None):
    """The Status of `workshop` at the instant `now`; asks for the Seats only where they matter, if they are not given.

    OPEN to everybody: where seats are kept for a community, FULL says that nobody else gets one.
    """
    closed = why_closed(workshop, now=now)
    if closed:
        return closed
    if workshop.capacity is None:
        return Status.OPEN
    seats = seats or Seats(workshop, now=now)
    if seats.fit(None):
        return Status.OPEN
    return Status.NO_SEAT_LEFT if workshop.has_started(now) else Status.FULL


def require_open(workshop, *, now, seats=None):
    """The Status, OPEN or FULL, in which `workshop` takes people at the instant `now`; else RegistrationRefused."""
    state = status(workshop, now=now, seats=seats)
    if state not in TAKING:
        raise RegistrationRefused(state)
    return state


def locked(workshop_pk):
    """The workshop, for one writer at a time: SELECT … FOR UPDATE on PostgreSQL, BEGIN IMMEDIATE on SQLite."""
    workshop = Workshop.objects.select_for_update().get(pk=workshop_pk)
    if workshop.capacity is not None:  # else its hosts keep no seats, and hardly anything here asks for them
        models.prefetch_related_objects([workshop], "hostings")
    return workshop


def locked_with(registration):
    """The workshop of `registration`, locked, and the registration read again: what was decided meanwhile counts."""
    workshop = locked(registration.workshop_id)
    registration.refresh_from_db()
    registration.workshop = workshop
    return workshop


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
        workshop = locked(workshop.pk)
        seats = Seats(workshop, now=now)
        require_open(workshop, now=now, seats=seats)
        # Nobody passes those in line, if a seat has become free since anybody looked.
        if workshop.capacity is not None:
            promote_under_lock(workshop, seats, now=now)
        community = person.get("community")
        seated = seats.fit(community and community.pk)
        rank = None if seated else workshop.registrations.waiting().count() + 1
        known = workshop.registrations.active().of_address(email).first()
        if known:
            known.workshop = workshop
            if known.is_waiting and workshop.has_started(now) and seats.fit(known.community_id):
                # Nobody is promoted any more, but whoever asks is let in.
                give_seat(known, Kind.PROMOTION, now=now)
            else:
                remind(known, now=now)
            return rank
        agreed = {"newsletter": newsletter, "consent": consent}
        registration = newcomer(workshop, seated, email=email, now=now, **agreed, **person)
        registration.save(force_insert=True)
        outbox.owe(registration, Kind.CONFIRMATION if seated else Kind.WAITING, now=now)
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
    registration.told = invites.facts(workshop, registration.state)
    if seated:
        settle_reminders(registration, now=now)
    return registration


def remind(registration, *, now):
    """Owe a mail that says what the person has. If one has just left (a button is pressed twice), this one never does; its row is
    written all the same, so that nobody can tell by the cost who has registered a moment ago.
    """
    is_repeated = outbox.has_just_told(registration, now=now)
    outbox.owe(registration, Kind.ALREADY_REGISTERED, now=now, unsent=is_repeated)


def settle_reminders(registration, *, now):
    for field, start in reminders.marks(registration.workshop, registration.zone, now=now).items():
        setattr(registration, field, start)


def give_seat(registration, kind, *, now):
    """Confirm somebody, and owe the mail of `kind` that says so; the caller holds the workshop's lock."""
    registration.state, registration.confirmed_at, registration.cancelled_at = State.CONFIRMED, now, None
    settle_reminders(registration, now=now)
    registration.save(update_fields=["state", "confirmed_at", "cancelled_at", "day_reminder_for", "hour_reminder_for"])
    outbox.owe(registration, kind, now=now)


def cancel(registration, *, now):
    """Give the seat, or the place on the waiting list, back and owe the mail that says so; the seat goes to the first in line.

    Twice is once: False the second time, and after the end.
    """
    with transaction.atomic():
        workshop = locked_with(registration)
        if registration.state == State.CANCELLED or workshop.has_ended(now):
            return False
        registration.state, registration.cancelled_at = State.CANCELLED, now
        registration.save(update_fields=["state", "cancelled_at"])
        outbox.owe(registration, Kind.CANCELLATION, now=now)
        promote_under_lock(workshop, Seats(workshop, now=now), now=now)
        return True


def may_reinstate(registration, *, now):
    """May this cancelled registration have its seat again at `now`? Only while nobody else has it or waits for it."""
    workshop = registration.workshop
    has_left = registration.state == State.CANCELLED and registration.erased_at is None
    if not has_left or registration.confirmed_at is None or workshop.has_started(now):
        return False
    seats = Seats(workshop, now=now)
    return (
        status(workshop, now=now, seats=seats) in (*TAKING, Status.CLOSED)
        and seats.fit(registration.community_id)
        and not has_wavered(registration, now=now)
        and registration.successor is None
    )


def has_wavered(registration, *, now):
    """Has this seat been given back so often lately that giving it again would only make mail?"""
    lately = registration.mails.filter(kind=Kind.CANCELLATION, created_at__gt=now - timedelta(hours=1))
    return lately.count() > UNDO_AN_HOUR


def reinstate(registration, *, now):
    """Undo a cancellation and owe a confirmation; False if the seat is gone, or was never given up."""
    with transaction.atomic():
        workshop = locked_with(registration)
        promote_under_lock(workshop, Seats(workshop, now=now), now=now)
        if not may_reinstate(registration, now=now):
            return False
        give_seat(registration, Kind.CONFIRMATION, now=now)
        return True


def confirm(registration, *, now):
    """Give somebody who waits a seat, past the capacity if need be: an organiser's explicit act. False if they do not wait."""
    with transaction.atomic():
        workshop = locked_with(registration)
        if not registration.is_waiting or workshop.state != Workshop.State.PUBLISHED or workshop.has_ended(now):
            return False
        give_seat(registration, Kind.PROMOTION, now=now)
        return True


def promote(workshop, *, now):
    """Give the free seats of `workshop` to the first in line, each with the invite in the same mail; how many."""
    with transaction.atomic():
        workshop = locked(workshop.pk)
        return promote_under_lock(workshop, Seats(workshop, now=now), now=now)


def promote_under_lock(workshop, seats, *, now):
    """promote(), and `seats` as they are afterwards."""
    if workshop.state != Workshop.State.PUBLISHED or workshop.has_started(now) or seats.free == 0:
        return 0
    promoted = 0
    models.prefetch_related_objects([workshop], "hostings")
    # Somebody whom no seat fits is passed over: the next may belong to a community that keeps one.
    for registration in workshop.registrations.waiting():
        if seats.fit(registration.community_id):
            seats.take(registration.community_id)
            registration.workshop = workshop
            give_seat(registration, Kind.PROMOTION, now=now)
            promoted += 1
        if seats.free == 0:
            break
    return promoted


def promote_everywhere(*, now):
    """promote() for each coming workshop where somebody waits: heals what any other way of freeing a seat left; how many."""
    someone_waits = Exists(Registration.objects.filter(workshop=OuterRef("pk"), state=State.WAITING))
    coming = Workshop.objects.filter(someone_waits, state=Workshop.State.PUBLISHED, starts_at__gt=now)
    return sum(promote(workshop, now=now) for workshop in coming)
