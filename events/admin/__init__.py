"""The desk's pages of what is announced: admin's autodiscovery finds them here."""

from events.admin import communities, workshops

__all__ = ["communities", "workshops"]
