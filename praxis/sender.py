"""The address that all our mail comes from."""

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


def public_address():
    """The sender's address, to write to; "" if it is none at which anybody gets mail.

    That is the default of a machine that nobody else reaches.
    """
    address = sender_address()
    return "" if address.endswith(("@localhost", ".localdomain")) else address
