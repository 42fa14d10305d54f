"""The page for whoever cannot be served just now: 503, Retry-After, and all that they typed."""

import logging
import sys

from django.db import InterfaceError, NotSupportedError, OperationalError, connection
from django.shortcuts import render
from django.views import defaults

logger = logging.getLogger("praxis.unavailable")
AGAIN_AFTER = 10  # seconds, for Retry-After
# What is typed into such a field is not written into a page.
SECRET = "password"  # noqa: S105 (the name of a field)
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the name of a field)


class Unavailable(Exception):
    """Raised where a request cannot be served now, but may be in a few seconds."""


# The database is away, a row is locked for too long, or all connections are in use.
TEMPORARY = (Unavailable, OperationalError, InterfaceError)


def is_temporary(error):
    """Whether `error` passes within seconds, so that whoever asks again is served."""
    return isinstance(error, TEMPORARY) or has_old_plan(error)


def has_old_plan(error):
    """Whether `error` says that a column's type changed after a statement was prepared.

    A migration beside a running site may bring it about. PostgreSQL has no code of its own for it
    ("cached plan must not change result type"), and says it in the server's language.
    """
    if not isinstance(error, NotSupportedError):
        return False
    said = getattr(error.__cause__, "diag", None)
    return said is not None and said.source_function == "RevalidateCachedQuery"


class AnswerUnavailable:
    """Middleware that answers 503 where a view raises one of TEMPORARY.

    The web server marks a form that has waited too long for its turn (praxis/web_worker.py); it is
    answered so, too. Whoever sends the mark themselves is merely not served.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "X-Waited-Too-Long" in request.headers:
            return page(request, Unavailable())
        return self.get_response(request)

    def process_exception(self, request, exception):
        return page(request, exception) if is_temporary(exception) else None


def server_error(request):
    """The answer to an exception that nothing else has answered: 503 for TEMPORARY, else 500.

    A middleware may have raised it, as the session's does while the database is away.
    """
    error = sys.exc_info()[1]
    if is_temporary(error):
        return page(request, error)
    return defaults.server_error(request)


def page(request, error):
    """The page for `request`, which could not be served for `error`.

    Its button sends once more what was typed. It asks the database for nothing.
    """
    log(error)
    if has_old_plan(error):
        connection.close()  # the next one makes new plans
    context = {"fields": typed_fields(request)}
    response = render(request, "503.html", context, status=503)
    response["Retry-After"] = AGAIN_AFTER
    return response


def log(error):
    """Log that a request could not be served for `error`, whose own words may hold an address."""
    cause = error.__cause__ or error
    logger.warning("a request could not be served now (%s)", type(cause).__name__)


def typed_fields(request):
    """The (name, value) of each field that `request` sent by POST.

    None if it sent none, or sent a password, which is typed again rather than written into a page.
    """
    if request.method != "POST":
        return None
    fields = [
        (name, value) for name, values in request.POST.lists() for value in values if name != TOKEN
    ]
    has_secret = any(SECRET in name for name, _value in fields)
    return None if has_secret else fields
