"""The talks that hosts give at a workshop."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.community import Community
from events.models.workshop import Workshop
from praxis.fields import SingleLineField


class Presentation(models.Model):
    """A talk that one of the hosts gives."""

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="presentations")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name=_("community"))
    title = SingleLineField(_("title"), max_length=250)
    position = models.PositiveSmallIntegerField(_("order"), default=1)

    class Meta:
        verbose_name = _("presentation")
        verbose_name_plural = _("presentations")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title
