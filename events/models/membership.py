"""Which communities an organiser belongs to, and so which workshops they see at the desk."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.community import Community


class Membership(models.Model):
    """An organiser's belonging to a community: they see the workshops that it holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="memberships",
        verbose_name=_("organiser"),
    )
    community = models.ForeignKey(
        Community, models.CASCADE, related_name="memberships", verbose_name=_("community")
    )

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["user", "community"], name="a_member_once")]

    def __str__(self):
        return f"{self.user}, {self.community}"
