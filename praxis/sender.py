"""Who all our mail comes from."""

from email.utils import parseaddr

from django.conf import settings


def sender_address():
    """The address of DEFAULT_FROM_EMAIL, without its name: From of each mail, ORGANIZER of each invite."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
