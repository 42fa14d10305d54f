"""The site's two languages, and how each side of the ocean writes them.

A variant is a language code that Django falls back from: "fr-150" (UN M49: Europe, here with France
overseas; locale/fr_150 holds what it says otherwise, « e-mail » for « courriel »), "en-ca" ("9:30
a.m.") and "en-gb" ("09:30"). Addresses and columns know "fr" and "en" alone. It is not called
"fr-fr": Python's gettext takes locale/fr_FR for "fr", too.
"""

from contextlib import contextmanager
from functools import lru_cache

import pytz
from django.conf import settings
from django.urls import LocalePrefixPattern
from django.utils import translation
from django.utils.translation import get_language


def active():
    """The language that is active, whichever its variant: "fr" or "en"."""
    return (get_language() or settings.LANGUAGE_CODE)[:2]


def written_in(zone, language):
    """The variant of `language` ("fr" or "en") that people in the time zone `zone` write."""
    if language == "fr":
        is_european = zone.startswith("Europe/") or zone in overseas_zones()
        return "fr-150" if is_european else "fr"
    return "en-ca" if zone in north_american_zones() else "en-gb"


@lru_cache(maxsize=1)
def overseas_zones():
    """The zones of France outside Europe, where people write as in Paris."""
    lands = ["GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF"]
    return {zone for land in lands for zone in pytz.country_timezones[land]}


@lru_cache(maxsize=1)
def north_american_zones():
    """The zones of the United States and Canada, where the day has two halves."""
    return {*pytz.country_timezones["US"], *pytz.country_timezones["CA"]}


def has_half_days():
    """Whether the active variant writes "3:30 p.m." rather than "15:30"."""
    return get_language() == "en-ca"


@contextmanager
def of_place(zone):
    """Within it English is written as in `zone`, unless the reader's own variant is active.

    So a page for everybody writes the hours as the workshop's first host does.
    """
    if get_language() != "en":
        yield
        return
    with translation.override(written_in(zone, "en")):
        yield


class LanguagePrefix(LocalePrefixPattern):
    """/en/ before English addresses and nothing before French ones, whichever the variant."""

    @property
    def language_prefix(self):
        return "" if active() == settings.LANGUAGE_CODE else f"{active()}/"
