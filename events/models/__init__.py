"""What is announced: workshops, the communities that hold them, their presentations and partners."""

from events.models.community import Community, Hosting, Partner
from events.models.workshop import Presentation, Workshop

__all__ = ["Community", "Hosting", "Partner", "Presentation", "Workshop"]
