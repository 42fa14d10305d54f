"""What our mailbox brings: people unsubscribe by mail, and mails come back that nobody got."""

import re
from email import message_from_bytes, policy

from django.conf import settings

from praxis.attempt import attempt
from registrations.domain import subscriptions
from registrations.mail import inbox
from registrations.mail.dead_addresses import is_dead
from registrations.mail.subscriber_mails import UNSUBSCRIBE
from registrations.models import OutgoingMail

TOKEN = re.compile(rf"\b{UNSUBSCRIBE}\s+([A-Za-z0-9_-]{{32}})(?![A-Za-z0-9_-])", re.IGNORECASE)
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)


def read(*, now):
    """Do what the unread mails in our mailbox ask for; how many that were. 0 without a mailbox.

    A mail that is answered is deleted. Of all others nothing is changed.
    """
    if not settings.INBOX:
        return 0
    done = 0
    with inbox.opened() as imap:
        for criteria, act in (
            (inbox.SUBJECT.format(UNSUBSCRIBE), unsubscribe_by_mail),
            (inbox.REPORT, note_report),
        ):
            for number, raw in list(inbox.messages(imap, criteria)):
                # Anybody can send what nothing can read: it must not hold up others.
                if attempt("a mail in our mailbox", act, raw):
                    inbox.remove(imap, number)
                    done += 1
    return done


def unsubscribe_by_mail(raw):
    """End the subscriptions of the address whose token stands in the subject; whether one did.

    The token alone gives leave, whoever sends it: a sender can be forged, and people forward. A
    token that serves no more is answered alike.
    """
    message = message_from_bytes(raw, policy=policy.default)
    found = TOKEN.search(str(message["Subject"] or ""))
    if not found:
        return False
    subscriptions.unsubscribe(found[1])
    return True


def note_report(raw):
    """End the subscriptions of an address that a delivery report (RFC 3464) says is dead.

    Whether it was a report about a mail to a subscriber. A report names the mail by its Message-ID,
    which nobody can guess who did not get it.
    """
    statuses, names = [], []
    for part in message_from_bytes(raw, policy=policy.default).walk():
        if part.get_content_type() == "message/delivery-status":
            statuses += [str(each["Status"] or "") for each in part.get_payload() if each["Action"]]
        elif part.get_content_type() in ("message/rfc822", "text/rfc822-headers"):
            # As text, a part in a charset that nobody knows could not be written.
            names += [name.decode(errors="replace") for name in MESSAGE_ID.findall(part.as_bytes())]
    mails = OutgoingMail.objects.filter(message_id__in=names, subscription__isnull=False)
    mail = mails.select_related("subscription").first()
    if mail is None:
        return False
    if statuses and all(is_dead(status) for status in statuses):
        subscriptions.end(mail.subscription.email)
    return True
