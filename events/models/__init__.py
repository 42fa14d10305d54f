"""Workshops, the communities that hold them, their presentations and partners."""

from events.models.community import Community, Hosting, Partner
from events.models.logo import Logo
from events.models.presentation import Presentation
from events.models.previous_address import PreviousAddress
from events.models.workshop import Workshop

__all__ = [
    "Community",
    "Hosting",
    "Logo",
    "Partner",
    "Presentation",
    "PreviousAddress",
    "Workshop",
]
