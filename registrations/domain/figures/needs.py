"""What the desk says of the needs of a workshop's people."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from registrations.models import Need


def with_count(workshops):
    """The queryset `workshops`, each with `needs`: how many people said what they need."""
    said = Need.objects.filter(registration__workshop=OuterRef("pk")).order_by()
    count = said.values("registration__workshop").annotate(number=Count("pk")).values("number")
    return workshops.annotate(needs=Coalesce(Subquery(count), 0))


def of(workshop):
    """The Needs of those who come to `workshop` or wait, the newest first; one statement."""
    people = workshop.registrations.active().order_by()
    said = Need.objects.filter(registration__in=people).select_related("registration__community")
    return said.order_by("-said_at", "-pk")
