"""Claims the mails that are due, sends them, and tries again those that could not leave."""

import logging
import smtplib
import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from registrations import invites, mails
from registrations.models import OutgoingMail

logger = logging.getLogger("praxis.outbox")

State = OutgoingMail.State

# Longer than any SMTP exchange, so that nobody sends a mail that somebody is still sending.
LEASE = timedelta(seconds=settings.EMAIL_TIMEOUT * 12)
RETRY_AFTER = [
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
]
RETRY_THEN = timedelta(hours=12)
GIVE_UP_AFTER = timedelta(days=4)


def deliver(mail_pk, *, now):
    """Send the mail `mail_pk` if it is due at `now` and free. True if it left."""
    lease = claim(mail_pk, now=now)
    if lease is None:
        return False
    mail = OutgoingMail.objects.select_related("registration__workshop").get(pk=mail_pk)
    if mails.is_overtaken(mail):
        settle(
            mail,
            lease,
            state=State.DROPPED,
            last_error="overtaken: the seat or the workshop was cancelled before it left",
        )
        return False
    with transaction.atomic():
        # The mail is composed from the rows as they are now, which an organiser may have edited since it was stored.
        mail.sequence = invites.tell(mail.registration)
        mail.save(update_fields=["sequence"])
    try:
        mails.compose(mail).send()
    # Whatever is wrong with one mail must not hold up the others: it is noted on the row, logged, and tried again.
    except Exception as error:  # noqa: BLE001
        settle_failure(mail, lease, error, now=now)
        return False
    settle(mail, lease, state=State.SENT, sent_at=now, last_error="")
    return True


def claim(mail_pk, *, now):
    """Take the mail for ourselves: when the lease ends, or None where it is not due, not free, or an earlier
    mail about the same registration is still on its way.
    """
    earlier = OutgoingMail.objects.unsettled().filter(registration=OuterRef("registration"), pk__lt=OuterRef("pk"))
    lease = now + LEASE
    free = OutgoingMail.objects.due(now).filter(~Exists(earlier), pk=mail_pk)
    claimed = free.update(state=State.SENDING, lease_until=lease, attempts=F("attempts") + 1)
    return lease if claimed else None


def settle(mail, lease, **fields):
    """Write how it ended, unless the lease has run out and somebody else has the mail now."""
    ours = OutgoingMail.objects.filter(pk=mail.pk, state=State.SENDING, lease_until=lease)
    ours.update(lease_until=None, **fields)


def settle_failure(mail, lease, error, *, now):
    fields = {"last_error": f"{type(error).__name__}: {error}"}
    if is_permanent(error) or now - mail.created_at > GIVE_UP_AFTER:
        fields["state"] = State.FAILED
    else:
        delays = dict(enumerate(RETRY_AFTER, start=1))
        fields |= {"state": State.QUEUED, "due_at": now + delays.get(mail.attempts, RETRY_THEN)}
    # The error's own words may hold an address: they go to the row, not to the log.
    logger.warning("mail %s did not leave (%s), now %s", mail.pk, type(error).__name__, fields["state"])
    settle(mail, lease, **fields)


def is_permanent(error):
    """Did the server refuse this recipient or this message for good (RFC 5321 4.2.1: 5yz)?"""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def sweep(*, now):
    """Free what killed processes left behind and send all that is due at `now`; how many mails left."""
    freed = OutgoingMail.objects.abandoned(now).update(state=State.QUEUED, lease_until=None, due_at=now)
    if freed:
        logger.warning("%s abandoned mails taken up again", freed)
    clock = running_clock(now)
    due = OutgoingMail.objects.due(now).order_by("pk").values_list("pk", flat=True)
    return sum(deliver(pk, now=clock()) for pk in list(due))


def running_clock(now):
    """A clock that shows `now` and runs on, in whole seconds: a slow server must not make the later leases of a sweep begin in the past."""
    started = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - started))
