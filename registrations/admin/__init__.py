"""The desk of registrations: admin's autodiscovery finds it here."""

from registrations.admin import mails, people, workshops

__all__ = ["mails", "people", "workshops"]
