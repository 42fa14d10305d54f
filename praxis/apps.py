"""Makes PraxisAdminSite the site that Django admin uses."""

from django.contrib.admin.apps import AdminConfig


class PraxisAdminConfig(AdminConfig):
    default_site = "praxis.admin.PraxisAdminSite"
