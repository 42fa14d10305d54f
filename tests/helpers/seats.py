"""The people with a seat and those on the waiting list: their first names, and how many."""

from collections import Counter

from registrations.domain import headcounts


def names(rows):
    return [row.first_name for row in rows.order_by("pk")]


def seated(workshop):
    return names(workshop.registrations.confirmed())


def in_line(workshop):
    return [row.first_name for row in workshop.registrations.waiting()]


def kept(workshop):
    """(confirmed, waiting, {community: confirmed of it}, {community: waiting}), as is kept."""
    headcount = headcounts.read(workshop)
    numbers = headcount.confirmed, headcount.waiting
    return *numbers, headcount.confirmed_of, headcount.waiting_of


def truly(workshop):
    """The same, counted in Python from the rows."""
    return counted(workshop.registrations.values_list("state", "community"))


def counted(rows):
    """The same, of these registrations of a workshop: (state, key of the community)."""
    confirmed = [community for state, community in rows if state == "confirmed"]
    waiting = [community for state, community in rows if state == "waiting"]
    return len(confirmed), len(waiting), by_community(confirmed), by_community(waiting)


def by_community(communities):
    return dict(Counter(str(community) for community in communities if community))
