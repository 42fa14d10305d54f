"""Registering, cancelling, and undoing a cancellation."""

from datetime import timedelta

from django.db import IntegrityError, transaction

from praxis.compiled import Compiled, CompiledInsert
from registrations.domain import seat_limits, waiting_list
from registrations.domain.needs import keep_need, take_back
from registrations.domain.seats import Seats, lock_seats, lock_workshop_of, locked_seats
from registrations.domain.status import Status, get_status, require_open
from registrations.mail import daily_limits, queue, snapshots
from registrations.mail.kinds import Kind
from registrations.models import Registration, used_stamp
from registrations.models.registration_queries import email_key
from registrations.models.search import search_text
from registrations.models.used_stamp import StampUsed

State = Registration.State
UNDO_AN_HOUR = 3
CANCELLED_FIELDS = ["state", "cancelled_at", "cancelled_by_desk", "organisers_word"]
ACTIVE_OF = Compiled(
    lambda workshop_pk, key: (
        Registration.objects.active()
        .filter(workshop=workshop_pk, email_key=key)
        .order_by()
        .values_list("pk")
    )
)
INSERT = CompiledInsert(Registration)


class Overtaken(Exception):
    """Raised when another process registers or cancels the same address at this very moment."""


def register(workshop, *, email, now, newsletter="", consent="", stamp="", network="", **person):
    """Register the person at `email`; their rank on the waiting list, None if there is a seat.

    The registration and the mail about it are stored in one transaction under the workshop's lock.
    `person` holds first_name and last_name, and if known organisation, community (a Community),
    zone (IANA), language ("fr", "en") and needs, what they need to take part. `newsletter` and
    `consent` are the sentences to which the person agreed, "" for none; they are stored with the
    date.
    An address that is registered already keeps what it has, and a mail says what that is. The
    rank returned is that of a new address all the same, so that nobody learns who is registered.
    `stamp` is that of the form, which serves once, and `network` that of the visitor.
    Raises RegistrationRefused if the workshop takes no registration, StampUsed, and TooManySeats.
    """
    details = {"newsletter": newsletter, "consent": consent, **person}
    details |= {"stamp": stamp, "network": network}
    try:
        return register_once(workshop, email=email, now=now, **details)
    except Overtaken:
        return register_once(workshop, email=email, now=now, **details)


def register_once(workshop, *, email, now, stamp, network, needs="", **details):
    """Do what register() does, or raise Overtaken, with nothing stored.

    What needs no lock comes before it: the stamp, the address and its daily limit.
    """
    with transaction.atomic():
        is_repeated = use_stamp(stamp, workshop, email, now=now)
        known = active_of(workshop, email)
        kind = Kind.ALREADY_REGISTERED if known else Kind.CONFIRMATION
        due_at = daily_limits.when_due(email, kind, workshop, now=now)
        workshop, seats = lock_seats(workshop.pk, now=now)
        require_open(workshop, now=now, seats=seats)
        if not is_repeated:
            details["network_key"] = seat_limits.require_room(workshop, network, now=now)
        # A seat may have become free unnoticed: the waiting people come before the newcomer.
        promoted = waiting_list.promote_under_lock(workshop, seats, now=now)
        community = details.get("community")
        has_seat = seats.fit(community.pk if community else None)
        if promoted == waiting_list.BATCH:
            # Others may still be in line for the seats that are left.
            has_seat = False
        rank = None if has_seat else seats.waiting + 1
        if known:
            answer_known(known, workshop, seats, now=now, due_at=due_at)
        else:
            registration = new_registration(workshop, email=email, now=now, **details)
            seat(registration, has_seat, seats, now=now, due_at=due_at)
        keep_need(known or registration.pk, needs, now=now)
        seats.save()
        return rank


def use_stamp(stamp, workshop, email, *, now):
    """Note that `stamp` serves to register `email` at `workshop`; StampUsed if it may not.

    True if it has just served for that already: the button was pressed twice.
    """
    if not stamp:
        return False
    times = used_stamp.use(stamp, f"{workshop.pk} {email_key(email)}", now=now)
    if not times:
        raise StampUsed
    return times > 1


def active_of(workshop, email):
    """The key of the active registration of the address `email` at `workshop`; None if none."""
    found = ACTIVE_OF.first(workshop.pk, email_key(email))
    return found[0] if found else None


def answer_known(registration_pk, workshop, seats, *, now, due_at):
    """Answer an address that registers again: enqueue a mail that says what it has.

    After the start nobody is promoted unasked: a waiting person who asks again gets a free seat.
    Raises Overtaken if the registration was cancelled since it was found.
    """
    registration = Registration.objects.get(pk=registration_pk)
    if registration.is_cancelled:
        raise Overtaken
    registration.workshop = workshop
    list_is_closed = registration.waits_in_vain(now)
    if list_is_closed and seats.fit(registration.community_id):
        waiting_list.give_seat(registration, Kind.PROMOTION, seats, now=now)
        return
    # The button may have been pressed twice. The second mail is stored, but never leaves: it is
    # stored so that the time of the answer does not show who has just registered.
    is_repeated = queue.has_just_told(registration, now=now)
    kind = Kind.ALREADY_REGISTERED
    queue.enqueue(registration, kind, now=now, due_at=due_at, is_repeated=is_repeated)


def new_registration(workshop, *, email, now, newsletter, consent, **person):
    """A Registration of somebody new, without a state yet, and not saved."""
    registration = Registration(
        workshop=workshop,
        email=email.strip(),
        email_key=email_key(email),
        newsletter_consent_at=now if newsletter else None,
        newsletter_consent_text=newsletter,
        consent_at=now if consent else None,
        consent_text=consent,
        created_at=now,
        **person,
    )
    registration.search_text = search_text(registration)
    return registration


def seat(registration, has_seat, seats, *, now, due_at):
    """Store the new `registration`, confirmed if it `has_seat`, else waiting, and its mail.

    Raises Overtaken if another process has just registered the address.
    """
    seats.change(registration, state=State.CONFIRMED if has_seat else State.WAITING)
    if has_seat:
        registration.confirmed_at, registration.sequence = now, 0
        waiting_list.mark_past_reminders(registration, now=now)
    # What the mail will say.
    registration.told = snapshots.snapshot(
        registration.workshop, registration.state, registration.language
    )
    try:
        INSERT.store(registration)
    except IntegrityError as error:
        raise Overtaken from error
    kind = Kind.CONFIRMATION if has_seat else Kind.WAITING
    queue.enqueue(registration, kind, now=now, due_at=due_at)


def cancel(registration, *, now, by_desk=False, word=""):
    """Cancel the registration, enqueue the mail that says so, and promote the first in line.

    Where an organiser does it (`by_desk`), the mail and the person's page say so, with the
    organiser's own `word` ("" for none).
    False if it is cancelled already, or if the workshop is over.
    """
    with transaction.atomic():
        workshop = lock_workshop_of(registration)
        if registration.is_cancelled or workshop.has_ended(now):
            return False
        seats = locked_seats(workshop, now=now)
        seats.change(registration, state=State.CANCELLED)
        registration.cancelled_at = now
        registration.cancelled_by_desk, registration.organisers_word = by_desk, word
        registration.save(update_fields=CANCELLED_FIELDS)
        take_back(registration)
        kind = Kind.ORGANISERS_CANCELLED if by_desk else Kind.CANCELLATION
        queue.enqueue(registration, kind, now=now)
        waiting_list.promote_under_lock(workshop, seats, now=now)
        seats.save()
        return True


def reinstate(registration, *, now):
    """Give a cancelled person the seat again, after those who wait, and enqueue a confirmation.

    False if may_reinstate() refuses.
    """
    with transaction.atomic():
        email, kind = registration.email, Kind.CONFIRMATION
        due_at = daily_limits.when_due(email, kind, registration.workshop, now=now)
        workshop = lock_workshop_of(registration)
        seats = locked_seats(workshop, now=now)
        promoted = waiting_list.promote_under_lock(workshop, seats, now=now)
        may = promoted < waiting_list.BATCH
        may = may and may_reinstate(registration, now=now, seats=seats)
        if may:
            waiting_list.give_seat(registration, kind, seats, now=now, due_at=due_at)
        seats.save()
        return may


def may_reinstate(registration, *, now, seats=None):
    """May this cancelled registration have its seat again at `now`?

    It must have had a seat, a seat must still be free for it, and the workshop must not have
    started. What the organisers cancelled, they alone restore. The person must neither have
    registered again nor have cancelled too often lately.
    That sign-up has closed (Status.CLOSED) is no obstacle. `seats` are read if they are not given.
    """
    workshop = registration.workshop
    if not registration.is_cancelled or registration.erased_at:
        return False
    if registration.cancelled_by_desk:
        return False
    if registration.confirmed_at is None or workshop.has_started(now):
        return False
    seats = seats or Seats(workshop, now=now)
    allowed = (Status.OPEN, Status.FULL, Status.CLOSED)
    if get_status(workshop, now=now, seats=seats) not in allowed:
        return False
    if not seats.fit(registration.community_id) or registration.successor:
        return False
    return not has_cancelled_often(registration, now=now)


def has_cancelled_often(registration, *, now):
    """Did the person cancel this registration more than UNDO_AN_HOUR times within the last hour?

    Undoing it once more would only make mail.
    """
    lately = registration.mails.filter(
        kind=Kind.CANCELLATION, created_at__gt=now - timedelta(hours=1)
    )
    return lately.count() > UNDO_AN_HOUR
