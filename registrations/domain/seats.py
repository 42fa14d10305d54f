"""The seats of a workshop: how many are free, for whom, and the lock that guards them."""

from collections import Counter

from django.db import models
from django.db.models import Exists, OuterRef

from events.models import Workshop
from registrations.models import Registration

State = Registration.State

# A condition for a query of workshops.
SOMEONE_WAITS = Exists(Registration.objects.filter(workshop=OuterRef("pk"), state=State.WAITING))


class Seats:
    """The seats of `workshop` at `now`: `capacity`, `taken` and `reserved`.

    `taken` counts the confirmed registrations and `reserved` the reserved seats, both by community
    (pk). Until `workshop.release_at`, a reserved seat that is not filled is for its community
    alone. Without a limit (`capacity` is None) neither is counted.
    """

    def __init__(self, workshop, *, now):
        self.capacity = workshop.capacity
        if self.capacity is None:
            return
        confirmed = workshop.registrations.confirmed().order_by()
        self.reserved = reserved_seats(workshop, now=now)
        if self.reserved:
            counts = confirmed.values_list("community").annotate(models.Count("pk"))
            self.taken = Counter(dict(counts))
        else:
            # Nobody asks for the communities then, and a single count is cheaper.
            self.taken = Counter({None: confirmed.count()})

    @property
    def free(self):
        """How many seats are free, whoever may have them; None without a limit."""
        if self.capacity is None:
            return None
        return max(0, self.capacity - self.taken.total())

    def fit(self, community_id):
        """Is a seat free for somebody of this community (pk; None for none)?

        It may be one that is reserved for the community, or one that is reserved for nobody.
        """
        if self.capacity is None:
            return True
        if self.has_reserved(community_id):
            return self.free > 0
        still_reserved = sum(
            max(0, reserved - self.taken[host]) for host, reserved in self.reserved.items()
        )
        return still_reserved < self.free

    def has_reserved(self, community_id):
        """Are some of the seats that are reserved for this community (pk) not filled yet?"""
        return self.taken[community_id] < self.reserved.get(community_id, 0)

    def take(self, community_id):
        """Count one more seat as taken by somebody of this community (pk; None for none)."""
        if self.capacity is not None:
            self.taken[community_id] += 1


def reserved_seats(workshop, *, now):
    """{community pk: how many seats are reserved for it at `now`}; only hosts that have some."""
    if now >= workshop.release_at:
        return {}
    return {
        hosting.community_id: hosting.reserved_seats
        for hosting in workshop.hostings.all()
        if hosting.reserved_seats
    }


def hosts_with_seats(workshop, *, now):
    """The names of the hosts with free reserved seats at `now`, in the order of the hosts."""
    if workshop.capacity is None or not reserved_seats(workshop, now=now):
        return []
    seats = Seats(workshop, now=now)
    if not seats.free:
        return []
    hosts = [hosting.community for hosting in workshop.hostings.all()]
    return [host.name for host in hosts if seats.has_reserved(host.pk)]


def lock_workshop(workshop_pk):
    """The workshop, locked until the transaction ends, so that one process at a time decides.

    PostgreSQL locks the row (SELECT … FOR UPDATE); on SQLite the transaction itself is exclusive
    (BEGIN IMMEDIATE). The attribute `someone_waits` costs no further statement. It is a hint: on
    PostgreSQL it may be as old as the wait for the lock.
    """
    workshops = Workshop.objects.annotate(someone_waits=SOMEONE_WAITS)
    workshop = workshops.select_for_update().get(pk=workshop_pk)
    # Without a limit no seats are reserved, and hardly anything asks for the hosts.
    if workshop.capacity is not None:
        models.prefetch_related_objects([workshop], "hostings")
    return workshop


def lock_workshop_of(registration):
    """The workshop of `registration`, locked.

    `registration` is read again under the lock, as another process may have changed it.
    """
    workshop = lock_workshop(registration.workshop_id)
    registration.refresh_from_db()
    registration.workshop = workshop
    return workshop
