"""The form « Prévenez-moi de la prochaine »."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from praxis import zones
from praxis.text import french_spacing
from registrations.domain.subscriptions import CONSENT
from registrations.forms import fields
from registrations.forms.fields import AddressField
from registrations.forms.honeypot import HONEYPOT, HoneypotForm

ALL = "all"


class SubscribeForm(HoneypotForm):
    """An address, and of what it is to be told: one of `communities`, or all there are.

    After validation `community` is one of them or None, `consent_text` the sentences agreed to, and
    `zone` one of `zones.zone_names()`, or "".
    """

    # One field to fill in, which a password manager does at once; the form's limits suffice.
    MIN_SECONDS = 0

    email = AddressField(
        label=_("Email address"),
        help_text=_("We’ll send it one email, with a link to confirm."),
        error_messages={"required": _("Enter your email address.")},
    )
    about = forms.ChoiceField(
        label=_("Which workshops?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to hear of.")},
    )
    # The browser's own zone, where scripts run: nobody is asked for it.
    zone = forms.CharField(required=False, widget=forms.HiddenInput({"data-own-zone": ""}))

    def __init__(self, *args, communities, **kwargs):
        super().__init__(*args, **kwargs)
        self.communities = {str(each.pk): each for each in communities}
        names = [(key, french_spacing(str(each))) for key, each in self.communities.items()]
        self.fields["about"].choices = [*names, (ALL, _("All the communities"))]
        self.fields["about"].initial = names[0][0] if len(names) == 1 else ALL
        if not names:
            self.fields["about"].widget = forms.HiddenInput()
        self.helper = fields.crispy_helper("email", "about", HONEYPOT, "zone")

    @property
    def consent_text(self):
        """What is agreed to, in the active language."""
        return str(CONSENT)

    @property
    def consent_version(self):
        return fields.version_of(self.consent_text)

    def clean_zone(self):
        return zones.canonical(self.cleaned_data["zone"])

    def clean(self):
        cleaned = super().clean()
        if self.data.get("consent_version") != self.consent_version:
            raise ValidationError(
                _(
                    "The text above the button has changed since you opened the form: please read "
                    "it and send the form again."
                ),
                code="consent",
            )
        cleaned["community"] = self.communities.get(cleaned.pop("about", ""))
        cleaned["consent_text"] = self.consent_text
        return cleaned
