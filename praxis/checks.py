"""What `manage.py check` says of settings with which a site starts, but does not do its work."""

from django.conf import settings
from django.core.checks import Warning as CheckWarning


def proxies_are_said(app_configs, **kwargs):
    """praxis.W001 where the site is on https, and TRUSTED_PROXIES is not said."""
    if settings.ARE_PROXIES_SAID or not settings.SITE_URL.startswith("https:"):
        return []
    # Our own server speaks no TLS, so that a proxy stands before it.
    return [
        CheckWarning(
            "TRUSTED_PROXIES is missing, so that all visitors count as one network: the proxy's.",
            hint="Set it to the addresses of the proxy that ends TLS, such as 127.0.0.1, or to "
            "none if it passes on no X-Forwarded-For.",
            id="praxis.W001",
        )
    ]


def links_lead_here(app_configs, **kwargs):
    """praxis.W002 where every link in a mail leads to the reader's own machine."""
    if settings.IS_PUBLIC:
        return []
    return [
        CheckWarning(
            f"SITE_URL is {settings.SITE_URL}, which nobody else reaches.",
            hint="Set it to the address of the site, such as https://ateliers.example.org",
            id="praxis.W002",
        )
    ]
