"""Headcount: how many people are confirmed and how many wait, kept as they come and go."""

from django.db import models

from events.models import Workshop


class Headcount(models.Model):
    """The numbers of one workshop's registrations, so that nobody needs to count the rows.

    They are written under the workshop's lock (seats.lock_workshop), in the transaction that
    changes a registration. `confirmed_of` and `waiting_of` hold {pk of a community, as text: how
    many of them belong to it}. `checked_at` says when they were last compared with the rows.
    """

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, primary_key=True, related_name="headcount"
    )
    confirmed = models.PositiveIntegerField(default=0)
    waiting = models.PositiveIntegerField(default=0)
    confirmed_of = models.JSONField(default=dict)
    waiting_of = models.JSONField(default=dict)
    checked_at = models.DateTimeField()

    def __str__(self):
        return f"{self.confirmed} + {self.waiting}"
