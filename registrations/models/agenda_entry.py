"""AgendaEntry: what an agenda at OpenAgenda has of a workshop, and what it is to have."""

from django.db import models
from django.db.models import F


class AgendaEntry(models.Model):
    """A workshop in the agenda, which stays when the workshop is deleted: it must leave there, too.

    `wanted` and `taken` are digests of what the agenda is to have and what it has taken, "" for
    nothing. `due_at` is when it is sent next, None where nothing is to be sent: then it is as
    wanted, or was given up. `last_error` says why the last attempt failed.
    """

    uid = models.UUIDField(unique=True)
    wanted = models.CharField(max_length=64, blank=True, default="")
    taken = models.CharField(max_length=64, blank=True, default="")
    taken_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True)
    last_error = models.CharField(max_length=300, blank=True, default="")

    def __str__(self):
        return str(self.uid)

    @property
    def is_as_wanted(self):
        return self.taken == self.wanted

    @property
    def is_given_up(self):
        return not self.is_as_wanted and self.due_at is None


def next_due(now):
    """The entry that has been due the longest at `now`, or None."""
    return AgendaEntry.objects.filter(due_at__lte=now).order_by("due_at", "pk").first()


def claim(row, *, wanted, until):
    """Take `row` in hand until then, to send what has the digest `wanted`; is it ours?"""
    mine = AgendaEntry.objects.filter(pk=row.pk, due_at=row.due_at)
    return mine.update(due_at=until, wanted=wanted, attempts=F("attempts") + 1) == 1
