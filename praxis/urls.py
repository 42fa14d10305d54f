"""All addresses. The French ones have no prefix; the English ones begin with /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from praxis import health

handler500 = "praxis.unavailable.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("readyz/web", health.readyz_web),
    path("", include("events.root_urls")),
    path("logos/", include("events.logo_urls")),
    *i18n_patterns(
        path("", include("registrations.urls")),
        path("", include("events.urls")),
        prefix_default_language=False,
    ),
]
