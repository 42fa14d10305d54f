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
    """(confirmed, waiting, {community: confirmed of it}), as the headcount says."""
    headcount = headcounts.read(workshop)
    return headcount.confirmed, headcount.waiting, headcount.confirmed_of


def truly(workshop):
    """The same, counted in Python from the rows."""
    confirmed = list(workshop.registrations.confirmed())
    of = Counter(str(row.community_id) for row in confirmed if row.community_id)
    return len(confirmed), len(workshop.registrations.waiting()), dict(of)
