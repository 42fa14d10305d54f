"""What programs look for at the root of a site, in no language."""

from django.urls import path

from events import preview_views

urlpatterns = [
    path("robots.txt", preview_views.robots),
    path("sitemap.xml", preview_views.sitemap),
]
