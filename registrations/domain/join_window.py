"""The door: who may enter the room, and when."""

from datetime import timedelta

from registrations.models import Registration

# Seconds after which the page before the door looks again: seldom while there is time, then at the very moment.
LOOK_AGAIN_AT_MOST = timedelta(minutes=5).total_seconds()
LOOK_AGAIN_FOR_ROOM = 30


def is_open(workshop, *, now):
    """The door opens `door_minutes` before the start and closes at the end."""
    return workshop.door_opens_at <= now < workshop.ends_at


def look_again_after(workshop, *, now):
    """In how many seconds the page at the door changes, or should be looked at again; None where it stays as it is."""
    if workshop.has_ended(now):
        return None
    if not is_open(workshop, now=now):
        return int(min(LOOK_AGAIN_AT_MOST, (workshop.door_opens_at - now).total_seconds())) + 1
    return None if workshop.meeting_url else LOOK_AGAIN_FOR_ROOM


def join(registration, *, now):
    """Note the first time this person enters."""
    Registration.objects.confirmed().filter(pk=registration.pk, joined_at=None).update(
        joined_at=now
    )
