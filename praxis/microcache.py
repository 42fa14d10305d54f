"""Pages and values that each process makes at most once a second, for everybody."""

import hashlib
import json
import time
from functools import wraps

from django.core.cache import cache
from django.http import HttpResponse, QueryDict
from django.utils.cache import patch_response_headers
from django.utils.crypto import salted_hmac
from django.utils.html import escape
from django.utils.http import urlencode

SECONDS = 1
LONG = 600  # seconds
# The headers of a request to which the answer may be 304.
CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


def public(view):
    """A decorator of views whose page is the same for every visitor, whatever the query."""

    @wraps(view)
    def wrapped(request, *args, **kwargs):
        return public_page(request, make=lambda: view(request, *args, **kwargs))

    return wrapped


def public_page(request, *, make, **query):
    """The HttpResponse that `make()` returned within the last second, the same for every visitor.

    It is cached under the request's path, which implies its language, and under `query`, the part
    of the query that it depends on. Neither `make()` nor the cache sees another part: whoever
    makes up queries makes no pages. A response that is private, or not a 200, is not kept. Browsers
    are told the same second, unless `make()` has told them a time of its own.
    """
    request.GET = QueryDict(urlencode(query))
    key = cache_key("page", request.path, query)
    response = cache.get(key)
    if response is None:
        response = make()
        if response.status_code == 200 and "private" not in response.get("Cache-Control", ""):
            if "max-age" not in response.get("Cache-Control", ""):
                patch_response_headers(response, SECONDS)
            response.kept_until = time.monotonic() + SECONDS
            cache.set(key, response, SECONDS)
    return response


class AnswerKeptPages:
    """Middleware that answers with a kept page before anything else looks at the request.

    It stands first, and keeps what public_page() has made with the headers that all the other
    middleware has added. Such a page depends on nothing but the address, and on what Django itself
    asks of it: the host, and whether it came by TLS.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method != "GET" or request.META.get("QUERY_STRING"):
            return self.get_response(request)
        if any(name in request.META for name in CONDITIONS):
            return self.get_response(request)
        host = request.META.get("HTTP_HOST", "")
        key = cache_key("whole", request.is_secure(), host, request.path)
        kept = cache.get(key)
        if kept:
            content, headers = kept
            return HttpResponse(content, headers=headers)
        response = self.get_response(request)
        seconds = getattr(response, "kept_until", 0) - time.monotonic()
        if seconds > 0 and not response.cookies:
            cache.set(key, (response.content, dict(response.items())), seconds)
        return response


def cached(make, *key, seconds=SECONDS):
    """The value that `make()` returned within the last `seconds` for the same `key` (JSON values).

    It may be as old as that: show it, but decide nothing by it. Where `key` holds all that the
    value follows from, it may be kept for LONG.
    """
    return cache.get_or_set(cache_key("value", *key), make, seconds)


def cache_key(*parts):
    """One name in the cache for `parts` (JSON values), however long they are."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def cached_page(request, *key, per_visitor, make):
    """An HttpResponse with the cached HTML of a page, completed for this visitor.

    `per_visitor` maps names to the texts that belong to this visitor alone.
    `make(placeholders)` returns the HTML, with `placeholders[name]` where such a text belongs.
    Each placeholder is then replaced by this visitor's own text, escaped.
    The HTML is cached under the request's path, which implies its language, and under `key`.
    All else that it says must follow from these two: other visitors are shown the same HTML.
    So `make()` sees no query.
    """
    request.GET = QueryDict()
    # Nobody can guess a placeholder, so that no text from elsewhere on the page can be one.
    placeholders = {name: placeholder(name) for name in per_visitor}
    html = cached(lambda: make(placeholders), request.path, *key)
    for name, text in per_visitor.items():
        html = html.replace(placeholders[name], escape(text))
    return HttpResponse(html)


def placeholder(name):
    """The placeholder for the text called `name`: the same in each process, secret to others."""
    return salted_hmac("praxis.microcache", name, algorithm="sha256").hexdigest()
