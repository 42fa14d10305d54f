"""Answers requests that none of our pages makes, 400, 411 or 414, before a view reads them."""

import codecs

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.utils.http import parse_header_parameters

# No codec has this name: Django ignores such a charset, and the middleware refuses it.
UNREADABLE = "application/octet-stream; charset=unreadable"
# int() raises ValueError for numbers of some thousand digits.
LENGTH_DIGITS = 9
# Characters. The longest of our addresses holds the code of an attestation (LONGEST in
# registrations/domain/attestation_codes.py).
LONGEST_PATH = 1300


class RefuseOddRequests:
    """Middleware that answers 400 where why_odd() finds a reason, and 414 to an endless path.

    A body whose length is not said is answered 411: Django would read it as empty. The middleware
    stands after LocaleMiddleware, so that the error page is in the language of the address.
    411 and 414 (RFC 9110 15.5.12, 15.5.15) have no page: no browser and no link leads there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if len(request.path) > LONGEST_PATH:
            return HttpResponse(status=414)
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return HttpResponse(status=411)
        reason = why_odd(request)
        # Django would read the query, too, in the charset that the body claims.
        if request.encoding:
            request.encoding = "utf-8"
        if reason:
            # The CSRF check of the error page reads POST. An empty one keeps the body unread.
            request.POST = QueryDict()
            raise BadRequest(reason)
        return self.get_response(request)


def why_odd(request):
    """The reason to refuse `request`, for the log; "" if there is none. Refused are:

    - a body in another charset than UTF-8, the only one in which our forms are sent;
    - a Content-Length that is no number;
    - a body longer than any form of ours. Django limits the fields alone, not uploaded files;
    - a body that ends early: a client that broke off must not register half a name;
    - a NUL in the query or in a cookie. PostgreSQL can neither store a NUL nor search for one.
    """
    if not is_utf_8(request.content_params.get("charset", "utf-8")):
        return "the body is not in UTF-8"
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > LENGTH_DIGITS:
        return "the length of the body cannot be read"
    if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return "the body is longer than any form of ours"
    # It is read whole here, before anything waits for a lock or for another request.
    if request.method == "POST" and len(request.body) < int(length):
        return "the body ends before its time"
    nul_in_query = "%00" in request.META.get("QUERY_STRING", "")
    nul_in_cookie = any("\0" in value for value in request.COOKIES.values())
    if nul_in_query or nul_in_cookie:
        return "the query or a cookie holds a NUL"
    return ""


def readable(environ):
    """`environ` (WSGI), its content type UNREADABLE if it claims another charset than UTF-8.

    Django reads the query in the charset that the body claims, while it builds the request: before
    any middleware runs. With some charsets that fails, and the answer would be a 500. UNREADABLE
    lets Django build the request, and why_odd() then refuses it.
    """
    try:
        _type, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        charset = parameters.get("charset", "utf-8")
    except ValueError:
        charset = ""
    if is_utf_8(charset):
        return environ
    return environ | {"CONTENT_TYPE": UNREADABLE}


def is_utf_8(charset):
    """Is `charset` one of the names of UTF-8?"""
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False
