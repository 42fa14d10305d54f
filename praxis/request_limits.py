"""What no page of ours ever asks for is answered 400 before anything reads it."""

import codecs

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.http import parse_header_parameters

# A charset that nobody knows: Django ignores it, and the middleware refuses it.
UNREADABLE = "application/octet-stream; charset=unreadable"


class RefuseOddRequests:
    """Middleware: answers 400 where why_odd() finds a reason, in the language of the address."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        reason = why_odd(request)
        if (
            request.encoding
        ):  # Django would read the query, too, in the charset that the body claims
            request.encoding = "utf-8"
        if reason:
            request.POST = QueryDict()  # the page that says so asks for it
            raise BadRequest(reason)
        return self.get_response(request)


def why_odd(request):
    """The reason for which `request` is refused, "" where there is none.

    Its body is in another charset than UTF-8, or longer than any form of ours.
    Or the length of its body is no number. Or there is a NUL in its query or in a cookie, which PostgreSQL cannot store or seek.
    """
    if not is_utf_8(request.content_params.get("charset", "utf-8")):
        return "the body is not in UTF-8"
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > 9:
        return "the length of the body cannot be read"
    # Django measures fields alone: it would take in a file of any size.
    if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return "the body is longer than any form of ours"
    if "%00" in request.META.get("QUERY_STRING", "") or any(
        "\0" in value for value in request.COOKIES.values()
    ):
        return "the query or a cookie holds a NUL"
    return ""


def readable(environ):
    """`environ` (WSGI) as Django can read it.

    Django reads the query in the charset that the body claims, before any middleware.
    Some charsets fail there.
    """
    try:
        claimed = parse_header_parameters(environ.get("CONTENT_TYPE", ""))[1].get(
            "charset", "utf-8"
        )
    except ValueError:
        claimed = ""
    return environ if is_utf_8(claimed) else environ | {"CONTENT_TYPE": UNREADABLE}


def is_utf_8(charset):
    """Is `charset` one of the names of UTF-8?"""
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False
