"""Who is there: the people with a seat at one workshop, and how many of them have come."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from registrations.models import Registration
from registrations.models.registration_queries import CAME


@dataclass(frozen=True)
class Presence:
    """How many have a seat, came, and were behind their screens; of a community, or of all.

    `community` is its name and place, "" for those who named none.
    """

    community: str
    registered: int
    came: int
    behind_screens: int

    @property
    def missing(self):
        """How many have not come yet."""
        return self.registered - self.came


def presence(workshop):
    """(of all, [of each community, the hosts first, in order]): Presences. One statement."""
    people = Registration.objects.confirmed().filter(workshop=workshop)
    rows = people.order_by().values("community", "community__name", "community__place")
    rows = rows.annotate(
        registered=Count("pk"),
        joined=Count("pk", filter=CAME),
        heads=Sum("group_size", filter=CAME, default=0),
    )
    rows = sorted(rows, key=place_in(workshop))
    each = [Presence(name_of(row), row["registered"], row["joined"], row["heads"]) for row in rows]
    total = Presence(
        "",
        sum(one.registered for one in each),
        sum(one.came for one in each),
        sum(one.behind_screens for one in each),
    )
    return total, each


def place_in(workshop):
    """The key that sorts rows: hosts in order, other communities by name, those without any."""
    hosts = {host.pk: at for at, host in enumerate(workshop.communities)}
    last = len(hosts)
    return lambda row: (
        row["community"] is None,
        hosts.get(row["community"], last),
        name_of(row),
    )


def name_of(row):
    if row["community"] is None:
        return ""
    return f"{row['community__name']} ({row['community__place']})"


def people(workshop, *, typed="", only_missing=False):
    """The people with a seat by name, those who hold each word that was `typed`; a queryset."""
    found = Registration.objects.confirmed().filter(workshop=workshop, erased_at=None)
    if typed:
        found = found.holding(typed)
    if only_missing:
        found = found.absent()
    return found.select_related("community").order_by("last_name", "first_name", "pk")
