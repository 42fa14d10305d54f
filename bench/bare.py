"""A Django project as bare as can be, on the same database, with which Praxis is compared.

One view says ok, one inserts one row. There is no middleware and no template. `python -m
bench.bare` creates the table.
"""

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

from praxis.settings import DATABASES

settings.configure(
    ALLOWED_HOSTS=["*"],
    DATABASES=DATABASES,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    MIDDLEWARE=[],
    ROOT_URLCONF="bench.bare",
    USE_TZ=True,
)
django.setup()

from django.db import connection, models  # noqa: E402


class Line(models.Model):
    text = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"

    def __str__(self):
        return self.text


def ok(request):
    return HttpResponse("ok\n", content_type="text/plain")


def insert(request):
    Line.objects.create(text="Maëlle Tremblay")
    return ok(request)


urlpatterns = [path("ok", ok), path("insert", insert)]
application = get_wsgi_application()

if __name__ == "__main__":
    with connection.schema_editor() as editor:
        editor.create_model(Line)
