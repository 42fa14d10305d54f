"""A Step: one thing that an organiser does next for a workshop; next_step.py says which."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.utils.translation import ngettext

from events.readings import span_words

HOURS_UP_TO = timedelta(hours=48)
MINUTES_UP_TO = timedelta(hours=3)


class Place(models.TextChoices):
    """Where the remedy of a Step is found."""

    STATE = "state"  # of the workshop's form: its field
    ROOM = "room"
    SEATS = "seats"
    RELEASE = "release"
    AFTERWARDS = "afterwards"
    ANNOUNCE = "announce"  # the button that announces what has changed
    FAILED = "failed"  # a list: the mails that could not leave
    QUEUED = "queued"
    WAITING = "waiting"  # a list: the people who wait
    NOWHERE = ""


@dataclass(frozen=True)
class Step:
    """What is to be done: a `sentence` that says why, and the words of the link to its `place`.

    `is_urgent` where people are kept from coming, or from knowing, at this moment.
    """

    name: str
    sentence: str
    remedy: str = ""
    place: Place = Place.NOWHERE
    is_urgent: bool = False

    @property
    def is_to_do(self):
        return self.place != Place.NOWHERE


def words_of(span):
    """A timedelta, to the unit that matters: « 50 min », « 5 heures », « 3 jours »."""
    if span >= HOURS_UP_TO:
        days = round(span / timedelta(days=1))
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    if span >= MINUTES_UP_TO:
        return span_words(timedelta(hours=round(span / timedelta(hours=1))))
    return span_words(timedelta(minutes=max(1, span // timedelta(minutes=1))))
