"""Addresses that hold a token: reversed once for each kind of page.

A mail holds six of them, and each took Django as long as a line of a calendar.
"""

from functools import lru_cache

from django.urls import get_script_prefix, reverse

from praxis import languages

PLACE = "0" * 43  # as long as a token; none is so even


def with_token(name, token):
    """The path of the page called `name`, whose one argument is `token` (letters, digits, -_)."""
    return pattern(name, languages.active(), get_script_prefix()).replace(PLACE, token)


@lru_cache
def pattern(name, _language, _prefix):
    return reverse(name, args=[PLACE])
