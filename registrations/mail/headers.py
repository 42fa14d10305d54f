"""Headers that arrive as they were written (RFC 5322, RFC 2047)."""

from email.header import Header
from email.headerregistry import Address
from email.utils import formatdate
from functools import lru_cache

from django.utils.encoding import punycode

from praxis.sender import sender_address


def add_headers(message, mail, subject, *, to, workshop, unsubscribe=()):
    """Add to the MIME `message` of an OutgoingMail each header but those of MIME.

    `to` is a mailbox, `workshop` may be None. `unsubscribe` are the addresses at which a mail
    program ends a subscription (RFC 2369).
    """
    fields = [
        ("Subject", encoded_words(subject)),
        ("From", mailbox((workshop and workshop.organisers) or "Praxis", sender_address())),
        ("To", to),
    ]
    if workshop and workshop.contact_email:
        fields.append(("Reply-To", mailbox("", workshop.contact_email)))
    fields += [("Date", formatdate()), ("Message-ID", mail.message_id)]
    if unsubscribe:
        fields.append(("List-Unsubscribe", ", ".join(f"<{each}>" for each in unsubscribe)))
        # RFC 8058: the mail program's own button sends this as a POST.
        fields.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    fields += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")]
    for name, value in fields:
        message[name] = on_one_line(value)


def mailbox(name, address):
    """`name` and `address` as an RFC 5322 mailbox in ASCII.

    A reader gets the name back as it was, whatever it holds. Django's own encoding leaves words of
    76 characters, folds double spaces and lets a name pose as an encoded word.
    """
    local_part, _at, domain = address.rpartition("@")
    address = f"{local_part}@{punycode(domain)}"
    if name.isascii() and "=?" not in name and "  " not in name:
        return str(Address(name, addr_spec=address))
    return f"{Header(name, 'utf-8', maxlinelen=70).encode(linesep='')} <{address}>"


@lru_cache(maxsize=256)  # a subject is the same for everybody
def encoded_words(text):
    """`text` as RFC 2047 encoded words, or as it is where it is ASCII.

    The first word is short enough to stand beside the header's name. Left to Django, a long
    subject begins with an empty line, which some mail programs show as a space.
    """
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", maxlinelen=64).encode(linesep="")


def on_one_line(value):
    """`value`; ValueError if it holds a line break, with which it could begin another header."""
    if "\n" in value or "\r" in value:
        raise ValueError("a header must not hold a line break")
    return value
