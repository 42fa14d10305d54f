"""Makes PraxisAdminSite the site that Django admin uses, and registers our system checks."""

from django.contrib.admin.apps import AdminConfig
from django.core.checks import register

from praxis import checks


class PraxisAdminConfig(AdminConfig):
    default_site = "praxis.admin.PraxisAdminSite"

    def ready(self):
        super().ready()
        register(checks.proxies_are_said)
        register(checks.links_lead_here, deploy=True)
