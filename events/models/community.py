"""The communities that hold workshops, and the partners that lend their names."""

from collections import Counter
from itertools import cycle
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from events import readings
from events.models.embedding import EmbeddedOnSites
from events.models.logo import HasLogo, Logo
from praxis import zones
from praxis.fields import SingleLineField
from praxis.text import folded

MOST_ADDRESSES = 10  # of one community elsewhere


def validate_zone(name):
    """Raise ValidationError unless `name` is one of `zones.zone_names()`."""
    if name not in zones.zone_names():
        raise ValidationError(
            _("Choose a time zone from the list, such as America/Toronto."), code="zone"
        )


def validate_addresses(text):
    """Raise ValidationError unless each line of `text` is an address, and they are few."""
    # The identifiers of Artsdata and Wikidata begin with http:, though one reads them by https:.
    is_address = URLValidator(schemes=["https", "http"])
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            is_address(line)
        except ValidationError:
            raise ValidationError(
                _(
                    "“%(line)s” isn’t a web address. Write one a line, each beginning with "
                    "https:// or http://."
                ),
                code="address",
                params={"line": line[:100]},
            ) from None
    if len(text.split()) > MOST_ADDRESSES:
        raise ValidationError(
            _("%(count)s addresses are too many: keep the %(most)s most important ones."),
            code="too_many",
            params={"count": len(text.split()), "most": MOST_ADDRESSES},
        )


class CommunityQuerySet(models.QuerySet):
    """Communities as organisers see them. `user` is somebody at the desk."""

    def of_member(self, user):
        """The communities that the organiser belongs to; all of them for a superuser."""
        if user.is_superuser:
            return self.all()
        return self.filter(pk__in=user.memberships.values("community"))

    def visible_to(self, user):
        """Those of the organiser, and those that hold a workshop together with one of them."""
        if user.is_superuser:
            return self.all()
        shared = Hosting.objects.filter(workshop__hostings__community__memberships__user=user)
        own = user.memberships.values("community")
        return self.filter(Q(pk__in=own) | Q(pk__in=shared.values("community")))


class Community(HasLogo, EmbeddedOnSites):
    """A group with a place, a clock and a colour. `zone` is an IANA name."""

    class Colour(models.TextChoices):
        """White text is legible on each of them; static/praxis.css says what they are."""

        BLUE = "blue", _("blue")
        RED = "red", _("red")
        GREEN = "green", _("green")
        VIOLET = "violet", _("violet")
        OCHRE = "ochre", _("ochre")
        TEAL = "teal", _("teal")
        PLUM = "plum", _("plum")
        OLIVE = "olive", _("olive")
        SLATE = "slate", _("slate")
        ROSE = "rose", _("rose")
        INDIGO = "indigo", _("indigo")
        BROWN = "brown", _("brown")

    name = SingleLineField(_("name"), max_length=150, unique=True)
    place = SingleLineField(
        _("place"),
        max_length=100,
        help_text=_("As the clock is named: Québec, France, La Réunion."),
    )
    time_label = SingleLineField(
        _("name of its time"),
        max_length=100,
        blank=True,
        validators=[
            RegexValidator(r"^heure ", _("Begin with “heure”, for example “heure du Québec”."))
        ],
        help_text=_("In French, as people say it: “heure du Québec”, “heure de la Martinique”."),
    )
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    site = models.URLField(_("website"), blank=True)
    same_as = models.TextField(
        _("the same community elsewhere"),
        blank=True,
        default="",
        db_default="",
        validators=[validate_addresses],
        help_text=_(
            "Its pages at Wikidata or Artsdata, for example; one address a line. By them, search "
            "engines and cultural calendars know which community this is."
        ),
    )
    colour = models.CharField(
        _("colour"),
        max_length=10,
        choices=Colour,
        blank=True,
        default="",
        db_default="",
        help_text=_("Of its half of the clock. Left blank: by its order among the hosts."),
    )

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering = ["name"]

    def __str__(self):
        return f"{self.name} ({self.place})"

    def get_absolute_url(self):
        return reverse("events:community", args=[self.address])

    @property
    def address(self):
        """Its key and its name, as its page's address says them: « 3-culture-pour-tous »."""
        words = slugify(folded(self.name).replace("'", "-"))
        return f"{self.pk}-{words}".rstrip("-")

    @property
    def site_name(self):
        """The name of its website, for a link: « culturepourtous.ca »."""
        return (urlsplit(self.site).hostname or "").removeprefix("www.")

    @property
    def addresses_elsewhere(self):
        """The addresses of `same_as`, each once."""
        return list(dict.fromkeys(self.same_as.split()))

    @property
    def clock(self):
        return readings.Clock(self.place, self.zone, self.time_label, self.colour)

    @classmethod
    def free_colour(cls):
        """The first colour that no community has; once each has been given, the one of fewest."""
        given = Counter(cls.objects.values_list("colour", flat=True))
        return min(cls.Colour.values, key=lambda colour: given[colour])

    @classmethod
    def colours_of(cls, communities):
        """A colour for each of `communities`, in order: its own, else the first nobody else has."""
        chosen = {community.colour for community in communities}
        free = [colour for colour in cls.Colour.values if colour not in chosen] or cls.Colour.values
        by_order = cycle(free)
        return [community.colour or next(by_order) for community in communities]


class Partner(HasLogo):
    """A body that lends its name."""

    name = SingleLineField(_("name"), max_length=150, unique=True)
    acronym = SingleLineField(_("acronym"), max_length=20, blank=True)
    site = models.URLField(_("website"), blank=True)

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]

    def __str__(self):
        return f"{self.name} ({self.acronym})" if self.acronym else self.name


class HostingManager(models.Manager):
    """Hostings with their communities: nothing reads the one without the other."""

    def get_queryset(self):
        return super().get_queryset().select_related("community")

    def with_logos(self):
        """With the communities' logos, without their bytes."""
        unread = [f"community__logo__{name}" for name in Logo.BYTES]
        return self.get_queryset().select_related("community__logo").defer(*unread)


class Hosting(models.Model):
    """A community that holds a workshop.

    Organisers type hours on the clock of the first one by `position`.
    """

    workshop = models.ForeignKey("events.Workshop", models.CASCADE, related_name="hostings")
    community = models.ForeignKey(Community, models.PROTECT, verbose_name=_("community"))
    position = models.PositiveSmallIntegerField(_("order"))
    reserved_seats = models.PositiveIntegerField(
        _("seats kept"),
        null=True,
        blank=True,
        help_text=_("For its people, until those seats are anybody’s."),
    )

    objects = HostingManager()

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "community"], name="a_community_hosts_once")
        ]

    def __str__(self):
        return str(self.community)
