"""The fields that a person sends with the sign-up form."""

import re
from datetime import timedelta

from django.utils import timezone

from registrations.forms.honeypot import HoneypotForm


def typed(**facts):
    """What a browser sends of a form that was opened a minute ago, filled in by Zoé Tremblay unless
    told otherwise.
    """
    opened = HoneypotForm.stamp(timezone.now() - timedelta(minutes=1))
    person = {"first_name": "Zoé", "last_name": "Tremblay", "email": "zoe@example.org"}
    return person | {"opened": opened, "website": "", "zone": ""} | facts


def consent_version(page):
    """The field with which a form says which consent text its reader saw."""
    html = page.content.decode()
    return {"consent_version": re.search(r'name="consent_version" value="(\w+)"', html)[1]}
