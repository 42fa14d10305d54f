"""The WSGI application that gunicorn serves."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from praxis import database_limits
from praxis.request_limits import readable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "praxis.settings")
if settings.LIMIT_WEB_DATABASE:
    database_limits.limit(settings.DATABASES["default"])

django = get_wsgi_application()


def application(environ, start_response):
    """Django's application, behind readable().

    A request whose claimed charset would make Django fail reaches it without that claim. The
    middleware RefuseOddRequests then answers it 400; nothing is refused here.
    """
    return django(readable(environ), start_response)
