"""Reserved seats: for which hosts' people some are kept, and for whom some are left."""


def may_reserve(workshop, *, now):
    """Can seats of `workshop` be reserved at `now`? Only of a limit, and until their release."""
    return workshop.capacity is not None and now < workshop.release_at


def reserved_seats(workshop, *, now):
    """{community pk: how many seats are reserved for it at `now`}; only hosts that have some."""
    if not may_reserve(workshop, now=now):
        return {}
    rows = [(hosting.community_id, hosting.reserved_seats) for hosting in workshop.hostings.all()]
    return {community_id: seats for community_id, seats in rows if seats}


def hosts_with_seats(workshop, headcount, *, now):
    """The names of the hosts with free reserved seats at `now`, in the order of the hosts."""
    reserved = reserved_seats(workshop, now=now)
    if not reserved or headcount.confirmed >= workshop.capacity:
        return []
    hosts = [hosting.community for hosting in workshop.hostings.all()]
    return [
        host.name
        for host in hosts
        if reserved.get(host.pk, 0) > headcount.confirmed_of.get(str(host.pk), 0)
    ]
