"""On which paper people print."""

from functools import lru_cache

import pytz
from django.utils.translation import gettext_lazy as _

# Where people print on Letter, by ISO 3166; everybody else has A4 (ISO 216).
LETTER_COUNTRIES = ("CA", "US", "MX")
PAPERS = {"a4": _("A4"), "letter": _("Letter")}


def usual_paper(zone):
    """The paper that people in `zone` (IANA) have: one of PAPERS."""
    return "letter" if zone in letter_zones() else "a4"


@lru_cache(maxsize=1)
def letter_zones():
    return {zone for country in LETTER_COUNTRIES for zone in pytz.country_timezones[country]}
