"""Time zones by name (IANA): the list of them, their aliases, the names of their cities."""

from collections import defaultdict
from functools import lru_cache
from importlib import resources

import pytz
from babel.dates import get_timezone_location
from django.utils.translation import gettext_lazy as _

from praxis import languages
from praxis.text import folded

REGIONS = {
    "Africa": _("Africa"),
    "America": _("America"),
    "Antarctica": _("Antarctica"),
    "Arctic": _("Arctic"),
    "Asia": _("Asia"),
    "Atlantic": _("Atlantic Ocean"),
    "Australia": _("Australia"),
    "Europe": _("Europe"),
    "Indian": _("Indian Ocean"),
    "Pacific": _("Pacific Ocean"),
}

# Cities that babel does not call as people do. Whoever is in Montréal lives by Toronto's zone, too,
# and by no city of another name.
CITIES = {
    ("fr", "America/Toronto"): "Montréal ou Toronto",
    ("en", "America/Toronto"): "Toronto or Montréal",
    ("fr", "Asia/Kathmandu"): "Katmandou",
}


@lru_cache(maxsize=1)
def zone_names():
    """The zones that a person or a community may choose, sorted, "UTC" last.

    They are places of countries, so that there is no alias and no fixed offset among them.
    """
    placed = {name for names in pytz.country_timezones.values() for name in names}
    return sorted(placed & set(pytz.common_timezones)) + ["UTC"]


@lru_cache(maxsize=1)
def aliases():
    """{alias: zone it stands for}, from the lines "L zone alias" of the pinned tzdata."""
    data = resources.files("tzdata").joinpath("zoneinfo", "tzdata.zi").read_text(encoding="ascii")
    found = {}
    for line in data.splitlines():
        if line.startswith("L "):
            _kind, zone, alias = line.split()
            found[alias] = zone
    return found


def canonical(name):
    """The zone of zone_names() that `name` is or stands for; "" if there is none.

    Asia/Calcutta stands for Asia/Kolkata: browsers report aliases that are decades old.
    """
    known = zone_names()
    if name in known:
        return name
    target = aliases().get(name)
    return target if target in known else ""


@lru_cache(maxsize=2048)
def city_in(language, name):
    """What `language` calls the city of the zone `name`."""
    if (language, name) in CITIES:
        return CITIES[language, name]
    return get_timezone_location(name, locale=language, return_city=True).rpartition("/")[2]


def city(name):
    """What the active language calls the city of the zone `name`: « Londres » for Europe/London."""
    return "UTC" if name == "UTC" else city_in(languages.active(), name)


def choices(without=()):
    """The zones grouped by region, for a select: [(region, [(name, city), …]), …].

    Regions and cities are named and sorted in the active language. Zones in `without` are left out.
    """
    groups = defaultdict(list)
    for name in zone_names():
        if name in without:
            continue
        region = name.partition("/")[0]
        groups[str(REGIONS.get(region, region))].append((name, city(name)))
    return [
        (region, sorted(groups[region], key=lambda pair: folded(pair[1])))
        for region in sorted(groups, key=folded)
    ]
