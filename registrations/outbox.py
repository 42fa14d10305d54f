"""Stores the mails that are owed, claims those that are due, sends them, and tries again those that could not leave."""

import logging
import smtplib
import time
from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.db import Error, close_old_connections, transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from registrations import invites, limits, mails, reminders
from registrations.models import OutgoingMail, Registration

logger = logging.getLogger("praxis.outbox")

Kind = OutgoingMail.Kind
State = OutgoingMail.State

# Longer than any mail may take (praxis.smtp), so that nobody sends a mail that somebody is still sending.
LEASE = timedelta(seconds=settings.EMAIL_TIMEOUT * 6)
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
RETRY_THEN = timedelta(hours=12)
GIVE_UP_AFTER = timedelta(days=4)
HELD_UP_FOR = timedelta(minutes=10)
MOST_URGENT = min(OutgoingMail.PRIORITIES.values())
BATCH = 20
SEND_TOGETHER = 1  # seconds, however many are claimed together

# Of a mail that was claimed, and is as if it had not been.
UNTRIED = {"state": State.QUEUED, "lease_until": None, "attempts": F("attempts") - 1}

SEATED_BEFORE = gettext_noop("overtaken: a seat became free before it left")
SAID_JUST_NOW = gettext_noop("another mail had just said so")
CANCELLED_BEFORE = gettext_noop("overtaken: the registration was cancelled before it left")

# What says all that a person has: the seat or the rank, and the links.
TELLS_ALL = (Kind.CONFIRMATION, Kind.ALREADY_REGISTERED, Kind.WAITING, Kind.PROMOTION)
TELL_AT_MOST_EVERY = timedelta(minutes=2)
# What anybody can cause who types an address; the first two wait for their turn, the others are left out.
ANSWERS_THAT_WAIT = (Kind.CONFIRMATION, Kind.WAITING)
ANSWERS_LEFT_OUT = (Kind.ALREADY_REGISTERED, Kind.LINKS)


def owe(registration, kind, *, now, unsent=False):
    """Store a mail of `kind` and note what it tells, in the caller's transaction; None where it would be one too many.
    One that is `unsent` is dropped at once and tells nothing.

    An address that never used a link of ours gets few mails a day (limits.MAILS_A_DAY): a confirmation above that
    leaves later, an answer that only repeats is left out.
    """
    due_at = now
    if kind in ANSWERS_THAT_WAIT or kind in ANSWERS_LEFT_OUT:
        # Somebody who registered five times today and lost the mails must still get their links.
        purpose = "links" if kind == Kind.LINKS else "mail"
        due_at = limits.mail_at(registration.email, now=now, repeats=kind in ANSWERS_LEFT_OUT, purpose=purpose)
    if kind in ANSWERS_LEFT_OUT and due_at > now:
        return None
    queued = registration.mails.filter(state=State.QUEUED)
    if kind == Kind.CANCELLATION:
        queued.exclude(kind=Kind.LINKS).update(state=State.DROPPED, last_error=CANCELLED_BEFORE)
    elif kind == Kind.PROMOTION:
        queued.filter(kind=Kind.WAITING).update(state=State.DROPPED, last_error=SEATED_BEFORE)
    if not unsent:
        invites.tell(registration, kind)
    mail = OutgoingMail.about(registration, kind, now=now, due_at=due_at)
    if unsent:
        mail.state, mail.last_error = State.DROPPED, SAID_JUST_NOW
    mail.save(force_insert=True)
    return mail


def has_just_told(registration, *, now):
    """Was a mail owed a moment ago that says all that this person has?"""
    lately = registration.mails.filter(kind__in=TELLS_ALL, created_at__gt=now - TELL_AT_MOST_EVERY)
    return lately.exclude(state__in=[State.FAILED, State.DROPPED]).exists()


def sweep(*, now, stop=lambda: False):
    """Free what killed processes left behind, write the reminders that are due and send all that is; a tally by outcome.

    `stop` is asked between two mails.
    """
    tally = Counter(tidy(now=now))
    tally.update(deliver_due(now=now, stop=stop))
    return tally


def tidy(*, now):
    """The part of the sweep that sends nothing."""
    abandoned = OutgoingMail.objects.abandoned(now)
    return {
        # Most of them were not tried yet: a kill is no failure of the mail's.
        "taken up again": abandoned.update(**UNTRIED, due_at=now),
        "reminders written": reminders.write_due(now=now),
    }


def deliver_due(*, now, stop=lambda: False):
    """Send what is due, the most urgent first, until nothing is or `stop()`; a tally by state."""
    clock, tally = running_clock(now), Counter()
    # One connection for all, opened when there is something to send.
    connection, held_by_others = get_connection(), set()
    try:
        while not stop():
            at = clock()
            urgent = next_to_leave(now=at, without=held_by_others)
            if not urgent:
                break
            claimed = claim(urgent, now=at)
            held_by_others |= {*urgent} - {mail.pk for mail in claimed}
            tally.update(deliver(claimed, clock=clock, connection=connection, stop=stop))
    finally:
        connection.close()
    return tally


def next_to_leave(*, now, without=()):
    """The mails (pk) that leave next: the most urgent. Several only where nothing can become more urgent meanwhile."""
    free = OutgoingMail.objects.due(now).next_in_line().exclude(pk__in=without).order_by("priority", "due_at", "pk")
    found = list(free.values_list("pk", "priority")[:BATCH])
    return [pk for pk, priority in found if priority == MOST_URGENT] or [pk for pk, _priority in found[:1]]


def claim(mail_pks, *, now):
    """Take those of the mails for ourselves that are due and free, and whose earlier mails about the same registration are
    settled: they, in their order, as they are now.
    """
    with transaction.atomic():
        # What another process is claiming at this moment is left to it.
        free = OutgoingMail.objects.due(now).next_in_line().filter(pk__in=mail_pks).select_for_update(skip_locked=True)
        ours = set(free.values_list("pk", flat=True))
        claimed = OutgoingMail.objects.filter(pk__in=ours)
        claimed.update(state=State.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1)
    found = OutgoingMail.objects.with_workshops().in_bulk(ours)
    # Without those whose person was erased at this very moment.
    return [found[pk] for pk in mail_pks if pk in found]


def deliver(claimed, *, clock, connection, stop=lambda: False):
    """Send the claimed mails on `connection` within SEND_TOGETHER, leave it open, and give the rest back, for something more urgent; a tally by state."""
    began, tally = time.monotonic(), Counter()
    for position, mail in enumerate(claimed):
        if position and (stop() or time.monotonic() - began > SEND_TOGETHER):
            give_back(claimed[position:])
            break
        tally[deliver_one(mail, now=clock(), connection=connection)] += 1
    return tally


def deliver_one(mail, *, now, connection):
    """Send a mail that is ours; the State it is in then."""
    try:
        reason = mails.overtaken(mail, now=now)
        if reason:
            return drop(mail, reason)
        if mails.is_held_up(mail):
            held = {"due_at": now + HELD_UP_FOR, "due_since": now + HELD_UP_FOR, "attempts": mail.attempts - 1}
            return settle(mail, state=State.QUEUED, **held)
        message = composed(mail)
        if message is None:
            return drop(mail, mails.ERASED)
        message.connection = connection
        message.send()
    # Whatever is wrong with one mail must not hold up the others: it is noted on the row, logged, and tried again.
    except Exception as error:  # noqa: BLE001
        return settle_failure(mail, error, now=now)
    return settle_sent(mail, now=now)


def composed(mail):
    """The message, from the rows as they are now, which an organiser may have edited since it was stored; None where the
    person was erased meanwhile: their last mail has the highest SEQUENCE already.
    """
    if mail.content:
        return mails.Stored(mail.content)
    told = invites.facts(mail.registration.workshop, mail.registration.state)
    if (mail.registration.told, mail.registration.sequence) == (told, mail.sequence):
        return mails.compose(mail)
    with transaction.atomic():
        if not Registration.objects.select_for_update().filter(pk=mail.registration_id, erased_at=None).exists():
            return None
        invites.tell(mail.registration, mail.kind)
        if mail.sequence != mail.registration.sequence:
            mail.sequence = mail.registration.sequence
            mail.save(update_fields=["sequence"])
    return mails.compose(mail)


def give_back(claimed):
    """Leave mails that were claimed together and not tried to whoever looks next; not those that somebody else has now."""
    still_ours = OutgoingMail.objects.filter(state=State.SENDING, lease_until=claimed[0].lease_until)
    still_ours.filter(pk__in=[mail.pk for mail in claimed]).update(**UNTRIED)


def settle(mail, *, state, **fields):
    """Write how it ended, unless the lease has run out and somebody else has the mail now; `state`."""
    ours = OutgoingMail.objects.filter(pk=mail.pk, state=State.SENDING, lease_until=mail.lease_until)
    if state != State.QUEUED:
        fields["content"] = ""
    ours.update(lease_until=None, state=state, **fields)
    return state


def drop(mail, reason):
    """Send `mail` to nobody; who was to hear of a cancellation that was taken back knows what they knew before."""
    if mail.kind == Kind.WORKSHOP_CANCELLED:
        Registration.objects.filter(pk=mail.registration_id, told=mail.registration.told).update(told=mail.before)
    return settle(mail, state=State.DROPPED, last_error=reason)


def settle_sent(mail, *, now):
    """Nobody takes back a mail that has left: if the database is away just then, wait for it about as long as the lease."""
    wait_until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return settle(mail, state=State.SENT, sent_at=now, last_error="")
        except Error:
            if time.monotonic() > wait_until:
                raise
        close_old_connections()
        time.sleep(0.5)


def settle_failure(mail, error, *, now):
    # The error's own words may hold the address: not to be kept once the person is forgotten.
    forgotten = Registration.objects.filter(pk=mail.registration_id, erased_at__isnull=False).exists()
    fields = {"last_error": type(error).__name__ if forgotten else words(error)}
    if is_permanent(error) or now - mail.due_since > GIVE_UP_AFTER:
        fields["state"] = State.FAILED
    else:
        delays = dict(enumerate(RETRY_AFTER, start=1))
        fields |= {"state": State.QUEUED, "due_at": now + delays.get(mail.attempts, RETRY_THEN)}
    # For the same reason they never go to the log.
    logger.warning("mail %s did not leave (%s), now %s", mail.pk, type(error).__name__, fields["state"])
    return settle(mail, **fields)


def words(error):
    """What went wrong: in the server's own words, where it said some."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        replies = [(error.smtp_code, error.smtp_error)]
    else:
        return f"{type(error).__name__}: {error}"
    said = "; ".join(
        f"{code} {text if isinstance(text, str) else text.decode(errors='replace')}" for code, text in replies
    )
    return said.replace("\0", "")  # PostgreSQL keeps no NUL


def is_permanent(error):
    """Did the server refuse this recipient or this message for good (RFC 5321 4.2.1: 5yz)?"""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def send_again(mail, *, now):
    """Queue a mail once more that failed, with its Message-ID: an organiser's act. False if it has not failed."""
    failed = OutgoingMail.objects.filter(pk=mail.pk, state=State.FAILED)
    return bool(failed.update(state=State.QUEUED, due_at=now, due_since=now, attempts=0))


def running_clock(now):
    """A clock that shows `now` and runs on, in whole seconds: a slow server must not make the later leases of a sweep begin in the past."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - started))
