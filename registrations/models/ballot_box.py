"""The ballot box of a workshop: what people answered after it, joined to nobody."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Workshop

OPEN_FOR = timedelta(days=30)  # from the end of the workshop


class Useful(models.TextChoices):
    """The answers to the first question, the best first."""

    VERY = "very", _("Very useful")
    QUITE = "quite", _("Useful")
    SOMEWHAT = "somewhat", _("Somewhat useful")
    LITTLE = "little", _("Not very useful")
    NOT = "not", _("Not useful at all")


class TookPart(models.TextChoices):
    """The answers to the second question, the best first."""

    FULLY = "fully", _("Entirely")
    MOSTLY = "mostly", _("Mostly")
    PARTLY = "partly", _("In part")
    HARDLY = "hardly", _("Not really")
    NOT = "not", _("Not at all")


# {name: (question, its answers)} of the two that are answered by a choice.
CHOSEN = {
    "useful": (_("Was this workshop useful to you?"), Useful),
    "took_part": (_("Could you follow and take part as you wished?"), TookPart),
}


class BallotBox(models.Model):
    """All answers about one workshop in one row: no answer has a row, a key or a moment of its own.

    `marks` says whose link has served: sorted keyed hashes, which nobody can tell apart without
    `secret` and SECRET_KEY. `sealed` holds the answers that wait until they can be shown together
    (domain/sealed_answers.py). `counts` and `remarks` are what is shown: {question: {answer: how
    many}}, and texts in alphabetical order. `answers` says how many were given in all. Once the
    ballot is closed `secret`, `marks` and `sealed` are empty.
    """

    workshop = models.OneToOneField(
        Workshop, models.CASCADE, primary_key=True, related_name="ballot_box"
    )
    secret = models.CharField(max_length=64, blank=True, editable=False)
    marks = models.JSONField(default=list, editable=False)
    sealed = models.BinaryField(default=b"")
    answers = models.PositiveIntegerField(default=0, editable=False)
    counts = models.JSONField(default=dict, editable=False)
    remarks = models.JSONField(default=list, editable=False)

    def __str__(self):
        return str(self.pk)

    @property
    def is_closed(self):
        """Was it closed for good?"""
        return not self.secret

    @property
    def shown(self):
        """How many of the answers are shown."""
        return sum(self.counts.get("useful", {}).values())
