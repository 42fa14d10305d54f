"""The seats of a workshop: how many are free, for whom, and the lock that guards them."""

from django.db.models import Exists, OuterRef
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from events.models import Hosting, Workshop
from events.readings import moment_words
from praxis.compiled import Compiled
from praxis.text import french_spacing
from registrations.domain import headcounts
from registrations.models import Registration
from registrations.models.reserved_seats import hosts_with_seats as hosts_of_headcount
from registrations.models.reserved_seats import may_reserve, reserved_seats

State = Registration.State

LOCKED = Compiled(
    lambda pk: Workshop.objects.select_for_update(no_key=True).filter(pk=pk).order_by()
)
LOCKED_IF_FREE = Compiled(
    lambda pk: (
        Workshop.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).order_by()
    )
)
RESERVED = Compiled(
    lambda workshop_pk: (
        Hosting.objects.filter(workshop=workshop_pk)
        .order_by()
        .values_list("community", "reserved_seats")
    )
)
# A condition for a query of workshops.
SOMEONE_WAITS = Exists(Registration.objects.filter(workshop=OuterRef("pk"), state=State.WAITING))


class Seats:
    """The seats of `workshop` at `now`: `capacity`, `headcount` and `reserved`.

    `reserved` maps communities (pk) to the seats that are reserved for them. Until
    `workshop.release_at`, a reserved seat that is not filled is for its community alone. Without a
    limit (`capacity` is None) none is reserved. Nothing is decided by a headcount that was read
    without the lock: see locked_seats().
    """

    def __init__(self, workshop, *, now, headcount=None, reserved=None):
        self.capacity = workshop.capacity
        self.reserved = reserved_seats(workshop, now=now) if reserved is None else reserved
        self.headcount = headcount or headcounts.read(workshop)
        self.has_changed = False

    @property
    def waiting(self):
        """How many people are on the waiting list."""
        return self.headcount.waiting

    @property
    def free(self):
        """How many seats are free, whoever may have them; None without a limit."""
        if self.capacity is None:
            return None
        return max(0, self.capacity - self.headcount.confirmed)

    def fit(self, community_id):
        """Is a seat free for somebody of this community (pk; None for none)?

        It may be one that is reserved for the community, or one that is reserved for nobody.
        """
        if self.capacity is None:
            return True
        if self.has_reserved(community_id):
            return self.free > 0
        still_reserved = sum(self.unfilled(host) for host in self.reserved)
        return still_reserved < self.free

    def has_reserved(self, community_id):
        """Are some of the seats that are reserved for this community (pk) not filled yet?"""
        return self.unfilled(community_id) > 0

    @property
    def are_for_members(self):
        """Are all free seats reserved for communities, and some free?"""
        return bool(self.free) and not self.fit(None)

    def unfilled(self, community_id):
        """How many of the seats that are reserved for this community (pk) are not filled yet."""
        taken = self.headcount.confirmed_of.get(str(community_id), 0)
        return max(0, self.reserved.get(community_id, 0) - taken)

    def change(self, registration, **fields):
        """Set `fields` (state, community) of `registration`, a row or a new one, and count it so.

        Neither is saved: the caller saves the registration, and save() the headcount.
        """
        if registration.pk:
            headcounts.count(self.headcount, registration, -1)
        for name, value in fields.items():
            setattr(registration, name, value)
        headcounts.count(self.headcount, registration, 1)
        self.has_changed = True

    def wanted_in_line(self):
        """The hosts (pk) with unfilled reserved seats of whose community somebody waits."""
        waiting_of = self.headcount.waiting_of
        return [pk for pk in self.reserved if self.has_reserved(pk) and waiting_of.get(str(pk))]

    def save(self):
        """Write the headcount if it has changed, for a caller that holds the lock."""
        if self.has_changed:
            headcounts.write(self.headcount)


def read_each(workshops, *, now):
    """{pk: Seats at `now`} of those of `workshops` that have a limit; two statements, or none."""
    limited = [workshop for workshop in workshops if workshop.capacity is not None]
    counts = headcounts.read_each(limited) if limited else {}
    return {each.pk: Seats(each, now=now, headcount=counts[each.pk]) for each in limited}


def hosts_with_seats(workshop, *, now):
    """The names of the hosts with free reserved seats at `now`, in the order of the hosts."""
    if not reserved_seats(workshop, now=now):
        return []
    return hosts_of_headcount(workshop, headcounts.read(workshop), now=now)


def reserved_words(workshop, *, now):
    """For whose members seats are reserved and free at `now`, and until when.

    {"hosts": …, "until": …} in the active language, or None.
    """
    hosts = hosts_with_seats(workshop, now=now)
    if not hosts:
        return None
    return {
        "hosts": french_spacing(str(get_text_list(hosts, _("and")))),
        "until": moment_words(workshop.clocks, workshop.release_at),
    }


def lock_workshop(workshop_pk):
    """The workshop, locked until the transaction ends, so that one process at a time decides.

    PostgreSQL locks the row (SELECT … FOR NO KEY UPDATE: a row that only refers to the workshop may
    still be written); on SQLite the transaction itself is exclusive (BEGIN IMMEDIATE).
    """
    workshop = LOCKED.first(workshop_pk)
    if workshop is None:
        raise Workshop.DoesNotExist
    return workshop


def lock_workshop_if_free(workshop_pk):
    """The workshop, locked as by lock_workshop(); None where another process holds it now."""
    return LOCKED_IF_FREE.first(workshop_pk)


def lock_workshop_of(registration):
    """The workshop of `registration`, locked.

    `registration` is read again under the lock, as another process may have changed it.
    """
    workshop = lock_workshop(registration.workshop_id)
    registration.refresh_from_db()
    registration.workshop = workshop
    return workshop


def lock_seats(workshop_pk, *, now):
    """The workshop, locked as by lock_workshop(), and its Seats."""
    headcount = headcounts.lock_with_workshop(workshop_pk)
    if headcount is None:
        workshop = lock_workshop(workshop_pk)
        return workshop, locked_seats(workshop, now=now)
    return headcount.workshop, locked_seats(headcount.workshop, now=now, headcount=headcount)


def locked_seats(workshop, *, now, headcount=None):
    """The Seats of `workshop`, for a caller that holds its lock."""
    headcount = headcount or headcounts.read_locked(workshop, now=now)
    reserved = {}
    if may_reserve(workshop, now=now):
        reserved = {host_pk: seats for host_pk, seats in RESERVED.all(workshop.pk) if seats}
    return Seats(workshop, now=now, headcount=headcount, reserved=reserved)
