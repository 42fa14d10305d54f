"""The address that all our mail comes from, and the names of mails in its domain."""

import secrets
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings


def sender_address():
    """The address in DEFAULT_FROM_EMAIL, without the name beside it.

    It is the From of each mail and the ORGANIZER of each invite.
    """
    return address_in(settings.DEFAULT_FROM_EMAIL)


@lru_cache
def address_in(mailbox):
    return parseaddr(mailbox)[1]


def new_message_id():
    """A new Message-ID in our own domain (RFC 5322 3.6.4)."""
    return f"<{secrets.token_hex(12)}@{sender_address().rpartition('@')[2]}>"


def public_address():
    """The sender's address, to write to; "" if it is none at which anybody gets mail.

    That is the default of a machine that nobody else reaches.
    """
    address = sender_address()
    return "" if address.endswith(("@localhost", ".localdomain")) else address
