"""What becomes of a mail that was claimed: sent, refused, broken off, or on hold."""

import logging
import smtplib
import time
from datetime import timedelta

from django.db import Error, close_old_connections

from registrations.mail import queue
from registrations.mail.dead_addresses import says_dead
from registrations.mail.queue import LEASE
from registrations.mail.server import describe
from registrations.models import OutgoingMail, Registration, Subscription

logger = logging.getLogger("praxis.mail")
MailState = OutgoingMail.State
# The pauses after each refusal for now. Once they add up to GIVE_UP_AFTER, the mail has failed.
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
RETRY_THEN = timedelta(hours=12)
GIVE_UP_AFTER = timedelta(days=4)
HOLD_FOR = timedelta(minutes=10)
# The pause after the connection broke in the middle of the mail, however often it did.
RETRY_BROKEN_OFF = timedelta(minutes=1)


def sent(mails, *, now):
    """Write that `mails` have left, all at once.

    A mail that has left cannot be taken back. If the database is away at that moment, this waits
    for it about as long as the lease lasts.
    """
    wait_until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            return queue.finish_sent(mails, now=now)
        except Error:
            if time.monotonic() > wait_until:
                raise
        close_old_connections()
        time.sleep(0.5)


def refused(mail, error, *, now):
    """Write why `mail` itself did not leave, and when it is tried again; its state then."""
    fields = {"last_error": words_about(mail, error)}
    if is_permanent(error) or is_given_up(mail.attempts):
        fields["state"] = MailState.FAILED
    else:
        fields |= {"state": MailState.QUEUED, "due_at": now + pause_after(mail.attempts)}
    log(mail, error, fields["state"])
    state = queue.finish(mail, **fields)
    if mail.subscription_id and says_dead(error):
        # Nobody reads there, and nobody would unsubscribe. The mail's row goes with it.
        Subscription.objects.of_address(mail.subscription.email).delete()
    return state


def broken_off(mail, error, *, may_have_arrived, others_leave, now):
    """Put `mail` back whose connection failed in the middle of it; its state then.

    That is no attempt of its own: it leaves a minute later. But a mail that `may_have_arrived`
    counts as tried. And one that fails so for four days while `others_leave` has failed.
    """
    if others_leave and now - mail.due_since > GIVE_UP_AFTER:
        fields = {"state": MailState.FAILED}
    else:
        fields = {"state": MailState.QUEUED, "due_at": now + RETRY_BROKEN_OFF}
    fields["attempts"] = max(mail.attempts - 1, int(may_have_arrived))
    log(mail, error, fields["state"])
    return queue.finish(mail, last_error=words_about(mail, error), **fields)


def on_hold(mail, *, now):
    """Let `mail` wait HOLD_FOR before it is looked at again; its state then."""
    due = now + HOLD_FOR
    return queue.finish(
        mail, state=MailState.QUEUED, due_at=due, due_since=due, attempts=mail.attempts - 1
    )


def pause_after(attempts):
    """How long a mail waits that was refused for now so many times."""
    return dict(enumerate(RETRY_AFTER, start=1)).get(attempts, RETRY_THEN)


def is_given_up(attempts):
    """Whether so many refusals are enough: the pauses between them were GIVE_UP_AFTER or longer.

    Time in which the mail server was away does not count.
    """
    return sum(map(pause_after, range(1, attempts)), timedelta()) >= GIVE_UP_AFTER


def words_about(mail, error):
    """What the row of `mail` says of `error`.

    The error's own words may hold an address. If its person is erased, its name must do.
    """
    people = Registration.objects.filter(pk=mail.registration_id)
    if people.filter(erased_at__isnull=False).exists():
        return type(error).__name__
    return describe(error)


def log(mail, error, state):
    """Log what became of `mail`. The error's own words may hold an address, so they are not."""
    logger.warning("mail %s did not leave (%s), now %s", mail.pk, type(error).__name__, state)


def is_permanent(error):
    """Whether the server refused this recipient or message for good (RFC 5321 4.2.1: 5yz)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
