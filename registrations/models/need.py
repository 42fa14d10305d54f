"""Need: what a person needs to take part in a workshop, in their own words."""

from django.db import models

from registrations.models.registration import Registration

LONGEST = 500  # characters


class Need(models.Model):
    """What one registered person said that they need; it is a row of its own, soon erased.

    No mail, no log and no export of the desk holds the text.
    """

    registration = models.OneToOneField(
        Registration, models.CASCADE, primary_key=True, related_name="need"
    )
    text = models.TextField()
    said_at = models.DateTimeField()

    def __str__(self):
        return str(self.pk)
