"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from praxis.request_limits import readable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "praxis.settings")

django = get_wsgi_application()


def application(environ, start_response):
    """Django's own, to which each request comes in a charset that it can read."""
    return django(readable(environ), start_response)
