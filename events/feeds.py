"""Feeds to subscribe to: the workshops of all, or of one community, as a calendar and as Atom."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _

from events import colours
from events.models import Community, Workshop
from praxis import languages

# A workshop stays in a feed for this long after its end.
REACHES_BACK = timedelta(days=365)
MOST = 200  # that come, and as many that are over
REFRESH = timedelta(hours=1)
# RFC 7986 5.9 takes the names of CSS alone: the nearest to each colour, and to the site's own.
CSS_NAMES = {
    "": "midnightblue",
    "blue": "steelblue",
    "red": "brown",
    "green": "seagreen",
    "violet": "rebeccapurple",
    "ochre": "darkgoldenrod",
    "teal": "teal",
    "plum": "mediumvioletred",
    "olive": "olive",
    "slate": "slategray",
    "rose": "crimson",
    "indigo": "darkslateblue",
    "brown": "saddlebrown",
}
SITE_COLOUR = "#2b2a6b"


@dataclass(frozen=True)
class Feed:
    """The announced workshops, all of them or those of `community`, in the active language."""

    community: Community | None = None

    @property
    def name(self):
        return self.community.name if self.community else _("Praxis workshops")

    @property
    def description(self):
        return _(
            "Free online workshops between communities of practice. If you are registered, an "
            "email tells you of a change first: calendars ask for news only now and then."
        )

    @property
    def page(self):
        """The address of the page that shows the same workshops."""
        path = self.community.get_absolute_url() if self.community else reverse("events:list")
        return settings.SITE_URL + path

    @property
    def calendar(self):
        """The address of the calendar."""
        return self.address("feed", "community_feed")

    @property
    def atom(self):
        """The address of the Atom feed."""
        return self.address("atom", "community_atom")

    @property
    def webcal(self):
        """The address of the calendar, by which a browser hands it to a calendar program."""
        return "webcal:" + self.calendar.partition(":")[2]

    def address(self, of_all, of_community):
        # The key alone: a subscription outlives the community's present name.
        if self.community:
            return settings.SITE_URL + reverse(f"events:{of_community}", args=[self.community.pk])
        return settings.SITE_URL + reverse(f"events:{of_all}")

    def workshops(self, now):
        """The next workshops and the latest of the last twelve months, with their hosts."""
        announced = Workshop.objects.announced()
        if self.community:
            announced = announced.filter(hosts=self.community)
        past = announced.past(now).filter(ends_at__gt=now - REACHES_BACK)
        found = [*announced.coming(now)[:MOST], *past[:MOST]]
        prefetch_related_objects(found, "hostings")
        return [workshop.in_language(languages.active()) for workshop in found]

    @property
    def facts(self):
        """What the calendar says of itself, as (name, kind of value, value) each (RFC 7986).

        Google, Apple and Outlook know older names for the same: X-WR-CALNAME, X-PUBLISHED-TTL.
        """
        colour = self.community.colour if self.community else ""
        return (
            ("name", "TEXT", self.name),
            ("x-wr-calname", "TEXT", self.name),
            ("description", "TEXT", self.description),
            ("x-wr-caldesc", "TEXT", self.description),
            ("url", "URI", self.page),
            ("source", "URI", self.calendar),
            ("refresh-interval", "DURATION", REFRESH),
            ("x-published-ttl", "TEXT", "PT1H"),
            ("color", "TEXT", CSS_NAMES[colour]),
            ("x-apple-calendar-color", "TEXT", colours.HEX.get(colour, SITE_COLOUR)),
        )
