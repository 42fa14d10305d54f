"""What everybody asks for at once, when a link goes out: made once a second by each process."""

import hashlib
import json

from django.core.cache import cache
from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.html import escape
from django.views.decorators.cache import cache_page

SECONDS = 1

public = cache_page(SECONDS)


def cached(make, *facts):
    """What `make()` returned for the same `facts` (JSON) a second ago at most: to show, not to decide by."""
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    return cache.get_or_set(f"kept-{digest}", make, SECONDS)


def cached_page(request, *facts, own, make):
    """An HttpResponse with the HTML that `make(marks)` returns, kept under the request's path, which tells its language, and `facts`.

    `own` holds the words (by name) that are this visitor's alone: `make` writes `marks[name]` in their place, and each
    visitor gets their own there, escaped. Whatever else the HTML says must follow from what it is kept under.
    """
    marks = {name: salted_hmac("praxis.kept", name, algorithm="sha256").hexdigest() for name in own}
    html = cached(lambda: make(marks), request.path, *facts)
    for name, words in own.items():
        html = html.replace(marks[name], escape(words))
    return HttpResponse(html)
