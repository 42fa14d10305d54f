"""Reading mails as a real server received them, and delivering them."""

import asyncio
import re
from datetime import timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from html import unescape

import icalendar
from django.db.models import F
from django.utils import timezone

from registrations.mail import delivery
from registrations.mail.server import MailServer
from registrations.models import OutgoingMail


class Mailbox:
    """An aiosmtpd handler that keeps what it is handed.

    Envelopes as (from, [to]), messages parsed by the email package.

    `answers` is a list of SMTP replies to give to the next DATA commands instead of accepting; each
    takes `seconds_per_mail`.
    """

    def __init__(self):
        self.envelopes, self.messages, self.raw, self.answers = [], [], [], []
        self.seconds_per_mail = 0

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.seconds_per_mail)
        if self.answers:
            return self.answers.pop(0)
        self.envelopes.append((envelope.mail_from, envelope.rcpt_tos))
        self.raw.append(envelope.original_content)
        self.messages.append(message_from_bytes(envelope.original_content, policy=policy.default))
        return "250 kept"


def deliver_claimed(claimed, *, clock):
    """Send mails that are claimed already; a Counter of the states they are in then."""
    round_ = delivery.Delivery(clock, a_sure_server())
    round_.hand_over(claimed)
    while round_.in_hand:
        round_.note(wait=0.1)
    round_.end()
    return round_.tally


def a_sure_server():
    """A MailServer that has just taken a mail."""
    server = MailServer()
    server.took(now=timezone.now())
    return server


def a_while_passes():
    """Make the mails there are older than a second click, and leave everything else as it is."""
    OutgoingMail.objects.update(created_at=F("created_at") - timedelta(minutes=3))


SITE = "https://ateliers.example.org"
# When a workshop of `make_workshop` takes place, as subjects say it.
WHEN = "lundi 29 mars, 9 h 30 / 15 h 30"
CLOCKS = ["9 h 30 – 12 h 00 (heure du Québec)", "15 h 30 – 18 h 00 (heure de France)"]


def leaf(message, content_type):
    [part] = [part for part in message.walk() if part.get_content_type() == content_type]
    return part


def text(message):
    return leaf(message, "text/plain").get_content()


def html(message):
    return leaf(message, "text/html").get_content()


def words(markup):
    """What a reader sees of some HTML, on one line: without the preheader, which is hidden."""
    seen = re.sub(r'<div style="display:none.*?</div>', " ", markup, flags=re.S)
    return " ".join(unescape(re.sub(r"<(head)>.*?</\1>|<[^>]*>", " ", seen, flags=re.S)).split())


def plain(value):
    """`value` with one ordinary space for each run of spaces, no-break ones too."""
    return " ".join(value.split())


def calendar(message):
    return icalendar.Calendar.from_ical(leaf(message, "text/calendar").get_payload(decode=True))


def entry(message):
    [event] = calendar(message).events
    return event


def links(value):
    return re.findall(r"https?://[^\s\"<>]+", value)


def display_names(raw, header="To"):
    """The display names in an address header, decoded by RFC 2047.

    Not by policy.default: before Python 3.13 it puts a space between two adjacent encoded-words,
    against section 6.2.
    """
    [value] = [value for name, value in unfolded(raw) if name == header]
    return [str(make_header(decode_header(name))) for name, _address in getaddresses([value])]


def unfolded(raw):
    """The header fields of a raw message as (name, value), unfolded (RFC 5322 2.2.3)."""
    block = re.sub(rb"\r\n(?=[ \t])", b"", raw.split(b"\r\n\r\n", 1)[0]).decode("ascii")
    return [tuple(line.split(": ", 1)) for line in block.split("\r\n")]


def kinds_stored():
    return list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True))
