"""The first names of the people with a seat and of those on the waiting list."""


def names(rows):
    return [row.first_name for row in rows.order_by("pk")]


def seated(workshop):
    return names(workshop.registrations.confirmed())


def in_line(workshop):
    return [row.first_name for row in workshop.registrations.waiting()]
