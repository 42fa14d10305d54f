"""« We start late »: told to those who wait at the door, and to nobody's calendar."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from registrations.domain.refused import Refused

MINUTES = (5, 10, 15)


def may_say(workshop, *, now):
    """May a late start be said at `now`? From the opening of the door to the end."""
    return workshop.is_published and workshop.door_opens_at <= now < workshop.ends_at


def offered(workshop, *, now):
    """Those of MINUTES by which it may begin late at `now` and before its end."""
    return [minutes for minutes in MINUTES if late_by(workshop, minutes, now) < workshop.ends_at]


def late_by(workshop, minutes, now):
    """The instant so many minutes after its start, or after `now` once that has passed."""
    return max(now, workshop.starts_at) + timedelta(minutes=minutes)


def say(workshop, minutes, *, now):
    """Say that `workshop` begins so many minutes late, or with None that it does not.

    They count from its start, or from `now` once that has passed. Raises Refused.
    """
    if workshop.has_ended(now):
        raise Refused(_("Nothing was said: the workshop is over."))
    if not may_say(workshop, now=now):
        raise Refused(
            _("Nothing was said: a late start can be said from when the room opens, not before.")
        )
    at = None
    if minutes is not None:
        at = late_by(workshop, minutes, now)
        if at >= workshop.ends_at:
            raise Refused(
                _("Nothing was said: by then the workshop is over. Choose fewer minutes.")
            )
    Workshop.objects.filter(pk=workshop.pk).update(late_start_at=at)


def late_start(workshop, *, now):
    """The instant at which `workshop` begins late; None if nobody said so, or it has come.

    What was said of an hour at which the workshop was to begin before it was moved says nothing.
    """
    at = workshop.late_start_at
    if at is None or at <= now or not may_say(workshop, now=now) or at <= workshop.starts_at:
        return None
    return at
