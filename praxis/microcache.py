"""Pages and values that each process makes at most once a second, for everybody."""

import gzip
import hashlib
import json
import time
from functools import wraps

from django.core.cache import cache
from django.http import HttpResponse, HttpResponseNotModified, QueryDict
from django.utils.cache import patch_response_headers, patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.html import escape
from django.utils.http import parse_etags, urlencode

from praxis import compressed

SECONDS = 1
LONG = 600  # seconds
# What an answer without the page still says of it (RFC 9110 15.4.5).
TOLD_WITH_304 = ("Cache-Control", "ETag", "Expires", "Vary")


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
    are told the same second, unless `make()` has told them a time of its own; later they ask with
    its ETag.
    """
    request.GET = QueryDict(urlencode(query))
    key = cache_key("page", request.path, query)
    response = cache.get(key)
    if response is None:
        response = make()
        if response.status_code == 200 and "private" not in response.get("Cache-Control", ""):
            prepare(response)
            cache.set(key, response, SECONDS)
    return response


def prepare(response):
    """Gives a public page all that AnswerKeptPages needs, its gzip included.

    The ETag is weak, since it stands for both codings (RFC 9110 8.8.3.3). A page that says the same
    as before is not compressed again.
    """
    if "max-age" not in response.get("Cache-Control", ""):
        patch_response_headers(response, SECONDS)
    digest = hashlib.sha256(response.content).hexdigest()[:32]
    response["ETag"] = f'W/"{digest}"'
    patch_vary_headers(response, ["Accept-Encoding"])
    response.gzipped = cached(
        lambda: gzip.compress(response.content, mtime=0), "gzip", digest, seconds=LONG
    )
    response.kept_until = time.monotonic() + SECONDS


class AnswerKeptPages:
    """Middleware that answers with a kept page before anything else looks at the request.

    It stands first, and keeps what public_page() has made with the headers that all the other
    middleware has added. Such a page depends on nothing but the address, and on what Django itself
    asks of it: the host, and whether it came by TLS. It holds no secret, so it may be compressed.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        host = request.META.get("HTTP_HOST", "")
        key = cache_key("whole", request.is_secure(), host, request.path)
        may_be_kept = request.method in ("GET", "HEAD") and not request.META.get("QUERY_STRING")
        kept = cache.get(key) if may_be_kept else None
        if kept is None:
            response = self.get_response(request)
            if response.cookies or not hasattr(response, "gzipped"):
                return response
            kept = response.content, response.gzipped, dict(response.items())
            seconds = response.kept_until - time.monotonic()
            if may_be_kept and seconds > 0:
                cache.set(key, kept, seconds)
        return answer(request, *kept)


def answer(request, content, gzipped, headers):
    """The HttpResponse with a public page as this browser takes it, or 304 if it has the page."""
    if has_it(request, headers):
        told = {name: headers[name] for name in TOLD_WITH_304 if name in headers}
        return HttpResponseNotModified(headers=told)
    if compressed.accepts_gzip(request):
        content = gzipped
        headers = headers | {"Content-Encoding": "gzip", "Content-Length": str(len(gzipped))}
    return HttpResponse(content, headers=headers)


def has_it(request, headers):
    """Does the browser have the page with these headers already? (RFC 9110 13.1.2 and 13.1.3)

    If-None-Match names its ETag, be it as a strong one, in a list, or by `*`. Whoever sends none
    may name its Last-Modified instead: that very date, for a page may also become an older one.
    """
    if "HTTP_IF_NONE_MATCH" in request.META:
        named = parse_etags(request.META["HTTP_IF_NONE_MATCH"])
        return named == ["*"] or headers["ETag"] in {f"W/{e.removeprefix('W/')}" for e in named}
    date = headers.get("Last-Modified")
    return date is not None and request.META.get("HTTP_IF_MODIFIED_SINCE") == date


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
    page = cached(
        lambda: compressed.in_pieces(make(placeholders), placeholders), request.path, *key
    )
    words = {name: escape(text).encode() for name, text in per_visitor.items()}
    return page.response(request, words)


def placeholder(name):
    """The placeholder for the text called `name`: the same in each process, secret to others."""
    return salted_hmac("praxis.microcache", name, algorithm="sha256").hexdigest()
