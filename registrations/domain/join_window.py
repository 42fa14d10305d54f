"""The join window: when the room is open, and the note of who entered."""

from datetime import timedelta

from registrations.models import Registration

# WCAG 2.2.1: a page that loads itself anew takes a reader's place in it. It does so only for those
# who wait for the room.
RELOADS_BEFORE_START = timedelta(hours=1)
LOOK_AGAIN_FOR_ROOM = 30  # seconds, while the organiser has not entered the address of the room


def is_open(workshop, *, now):
    """Is the join window open? It opens `door_minutes` before the start and closes at the end."""
    return workshop.door_opens_at <= now < workshop.ends_at


def look_again_after(workshop, *, now):
    """The seconds after which the join page loads itself anew; None if it does not.

    It does so from RELOADS_BEFORE_START on: when the window opens, and then, as long as the room
    has no address, every LOOK_AGAIN_FOR_ROOM.
    """
    if now < workshop.starts_at - RELOADS_BEFORE_START or workshop.has_ended(now):
        return None
    if not is_open(workshop, now=now):
        return int((workshop.door_opens_at - now).total_seconds()) + 1
    return None if workshop.meeting_url else LOOK_AGAIN_FOR_ROOM


def join(registration, *, group_size=1, now):
    """Note when this person first enters the room, and how many are behind their screen.

    Only a confirmed registration is noted. Whoever enters again may be more, or fewer.
    """
    comes = Registration.objects.confirmed().filter(pk=registration.pk)
    comes.filter(joined_at=None).update(joined_at=now)
    if group_size != registration.group_size:
        comes.update(group_size=group_size)
