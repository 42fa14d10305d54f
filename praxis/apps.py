"""Puts our own site in the place of Django admin's."""

from django.contrib.admin.apps import AdminConfig


class PraxisAdminConfig(AdminConfig):
    default_site = "praxis.admin.PraxisAdminSite"
