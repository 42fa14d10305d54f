"""Time zones by name (IANA): which there are, their aliases, what their cities are called."""

from collections import defaultdict
from functools import lru_cache
from importlib import resources

import pytz
from babel.dates import get_timezone_location
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

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


@lru_cache(maxsize=1)
def zone_names():
    """The zones a person or a community may choose, sorted: places of countries only, so no alias and no fixed offset."""
    placed = {name for names in pytz.country_timezones.values() for name in names}
    return sorted(placed & set(pytz.common_timezones)) + ["UTC"]


@lru_cache(maxsize=1)
def aliases():
    """Each alias and the zone it stands for, as the pinned tzdata lists them ("L target alias")."""
    lines = (
        resources.files("tzdata")
        .joinpath("zoneinfo", "tzdata.zi")
        .read_text(encoding="ascii")
        .splitlines()
    )
    return {
        alias: target
        for kind, target, alias in (line.split() for line in lines if line.startswith("L "))
    }


def canonical(name):
    """The one of zone_names() that `name` is, or is an alias of (Asia/Calcutta is Asia/Kolkata); "" where there is none.

    Browsers report aliases that are decades old.
    """
    known = zone_names()
    return next((each for each in (name, aliases().get(name)) if each in known), "")


@lru_cache(maxsize=2048)
def city_in(language, name):
    return get_timezone_location(name, locale=language, return_city=True).rpartition("/")[2]


def city(name):
    """What the active language calls the city of the zone `name`: Europe/London is « Londres »."""
    return "UTC" if name == "UTC" else city_in(get_language(), name)


def choices(without=()):
    """The zones grouped by region, for a select: [(region, [(name, city), …]), …], named and sorted in the active language."""
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
