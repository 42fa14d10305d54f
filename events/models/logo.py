"""The logos of communities and partners."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from praxis.fields import SingleLineField


class LogoQuerySet(models.QuerySet):
    def unused(self):
        """Those that neither a community nor a partner has any more."""
        return self.filter(community=None, partner=None)


class Logo(models.Model):
    """A picture that `logos.read()` has made harmless.

    It stands in a table of its own, so that no list of communities loads its bytes. `png` is empty
    where `content` is a PNG itself. `width` and `height` are pixels; on pages they give the
    proportion.
    """

    BYTES = ("content", "png")

    class Kind(models.TextChoices):
        """As media types."""

        SVG = "image/svg+xml", "SVG"
        PNG = "image/png", "PNG"

    content = models.BinaryField()
    png = models.BinaryField()
    media_type = models.CharField(max_length=20, choices=Kind)
    digest = models.CharField(max_length=64, db_index=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    objects = LogoQuerySet.as_manager()

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self):
        return f"{self.get_media_type_display()}, {self.width} × {self.height}"

    @property
    def is_svg(self):
        return self.media_type == self.Kind.SVG

    @property
    def ending(self):
        """Of the file's name."""
        return "svg" if self.is_svg else "png"

    @property
    def url(self):
        """Its address, which changes with what it shows."""
        return reverse("logo", args=[self.digest, self.ending])

    @property
    def as_png(self):
        """The bytes of its PNG, for those who show no SVG: mail programs, cards, posters as PDF."""
        return bytes(self.png if self.is_svg else self.content)


class HasLogo(models.Model):
    """What has a logo, or none."""

    logo = models.OneToOneField(Logo, models.PROTECT, null=True, blank=True, verbose_name=_("logo"))
    logo_alt = SingleLineField(
        _("the logo in words"),
        max_length=200,
        blank=True,
        default="",
        db_default="",
        help_text=_(
            "For those who do not see it: what is written on it, for example “Culture pour tous”."
        ),
    )

    class Meta:
        abstract = True
