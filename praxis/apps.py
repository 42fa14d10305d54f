"""Makes PraxisAdminSite the site that Django admin uses, and registers our system checks."""

import django_otp
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.checks import register

from praxis import checks


class PraxisAdminConfig(AdminConfig):
    default_site = "praxis.admin.PraxisAdminSite"

    def ready(self):
        super().ready()
        # A second factor is changed by its owner alone, on the pages of praxis/accounts.
        for model in django_otp.device_classes():
            admin.site.unregister(model)
        register(checks.proxies_are_said)
        register(checks.links_lead_here, deploy=True)
