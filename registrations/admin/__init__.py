"""The desk of registrations: admin's autodiscovery finds it here."""

from registrations.admin import (
    bulk_acts,
    colleagues,
    communities,
    mails,
    people,
    revoked_attestations,
    subscriptions,
    workshops,
)

__all__ = [
    "bulk_acts",
    "colleagues",
    "communities",
    "mails",
    "people",
    "revoked_attestations",
    "subscriptions",
    "workshops",
]
