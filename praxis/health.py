"""The addresses that a monitor and a load balancer ask.

/healthz: the process runs. /readyz/web: it can serve pages. /readyz: mail leaves, too.
"""

import time
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.http import HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

DATABASE_AWAY = "the database does not answer, or does not hold our tables (`manage.py migrate`)"


@never_cache
@require_safe
def healthz(request):
    """200 as long as the process answers."""
    return answer("")


@never_cache
@require_safe
def readyz_web(request):
    """200 if the database answers and holds our tables, else 503."""
    return answer(what_is_wrong())


@never_cache
@require_safe
def readyz(request):
    """200 if the database answers and mail does not stand still, else 503."""
    return answer(what_is_wrong(import_string(settings.MAIL_STANDS_STILL)))


def what_is_wrong(ask=lambda **facts: ""):
    """That the database does not answer, or what `ask` says; "" if nothing is wrong."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM registrations_outgoingmail WHERE 1 = 0")
        return ask(now=timezone.now(), running_for=running_for())
    except Error:
        return DATABASE_AWAY


def running_for():
    """How long this process has run."""
    return timedelta(seconds=time.monotonic() - settings.STARTED)


def answer(complaint):
    """503 with the sentence `complaint`; 200 if it is empty."""
    return HttpResponse(
        f"{complaint or 'ok'}\n",
        content_type="text/plain; charset=utf-8",
        status=503 if complaint else 200,
    )
