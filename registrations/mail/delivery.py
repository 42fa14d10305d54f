"""Sends what is due, and tries again what could not leave."""

import logging
import smtplib
import time
from collections import Counter
from datetime import timedelta

from django.core.mail import get_connection
from django.db import Error, close_old_connections, transaction

from registrations.mail import compose, mime, obsolete, queue, snapshots
from registrations.mail.queue import HOLD_FOR, LEASE
from registrations.models import OutgoingMail, Registration

logger = logging.getLogger("praxis.outbox")
State = OutgoingMail.State
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
RETRY_THEN = timedelta(hours=12)
GIVE_UP_AFTER = timedelta(days=4)
SEND_TOGETHER = 1  # seconds, however many are claimed together


def deliver_due(*, now, stop=lambda: False):
    """Send what is due, the most urgent first, until nothing is or `stop()`; a tally by state."""
    clock, tally = running_clock(now), Counter()
    # One connection for all, opened when there is something to send.
    connection, held_by_others = get_connection(), set()
    try:
        while not stop():
            at = clock()
            urgent = queue.next_to_leave(now=at, without=held_by_others)
            if not urgent:
                break
            claimed = queue.claim(urgent, now=at)
            held_by_others |= {*urgent} - {mail.pk for mail in claimed}
            tally.update(deliver(claimed, clock=clock, connection=connection, stop=stop))
    finally:
        connection.close()
    return tally


def deliver(claimed, *, clock, connection, stop=lambda: False):
    """Send the claimed mails on `connection` within SEND_TOGETHER, leave it open, and give the rest back, for something more urgent; a tally by state."""
    began, tally = time.monotonic(), Counter()
    for position, mail in enumerate(claimed):
        if position and (stop() or time.monotonic() - began > SEND_TOGETHER):
            queue.release(claimed[position:])
            break
        tally[deliver_one(mail, now=clock(), connection=connection)] += 1
    return tally


def deliver_one(mail, *, now, connection):
    """Send a mail that is ours; the State it is in then."""
    try:
        reason = obsolete.why_obsolete(mail, now=now)
        if reason:
            return queue.drop(mail, reason)
        if obsolete.is_on_hold(mail):
            held = {
                "due_at": now + HOLD_FOR,
                "due_since": now + HOLD_FOR,
                "attempts": mail.attempts - 1,
            }
            return queue.finish(mail, state=State.QUEUED, **held)
        message = composed(mail)
        if message is None:
            return queue.drop(mail, obsolete.ERASED)
        message.connection = connection
        message.send()
    # Whatever is wrong with one mail must not hold up the others: it is noted on the row, logged, and tried again.
    except Exception as error:  # noqa: BLE001
        return finish_failed(mail, error, now=now)
    return finish_sent(mail, now=now)


def composed(mail):
    """The message, from the rows as they are now, which an organiser may have edited since it was stored; None where the
    person was erased meanwhile: their last mail has the highest SEQUENCE already.
    """
    if mail.content:
        return mime.ReadyMessage(mail.content)
    told = snapshots.told_by(mail.kind, mail.registration)
    if (mail.registration.told, mail.registration.sequence) == (told, mail.sequence):
        return compose.compose(mail)
    with transaction.atomic():
        if (
            not Registration.objects.select_for_update()
            .filter(pk=mail.registration_id, erased_at=None)
            .exists()
        ):
            return None
        snapshots.record(mail.registration, mail.kind)
        if mail.sequence != mail.registration.sequence:
            mail.sequence = mail.registration.sequence
            mail.save(update_fields=["sequence"])
    return compose.compose(mail)


def finish_sent(mail, *, now):
    """Nobody takes back a mail that has left: if the database is away just then, wait for it about as long as the lease."""
    wait_until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return queue.finish(mail, state=State.SENT, sent_at=now, last_error="")
        except Error:
            if time.monotonic() > wait_until:
                raise
        close_old_connections()
        time.sleep(0.5)


def finish_failed(mail, error, *, now):
    # The error's own words may hold the address: not to be kept once the person is forgotten.
    forgotten = Registration.objects.filter(
        pk=mail.registration_id, erased_at__isnull=False
    ).exists()
    fields = {"last_error": type(error).__name__ if forgotten else describe(error)}
    if is_permanent(error) or now - mail.due_since > GIVE_UP_AFTER:
        fields["state"] = State.FAILED
    else:
        delays = dict(enumerate(RETRY_AFTER, start=1))
        fields |= {"state": State.QUEUED, "due_at": now + delays.get(mail.attempts, RETRY_THEN)}
    # For the same reason they never go to the log.
    logger.warning(
        "mail %s did not leave (%s), now %s", mail.pk, type(error).__name__, fields["state"]
    )
    return queue.finish(mail, **fields)


def describe(error):
    """What went wrong: in the server's own words, where it said some."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        replies = [(error.smtp_code, error.smtp_error)]
    else:
        return f"{type(error).__name__}: {error}"
    said = "; ".join(
        f"{code} {text if isinstance(text, str) else text.decode(errors='replace')}"
        for code, text in replies
    )
    return said.replace("\0", "")  # PostgreSQL keeps no NUL


def is_permanent(error):
    """Did the server refuse this recipient or this message for good (RFC 5321 4.2.1: 5yz)?"""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def running_clock(now):
    """A clock that shows `now` and runs on, in whole seconds: a slow server must not make the later leases of a round
    begin in the past.
    """
    started = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - started))
