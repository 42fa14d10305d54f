"""The door: who may enter the room, and when."""

from datetime import timedelta

from registrations.models import Registration

OPENS_BEFORE = timedelta(minutes=15)


def is_open(workshop, *, now):
    """The door opens OPENS_BEFORE the start and closes at the end."""
    return workshop.starts_at - OPENS_BEFORE <= now < workshop.ends_at


def join(registration, *, now):
    """Note the first time this person enters."""
    Registration.objects.confirmed().filter(pk=registration.pk, joined_at=None).update(joined_at=now)
