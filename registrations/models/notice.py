"""Notice: an organiser tells those who subscribed of a workshop."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models import Workshop


class Notice(models.Model):
    """An organiser's act, once for each workshop: its subscribers are told of `workshop`.

    They are those who had confirmed by `at`; `communities` are the keys of the hosts at that
    moment. The worker stores the mails in the order of the subscriptions: `last` is the key of the
    one it has got to, `written` how many mails that were, `ended_at` None while others follow.
    """

    workshop = models.OneToOneField(Workshop, models.CASCADE, related_name="notice")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    communities = models.JSONField(default=list)
    last = models.BigIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notice to the subscribers")
        verbose_name_plural = _("notices to the subscribers")
        indexes = [
            models.Index(fields=["id"], condition=Q(ended_at__isnull=True), name="notice_to_end"),
        ]

    def __str__(self):
        return f"{self._meta.verbose_name} {self.pk}"
