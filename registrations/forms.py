"""The sign-up form."""

from email.errors import MessageError
from email.headerregistry import Address

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from events.models import Community
from praxis.characters import validate_plain_line

# A name opens our mail to the address beside it, which may be a stranger's.
validate_no_link = RegexValidator(r"(?i)://|www\.", _("A name holds no web address."), inverse_match=True)


def ascii_domain(domain):
    """`domain` in ASCII (IDNA), or ValueError where it is a number or that would be another domain than the one typed."""
    if domain.startswith("["):
        raise ValueError(domain)
    written = domain.encode("idna").decode()
    if written.encode().decode("idna").lower() != domain.lower():
        raise ValueError(domain)
    return written


class AddressField(forms.EmailField):
    """A mail address that mail reaches from outside, its domain in ASCII (IDNA) as headers and ATTENDEE write it.

    Refuses, beside what Django does: localhost, numbers for a domain, quoted local parts, which break half of the world's
    mail, and what RFC 5321 4.5.3.1 finds too long.
    """

    default_validators = [validate_plain_line, EmailValidator(allowlist=[])]
    default_error_messages = {"invalid": _("Write a whole email address, such as name@example.org.")}

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return value
        local, _at, domain = value.rpartition("@")
        try:
            address = f"{local}@{ascii_domain(domain)}"
            Address(addr_spec=address)  # refuses what Django lets pass: look-alikes of ASCII letters, for one
        except (ValueError, IndexError, MessageError):
            address = ""
        if not 0 < len(address) <= 254 or '"' in local or len(local) > 64:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class LineField(forms.CharField):
    """One line of at most 150 characters, as people's and organisations' names are."""

    default_validators = [validate_plain_line]

    def __init__(self, *, autocomplete, **kwargs):
        kwargs["error_messages"] = {"max_length": _("150 characters at most; there are %(show_value)d.")}
        super().__init__(max_length=150, widget=forms.TextInput({"autocomplete": autocomplete}), **kwargs)


class SignUpForm(forms.Form):
    """Who comes to `workshop`. After validation `newsletter` and `consent` are the sentences agreed to, or ""."""

    first_name = LineField(label=_("First name"), autocomplete="given-name", validators=[validate_no_link])
    last_name = LineField(label=_("Last name"), autocomplete="family-name", validators=[validate_no_link])
    email = AddressField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "spellcheck": "false"}),
        help_text=_("Your confirmation and your calendar invite go there."),
    )
    organisation = LineField(label=_("Organisation (optional)"), autocomplete="organization", required=False)
    community = forms.ModelChoiceField(
        label=_("Your community of practice (optional)"),
        queryset=Community.objects.none(),
        empty_label=_("None, or another one"),
        required=False,
    )
    consent = forms.BooleanField(
        error_messages={"required": _("Tick this box to take part, or write to the organisers.")}
    )
    newsletter = forms.BooleanField(
        label=_("I would like to receive news of the next workshops by email."),
        help_text=_("Optional: your registration does not depend on it, and you may change your mind."),
        required=False,
    )

    def __init__(self, *args, workshop, **kwargs):
        super().__init__(*args, **kwargs)
        self.workshop = workshop
        self.fields["community"].queryset = Community.objects.filter(workshops=workshop).order_by("hosting__position")
        self.fields["first_name"].error_messages["required"] = _("Write your first name.")
        self.fields["last_name"].error_messages["required"] = _("Write your last name.")
        self.fields["email"].error_messages["required"] = _("Write your email address.")
        if workshop.consent_text:
            self.fields["consent"].label = workshop.consent_text
        else:
            del self.fields["consent"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.layout = self.layout()

    def layout(self):
        asked = [
            Div(Div("first_name", css_class="col-sm"), Div("last_name", css_class="col-sm"), css_class="row"),
            "email",
            "organisation",
            "community",
        ]
        if "consent" in self.fields:
            asked.append("consent")
        return Layout(
            *asked,
            Fieldset(_("Stay informed"), "newsletter", css_class="apart"),
        )

    def clean_newsletter(self):
        return str(self.fields["newsletter"].label) if self.cleaned_data["newsletter"] else ""

    def clean_consent(self):
        return self.workshop.consent_text
