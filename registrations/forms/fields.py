"""Fields that several forms of registrations share, and how crispy sets them."""

from email.errors import MessageError
from email.headerregistry import Address

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from events.models import Community
from praxis.text import validate_plain_line

# A name opens our mail to the address beside it, which may be a stranger's.
validate_no_link = RegexValidator(
    r"(?i)://|www\.|\w\.[a-z]{2,}/|(?<![@\w-])[\w-]+\.(com|net|org|info|biz|xyz|top)\b",
    _("A name cannot contain a web address."),
    inverse_match=True,
)


class AddressField(forms.EmailField):
    """A mail address that mail reaches from outside, its domain in ASCII (IDNA) as headers and ATTENDEE write it.

    Refuses, beside what Django does: localhost, numbers for a domain, quoted local parts, which break half of the world's
    mail, and what RFC 5321 4.5.3.1 finds too long.
    """

    widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
    default_validators = [validate_plain_line, EmailValidator(allowlist=[])]
    default_error_messages = {
        "invalid": _("Write a whole email address, such as name@example.org.")
    }

    def __init__(self, **kwargs):
        super().__init__(max_length=254, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return value
        local, _at, domain = value.rpartition("@")
        try:
            address = f"{local}@{ascii_domain(domain)}"
            Address(
                addr_spec=address
            )  # refuses what Django lets pass: look-alikes of ASCII letters, for one
        except (ValueError, IndexError, MessageError):
            address = ""
        if not 0 < len(address) <= 254 or '"' in local or len(local) > 64:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return address


class CommunityField(forms.ModelChoiceField):
    """One of the hosts' communities, or none."""

    def __init__(self):
        super().__init__(
            label=_("Your community of practice (optional)"),
            queryset=Community.objects.none(),
            empty_label=_("None, or another one"),
            required=False,
        )

    def offer(self, workshop):
        self.queryset = Community.objects.filter(workshops=workshop).order_by("hosting__position")


def ascii_domain(domain):
    """`domain` in ASCII (IDNA), or ValueError where it is a number or that would be another domain than the one typed."""
    if domain.startswith("["):
        raise ValueError(domain)
    written = domain.encode("idna").decode()
    if written.encode().decode("idna").lower() != domain.lower():
        raise ValueError(domain)
    return written


def form_helper(*layout):
    """How crispy sets a form inside the <form> of its page."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.layout = Layout(*layout)
    return made
