"""Sends the mails that are due, and tries again those that could not leave."""

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
MailState = OutgoingMail.State
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
RETRY_THEN = timedelta(hours=12)
GIVE_UP_AFTER = timedelta(days=4)
SEND_TOGETHER = 1  # seconds, however many mails are claimed together


def deliver_due(*, now, stop=lambda: False):
    """Send the mails that are due, the most urgent first; a Counter of the states they are in then.

    It ends when no mail is due, or after the mail in hand once `stop()` is true.
    """
    clock, tally = running_clock(now), Counter()
    # One connection serves all mails. It opens when there is something to send.
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
    """Send the claimed mails on `connection`, which stays open; a Counter of their states then.

    Mails that are not sent within SEND_TOGETHER are released, since a more urgent one may be due.
    """
    began, tally = time.monotonic(), Counter()
    for position, mail in enumerate(claimed):
        if position and (stop() or time.monotonic() - began > SEND_TOGETHER):
            queue.release(claimed[position:])
            break
        tally[deliver_one(mail, now=clock(), connection=connection)] += 1
    return tally


def deliver_one(mail, *, now, connection):
    """Send a mail that this process has claimed; the state it is in then."""
    try:
        reason = obsolete.why_obsolete(mail, now=now)
        if reason:
            return queue.drop(mail, reason)
        if obsolete.is_on_hold(mail):
            return put_on_hold(mail, now=now)
        message = composed(mail)
        if message is None:
            return queue.drop(mail, obsolete.ERASED)
        message.connection = connection
        message.send()
    # Whatever is wrong with one mail must not stop the others.
    except Exception as error:  # noqa: BLE001
        return finish_failed(mail, error, now=now)
    return finish_sent(mail, now=now)


def composed(mail):
    """The message of `mail`, from the rows as they are now; None where the person is erased.

    An organiser may have edited the workshop since the mail was stored. The snapshot and SEQUENCE
    then become those of what the mail says now.
    """
    if mail.content:
        return mime.ReadyMessage(mail.content)
    told = snapshots.told_by(mail.kind, mail.registration)
    if (mail.registration.told, mail.registration.sequence) == (told, mail.sequence):
        return compose.compose(mail)
    with transaction.atomic():
        person = Registration.objects.select_for_update()
        if not person.filter(pk=mail.registration_id, erased_at=None).exists():
            # The final mail has the highest SEQUENCE already.
            return None
        snapshots.record(mail.registration, mail.kind)
        if mail.sequence != mail.registration.sequence:
            mail.sequence = mail.registration.sequence
            mail.save(update_fields=["sequence"])
    return compose.compose(mail)


def put_on_hold(mail, *, now):
    """Let `mail` wait HOLD_FOR before it is looked at again; its state then."""
    due = now + HOLD_FOR
    return queue.finish(
        mail, state=MailState.QUEUED, due_at=due, due_since=due, attempts=mail.attempts - 1
    )


def finish_sent(mail, *, now):
    """Write that `mail` has left; its state then.

    A mail that has left cannot be taken back. If the database is away at that moment, this waits
    for it about as long as the lease lasts.
    """
    wait_until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return queue.finish(mail, state=MailState.SENT, sent_at=now, last_error="")
        except Error:
            if time.monotonic() > wait_until:
                raise
        close_old_connections()
        time.sleep(0.5)


def finish_failed(mail, error, *, now):
    """Write why `mail` did not leave, and when it is tried again; its state then."""
    people = Registration.objects.filter(pk=mail.registration_id)
    if people.filter(erased_at__isnull=False).exists():
        # The error's own words may hold the address of a person whose data is erased.
        fields = {"last_error": type(error).__name__}
    else:
        fields = {"last_error": describe(error)}
    if is_permanent(error) or now - mail.due_since > GIVE_UP_AFTER:
        fields["state"] = MailState.FAILED
    else:
        delays = dict(enumerate(RETRY_AFTER, start=1))
        delay = delays.get(mail.attempts, RETRY_THEN)
        fields |= {"state": MailState.QUEUED, "due_at": now + delay}
    # The error's own words may hold an address, which must not stand in the log.
    logger.warning(
        "mail %s did not leave (%s), now %s", mail.pk, type(error).__name__, fields["state"]
    )
    return queue.finish(mail, **fields)


def describe(error):
    """What went wrong, in the mail server's own words where it said some."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        replies = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        replies = [(error.smtp_code, error.smtp_error)]
    else:
        return f"{type(error).__name__}: {error}"
    said = "; ".join(f"{code} {as_str(text)}" for code, text in replies)
    return said.replace("\0", "")  # PostgreSQL keeps no NUL


def as_str(text):
    """A reply of the mail server as str, whatever bytes it holds."""
    return text if isinstance(text, str) else text.decode(errors="replace")


def is_permanent(error):
    """Whether the server refused this recipient or message for good (RFC 5321 4.2.1: 5yz)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def running_clock(now):
    """A function that returns the present, in whole seconds, if it is `now` at this moment.

    On a fixed `now` the later leases of a slow round would begin in the past.
    """
    started = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - started))
