"""The attestations that organisers have taken back, by their hashes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models import Workshop


class RevokedAttestationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of workshops that `user` may see; of a deleted workshop a superuser alone."""
        if user.is_superuser:
            return self
        return self.filter(workshop__in=Workshop.objects.visible_to(user).order_by())


class RevokedAttestation(models.Model):
    """An attestation that is true no more. `digest` is the SHA-256 of what it says, in hex.

    No name stands here, and none can be found from it without the document itself.
    """

    class Reason(models.TextChoices):
        ABSENT = "absent", _("the person did not take part")
        REPLACED = "replaced", _("another one has taken its place")
        OTHER = "other", _("another reason")

    digest = models.CharField(_("hash (SHA-256)"), max_length=64, unique=True)
    workshop = models.ForeignKey(
        Workshop, models.SET_NULL, null=True, related_name="+", verbose_name=_("workshop")
    )
    reason = models.CharField(_("why"), max_length=10, choices=Reason)
    revoked_at = models.DateTimeField(_("revoked on"))

    objects = RevokedAttestationQuerySet.as_manager()

    class Meta:
        verbose_name = _("revoked attestation")
        verbose_name_plural = _("revoked attestations")
        ordering = ["-pk"]
        default_permissions = []

    def __str__(self):
        return number_of(self.digest)


def number_of(digest):
    """The number by which a document is called: « 3F2A 91BC 07D4 », the first of its hash."""
    short = digest[:12].upper()
    return "\u00a0".join((short[:4], short[4:8], short[8:]))
