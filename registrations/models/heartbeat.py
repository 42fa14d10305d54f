"""Heartbeat: when a worker was last known to run."""

from django.db import models
from django.db.models.functions import Now

WORKER = "work"


class Heartbeat(models.Model):
    """When a worker last noted that it runs: one row, which all workers share.

    `beat_at` is by the clock of the database. So its age is right even where the clocks of the
    machines differ.
    """

    name = models.CharField(max_length=20, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self):
        return self.name


def beat():
    """Note that a worker runs now."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=WORKER, beat_at=Now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["beat_at"],
    )


def was_noted_within(period):
    """Whether a worker noted within `period`, up to now, that it runs."""
    return Heartbeat.objects.filter(name=WORKER, beat_at__gt=Now() - period).exists()
