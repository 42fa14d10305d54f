"""The addresses that a monitor asks: /healthz (the process runs), /readyz (it can serve pages)."""

from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@never_cache
@require_safe
def healthz(request):
    """200 as long as the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request):
    """200 if the database answers and holds our tables, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM registrations_outgoingmail WHERE 1 = 0")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
