"""All addresses. The French ones have no prefix; the English ones begin with /en/."""

from django.contrib import admin
from django.urls import URLResolver, include, path

from praxis import health
from praxis.languages import LanguagePrefix

handler500 = "praxis.unavailable.server_error"

urlpatterns = [
    path("admin/password/", include("praxis.accounts.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("readyz/web", health.readyz_web),
    path("", include("events.root_urls")),
    path("logos/", include("events.logo_urls")),
    URLResolver(
        LanguagePrefix(prefix_default_language=False),
        [path("", include("registrations.urls")), path("", include("events.urls"))],
    ),
]
