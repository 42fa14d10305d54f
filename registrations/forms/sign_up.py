"""The sign-up form, and the one for lost links."""

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from praxis import zones
from praxis.text import french_spacing
from registrations.forms import fields
from registrations.forms.details import NameFields
from registrations.forms.fields import AddressField, CommunityField
from registrations.forms.honeypot import HONEYPOT, HoneypotForm
from registrations.forms.needs import AsksNeeds


class SignUpForm(NameFields, AsksNeeds, HoneypotForm):
    """A registration for `workshop`.

    After validation `newsletter` and `consent` are the sentences agreed to, or "", and `zone` is
    one of `zones.zone_names()`, or "".
    """

    email = AddressField(
        label=_("Email address"),
        help_text=_("We’ll send our reply there and, if you have a seat, your calendar invite."),
    )
    community = CommunityField()
    # The browser's own zone, where scripts run: nobody is asked for it.
    zone = forms.CharField(required=False, widget=forms.HiddenInput({"data-own-zone": ""}))
    consent = forms.BooleanField(
        error_messages={"required": _("Tick this box to take part, or write to the organisers.")}
    )
    newsletter = forms.BooleanField(
        label=_("I would like to receive news of upcoming workshops by email."),
        help_text=_(
            "Optional: your registration doesn’t depend on it, and you can change your mind later."
        ),
        required=False,
    )

    def __init__(self, *args, workshop, **kwargs):
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        self.fields["community"].offer(workshop)
        self.ask_needs()
        self.fields["email"].error_messages["required"] = _("Enter your email address.")
        if workshop.consent_text:
            self.show_consent()
        else:
            del self.fields["consent"]

    @cached_property
    def helper(self):
        """What crispy_forms draws: nothing, where the form is right and leads on."""
        first_name = Div("first_name", css_class="col-sm")
        last_name = Div("last_name", css_class="col-sm")
        layout = [
            Div(first_name, last_name, css_class="row"),
            "email",
            "organisation",
            "community",
        ]
        layout += [name for name in ("needs", "consent") if name in self.fields]
        newsletter = Fieldset(_("Stay informed"), "newsletter", css_class="apart")
        return fields.crispy_helper(*layout, newsletter, HONEYPOT, "zone")

    def show_consent(self):
        """Put the workshop's consent text, with its language, beside the box."""
        field = self.fields["consent"]
        field.label = format_html(
            '<span lang="{}">{}</span>',
            self.workshop.consent_language,
            french_spacing(self.workshop.consent_text),
        )
        # The summary of errors has no room for the whole text.
        field.short_label = _("Consent")

    def clean_zone(self):
        return zones.canonical(self.cleaned_data["zone"])

    def clean_newsletter(self):
        return str(self.fields["newsletter"].label) if self.cleaned_data["newsletter"] else ""

    @property
    def consent_version(self):
        return fields.version_of(self.workshop.consent_text)

    def clean_consent(self):
        """The consent text, which must still be the one that was on the page."""
        if self.data.get("consent_version") != self.consent_version:
            self.data = self.data.copy()
            self.data.pop("consent", None)
            raise ValidationError(
                _(
                    "This text has changed since you opened the form: please read it and tick the "
                    "box again."
                )
            )
        return self.workshop.consent_text


class LostLinksForm(HoneypotForm):
    """The address to which the links are mailed."""

    # A password manager fills in the one field and sends at once; this form's limits suffice.
    MIN_SECONDS = 0

    email = AddressField(
        label=_("Email address"),
        help_text=_("The one you registered with."),
        error_messages={"required": _("Enter your email address.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = fields.crispy_helper("email", HONEYPOT)
