"""The desk of registrations: admin's autodiscovery finds it here."""

from registrations.admin import colleagues, mails, people, workshops

__all__ = ["colleagues", "mails", "people", "workshops"]
