"""Workshops, the communities that hold them, their presentations and partners."""

from events.models.community import Community, Hosting, Partner
from events.models.logo import Logo
from events.models.membership import Membership
from events.models.presentation import Presentation
from events.models.previous_address import PreviousAddress
from events.models.workshop import Workshop

__all__ = [
    "Community",
    "Hosting",
    "Logo",
    "Membership",
    "Partner",
    "Presentation",
    "PreviousAddress",
    "Workshop",
]
