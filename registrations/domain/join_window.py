"""The join window: when the room is open, and the note of who entered."""

from datetime import timedelta

from registrations.models import Registration

# Seconds after which the join page is loaded again: before the window opens, and while the
# organiser has not entered the address of the room.
LOOK_AGAIN_AT_MOST = timedelta(minutes=5).total_seconds()
LOOK_AGAIN_FOR_ROOM = 30


def is_open(workshop, *, now):
    """Is the join window open? It opens `door_minutes` before the start and closes at the end."""
    return workshop.door_opens_at <= now < workshop.ends_at


def look_again_after(workshop, *, now):
    """The seconds after which the join page should be loaded again; None if it will not change.

    Before the window opens that is the moment of its opening, or LOOK_AGAIN_AT_MOST if sooner.
    """
    if workshop.has_ended(now):
        return None
    if not is_open(workshop, now=now):
        until_open = (workshop.door_opens_at - now).total_seconds()
        return int(min(LOOK_AGAIN_AT_MOST, until_open)) + 1
    if workshop.meeting_url:
        return None
    return LOOK_AGAIN_FOR_ROOM


def join(registration, *, now):
    """Note when this person first enters the room. Only a confirmed registration is noted."""
    not_joined = Registration.objects.confirmed().filter(pk=registration.pk, joined_at=None)
    not_joined.update(joined_at=now)
