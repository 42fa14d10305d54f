"""Who has a seat, and who waits."""


def names(rows):
    return [row.first_name for row in rows.order_by("pk")]


def seated(workshop):
    return names(workshop.registrations.confirmed())


def in_line(workshop):
    return [row.first_name for row in workshop.registrations.waiting()]
