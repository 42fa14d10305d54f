"""Changing a workshop's row as an organiser's save does, without the desk and its mails."""

from django.db.models import F

from events.models import Workshop


def change(workshop, **fields):
    """Write `fields` to the row; returns the workshop as it is now and leaves `workshop` alone."""
    Workshop.objects.filter(pk=workshop.pk).update(**fields)
    return Workshop.objects.get(pk=workshop.pk)


def move(workshop, by):
    """Begin and end later by a timedelta."""
    return change(workshop, starts_at=F("starts_at") + by, ends_at=F("ends_at") + by)
