"""The desk of registrations: admin's autodiscovery finds it here."""

from registrations.admin import communities, mails, people, workshops

__all__ = ["communities", "mails", "people", "workshops"]
