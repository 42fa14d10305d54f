"""The desk of registrations: admin's autodiscovery finds it here."""

from registrations.admin import colleagues, communities, mails, people, workshops

__all__ = ["colleagues", "communities", "mails", "people", "workshops"]
