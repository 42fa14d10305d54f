"""How many people have subscribed: at the desk organisers see numbers, and no addresses."""

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from registrations.domain import notices
from registrations.models import Notice, Subscription


def to_be_told(workshop, *, now):
    """How many people a mail about `workshop` would go to at `now`."""
    return notices.audience(workshop, notices.host_keys(workshop), at=now).count()


def notice_of(workshop):
    """The Notice of `workshop`; None if its subscribers were never told."""
    return Notice.objects.filter(workshop=workshop).first()


def with_counts(communities):
    """The queryset `communities`, with the `subscriber_count` of each, in the same statement.

    Whoever wants news of all communities is not among them.
    """
    own = Subscription.objects.confirmed().filter(community=OuterRef("pk")).order_by()
    number = own.values("community").annotate(number=Count("pk")).values("number")
    return communities.annotate(subscriber_count=Coalesce(Subquery(number), 0))
