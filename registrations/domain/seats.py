"""The seats of a workshop: how many are free, for whom, and the lock under which they are decided."""

from collections import Counter

from django.db import models
from django.db.models import Exists, OuterRef

from events.models import Workshop
from registrations.models import Registration

State = Registration.State

# Of a workshop, in a query.
SOMEONE_WAITS = Exists(Registration.objects.filter(workshop=OuterRef("pk"), state=State.WAITING))


def lock_workshop(workshop_pk):
    """The workshop, for one writer at a time: SELECT … FOR UPDATE on PostgreSQL, BEGIN IMMEDIATE on SQLite.

    Its `someone_waits` costs no statement and is a hint: on PostgreSQL it may be as old as the
    wait for the lock.
    """
    workshops = Workshop.objects.annotate(someone_waits=SOMEONE_WAITS)
    workshop = workshops.select_for_update().get(pk=workshop_pk)
    if (
        workshop.capacity is not None
    ):  # else its hosts keep no seats, and hardly anything here asks for them
        models.prefetch_related_objects([workshop], "hostings")
    return workshop


def lock_workshop_of(registration):
    """The workshop of `registration`, locked, and the registration read again: what was decided meanwhile counts."""
    workshop = lock_workshop(registration.workshop_id)
    registration.refresh_from_db()
    registration.workshop = workshop
    return workshop


class Seats:
    """The seats of `workshop` at `now`, as the confirmed registrations leave them.

    Until `workshop.release_at` the seats that a host's community keeps and has not filled are for its people alone.
    """

    def __init__(self, workshop, *, now):
        self.capacity = workshop.capacity
        if self.capacity is None:
            return
        confirmed = workshop.registrations.confirmed().order_by()
        self.kept = reserved_seats(workshop, now=now)
        if self.kept:
            self.taken = Counter(
                dict(confirmed.values_list("community").annotate(models.Count("pk")))
            )
        else:
            self.taken = Counter({None: confirmed.count()})

    @property
    def free(self):
        """How many are free for somebody, whoever that is; None without a limit."""
        return None if self.capacity is None else max(0, self.capacity - self.taken.total())

    def fit(self, community_id):
        """Is one free for somebody of the community (its pk, or None): one that is kept for it, or one that is nobody's?"""
        if self.capacity is None:
            return True
        if self.taken[community_id] < self.kept.get(community_id, 0):
            return self.free > 0
        return sum(max(0, kept - self.taken[host]) for host, kept in self.kept.items()) < self.free

    def take(self, community_id):
        if self.capacity is not None:
            self.taken[community_id] += 1


def reserved_seats(workshop, *, now):
    """How many seats each host's community (its pk) keeps at `now`."""
    hostings = workshop.hostings.all() if now < workshop.release_at else []
    return {
        hosting.community_id: hosting.reserved_seats
        for hosting in hostings
        if hosting.reserved_seats
    }


def hosts_with_seats(workshop, *, now):
    """The names of the hosts whose people find a seat at `now` though there is none for others."""
    if workshop.capacity is None or not reserved_seats(workshop, now=now):
        return []
    seats = Seats(workshop, now=now)
    if not seats.free:
        return []
    hosts = [hosting.community for hosting in workshop.hostings.all()]
    return [host.name for host in hosts if seats.taken[host.pk] < seats.kept.get(host.pk, 0)]
