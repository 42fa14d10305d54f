"""Pages and values that each process makes at most once a second, for everybody."""

import hashlib
import json

from django.core.cache import cache
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.html import escape
from django.views.decorators.cache import cache_page

SECONDS = 1

# The decorator of a view whose page is the same for every visitor.
public = cache_page(SECONDS)


def cached(make, *key):
    """The value that `make()` returned within the last second for the same `key` (JSON values).

    It may be a second old: show it, but decide nothing by it.
    """
    digest = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    return cache.get_or_set(f"cached-{digest}", make, SECONDS)


def cached_page(request, *key, per_visitor, make):
    """An HttpResponse with the cached HTML of a page, completed for this visitor.

    `per_visitor` maps names to the texts that belong to this visitor alone.
    `make(placeholders)` returns the HTML, with `placeholders[name]` where such a text belongs.
    Each placeholder is then replaced by this visitor's own text, escaped.
    The HTML is cached under the request's path, which implies its language, and under `key`.
    All else that it says must follow from these two: other visitors are shown the same HTML.
    """
    # Nobody can guess a placeholder, so that no text from elsewhere on the page can be one.
    placeholders = {name: placeholder(name) for name in per_visitor}
    html = cached(lambda: make(placeholders), request.path, *key)
    for name, text in per_visitor.items():
        html = html.replace(placeholders[name], escape(text))
    return HttpResponse(html)


def placeholder(name):
    """The placeholder for the text called `name`: the same in each process, secret to others."""
    return salted_hmac("praxis.microcache", name, algorithm="sha256").hexdigest()
