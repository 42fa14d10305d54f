"""The sign-up form."""

import hashlib
from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, RegexValidator
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from events.models import Community
from praxis import zones
from praxis.characters import validate_plain_line
from registrations.models import Registration

# A name opens our mail to the address beside it, which may be a stranger's.
validate_no_link = RegexValidator(
    r"(?i)://|www\.|\w\.[a-z]{2,}/|(?<![@\w-])[\w-]+\.(com|net|org|info|biz|xyz|top)\b",
    _("A name cannot contain a web address."),
    inverse_match=True,
)


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

    widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
    default_validators = [validate_plain_line, EmailValidator(allowlist=[])]
    default_error_messages = {"invalid": _("Write a whole email address, such as name@example.org.")}

    def __init__(self, **kwargs):
        super().__init__(max_length=254, **kwargs)

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

    def __init__(self, *, autocomplete, missing="", **kwargs):
        kwargs["error_messages"] = {"max_length": _("150 characters at most; there are %(show_value)d.")}
        if missing:
            kwargs["error_messages"]["required"] = missing
        super().__init__(max_length=150, widget=forms.TextInput({"autocomplete": autocomplete}), **kwargs)


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


def helper(*layout):
    """How crispy sets a form inside the <form> of its page."""
    made = FormHelper()
    made.form_tag = False
    made.disable_csrf = True
    made.layout = Layout(*layout)
    return made


TRAP = Div("website", css_class="trap", aria_hidden="true")  # out of sight for everybody


class ForPeople(forms.Form):
    """A form that simple robots fail: a field nobody sees must stay empty, and nobody types within MIN_SECONDS.

    `now` is an aware datetime. Whoever fails by accident sends the same form again and passes.
    """

    MIN_SECONDS = 2
    MAX_AGE = timedelta(days=2)
    SALT = "registrations.forms.opened"

    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"tabindex": "-1", "autocomplete": "off"}),
    )
    opened = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, data=None, *, now, **kwargs):
        super().__init__(self.without_trap(data), **kwargs)
        self.now = now
        self.trapped = bool(data and data.get("website"))
        self.initial["opened"] = self.stamp(now)

    @staticmethod
    def without_trap(data):
        """`data` with the trap emptied, so that the form shown again passes: some programs fill whatever they find."""
        if data is None or not data.get("website"):
            return data
        data = data.copy()
        data["website"] = ""
        return data

    @classmethod
    def stamp(cls, at):
        """The signed moment (milliseconds since 1970) at which a form was opened."""
        return signing.dumps(int(at.timestamp() * 1000), salt=cls.SALT)

    def seconds_open(self, stamp):
        """For how long the form has been open; None where the stamp is not ours, or too old to be somebody's."""
        try:
            return self.now.timestamp() - signing.loads(stamp, salt=self.SALT, max_age=self.MAX_AGE) / 1000
        except signing.BadSignature:
            return None

    def clean(self):
        cleaned = super().clean()
        cleaned.pop("website", None)
        seconds = self.seconds_open(cleaned.pop("opened", ""))
        if self.trapped or seconds is None or seconds < self.MIN_SECONDS:
            if seconds is None:
                self.data = self.data.copy()
                self.data["opened"] = self.stamp(self.now)
            raise ValidationError(
                _("The form was sent faster than people type, or by a program. Nothing is lost: please send it again."),
                code="robot",
            )
        return cleaned


class NameFields(forms.Form):
    """What a person is called, on the sign-up form and by the manage link."""

    first_name = LineField(
        label=_("First name"),
        autocomplete="given-name",
        missing=_("Write your first name."),
        validators=[validate_no_link],
    )
    last_name = LineField(
        label=_("Last name"),
        autocomplete="family-name",
        missing=_("Write your last name."),
        validators=[validate_no_link],
    )
    organisation = LineField(label=_("Organisation (optional)"), autocomplete="organization", required=False)


class SignUpForm(NameFields, ForPeople):
    """Who comes to `workshop`. After validation `newsletter` and `consent` are the sentences agreed to, or "", and `zone`
    is one of zones.zone_names(), or "".
    """

    email = AddressField(
        label=_("Email address"),
        help_text=_("Our answer goes there and, with a seat, the invite for your calendar."),
    )
    community = CommunityField()
    # What the browser says, where scripts run; not asked of anybody.
    zone = forms.CharField(required=False, widget=forms.HiddenInput({"data-own-zone": ""}))
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
        self.fields["community"].offer(workshop)
        self.fields["email"].error_messages["required"] = _("Write your email address.")
        if workshop.consent_text:
            text = workshop.consent_text
            self.fields["consent"].label = format_html('<span lang="{}">{}</span>', workshop.language, text)
        else:
            del self.fields["consent"]
        asked = [
            Div(Div("first_name", css_class="col-sm"), Div("last_name", css_class="col-sm"), css_class="row"),
            "email",
            "organisation",
            "community",
            *(["consent"] if "consent" in self.fields else []),
            Fieldset(_("Stay informed"), "newsletter", css_class="apart"),
        ]
        self.helper = helper(*asked, TRAP, "zone")

    def clean_zone(self):
        return zones.canonical(self.cleaned_data["zone"])

    def clean_newsletter(self):
        return str(self.fields["newsletter"].label) if self.cleaned_data["newsletter"] else ""

    @property
    def consent_version(self):
        """Tells one consent text from another."""
        return hashlib.sha256(self.workshop.consent_text.encode()).hexdigest()[:16]

    def clean_consent(self):
        """What was on the page: an organiser may have edited it since."""
        if self.data.get("consent_version") != self.consent_version:
            self.data = self.data.copy()
            self.data.pop("consent", None)
            raise ValidationError(
                _("This text has changed since you opened the form: read it, and tick the box again.")
            )
        return self.workshop.consent_text


class DetailsForm(NameFields, forms.ModelForm):
    """What a person corrects by the manage link; while they wait, their community too, for which seats may be kept."""

    community = CommunityField()
    zone = forms.ChoiceField(
        label=_("Your time zone (optional)"),
        required=False,
        help_text=_("If none of the hosts shares it, times are shown on your clock too."),
    )

    class Meta:
        model = Registration
        fields = ["first_name", "last_name", "organisation", "community", "language", "zone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hosts = {clock.zone: clock.label for clock in self.instance.workshop.clocks}
        self.fields["zone"].choices = [("", _("Not given")), *hosts.items(), *zones.choices(without=hosts)]
        self.fields["language"].choices = [("fr", "Français"), ("en", "English")]
        if self.instance.is_waiting:
            self.fields["community"].offer(self.instance.workshop)
        else:
            del self.fields["community"]
        self.helper = helper(*self.fields)


class LostLinksForm(ForPeople):
    """The address to which the links go."""

    email = AddressField(
        label=_("Email address"),
        help_text=_("The one you registered with."),
        error_messages={"required": _("Write your email address.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = helper("email", TRAP)
