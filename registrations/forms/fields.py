"""Fields that several forms of registrations share, and their crispy helper."""

import hashlib
import re
import unicodedata

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from praxis.text import french_spacing, validate_plain_line

# A letter or digit, a dot, at least two letters: what mail programs turn into a link.
WEB_ADDRESS = re.compile(r"://|[^\W_][.\u3002][^\W\d_]{2,}")
MOST_DIGITS = 6  # one less than the shortest telephone numbers that are dialled from abroad


def validate_name(value):
    """Raise ValidationError if `value` (str) holds a web address or a telephone number.

    A name stands in our mail to the address beside it, which may be a stranger's.
    Initials pass: "J.-P.", "J.R.R.", "St. John". "Jean.Dupont" does not: a mail program makes a
    link of it.
    """
    plain = without_disguise(value)
    if WEB_ADDRESS.search(plain):
        raise ValidationError(
            _(
                "This looks like a web address. If it is a name, leave a space after the dot, as "
                "in “J. Dupont”."
            ),
            code="link",
        )
    if sum(character.isdigit() for character in plain) > MOST_DIGITS:
        raise ValidationError(
            _(
                "This looks like a telephone number. Write the name alone: it may hold six digits "
                "at most."
            ),
            code="number",
        )


def without_disguise(text):
    """`text` as mail programs read it: wide letters, dots and digits as ordinary ones (NFKD).

    Accents and characters without a width (Unicode categories M and Cf) are left out.
    """
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(
        character
        for character in decomposed
        if unicodedata.category(character) not in ("Cf", "Mn", "Mc", "Me")
    )


class AddressField(forms.EmailField):
    """A mail address that mail from outside reaches.

    Its domain is cleaned to ASCII (IDNA), as headers and ATTENDEE write it. Beside what Django
    refuses, these are refused: localhost, numbers for a domain, quoted local parts, which break
    half of the world's mail, and what is too long for RFC 5321 4.5.3.1.
    """

    widget = forms.EmailInput({"autocomplete": "email", "spellcheck": "false"})
    default_validators = [validate_plain_line, EmailValidator(allowlist=[])]
    default_error_messages = {
        "invalid": _("Enter a complete email address, such as name@example.org.")
    }

    def __init__(self, **kwargs):
        super().__init__(max_length=254, **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if value in self.empty_values:
            return value
        local, _at, domain = value.rpartition("@")
        invalid = ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            address = f"{local}@{ascii_domain(domain)}"
        except ValueError:
            raise invalid from None
        # Django lets look-alikes of ASCII letters pass.
        if not address.isascii() or '"' in local or len(local) > 64 or len(address) > 254:
            raise invalid
        return address


class CommunityField(forms.ChoiceField):
    """One of the hosts' communities, or none; a Community, or None.

    The hosts come with the workshop: they cost no statement.
    """

    default_error_messages = {
        "invalid_choice": forms.ModelChoiceField.default_error_messages["invalid_choice"]
    }

    def __init__(self):
        super().__init__(label=_("Your community of practice (optional)"), required=False)

    def offer(self, workshop):
        """Let people choose among the hosts of `workshop`, in their order."""
        self.workshop = workshop
        self.choices = self.offered

    def offered(self):
        yield "", _("None, or another one")
        for community in self.workshop.communities:
            yield str(community.pk), french_spacing(str(community))

    def clean(self, value):
        key = super().clean(value)
        return {str(each.pk): each for each in self.workshop.communities}[key] if key else None


def ascii_domain(domain):
    """`domain` in ASCII (IDNA).

    Raises ValueError if it is a number, or if it would become another domain than the one typed.
    """
    if domain.startswith("["):
        raise ValueError(domain)
    written = domain.encode("idna").decode()
    if written.encode().decode("idna").lower() != domain.lower():
        raise ValueError(domain)
    return written


def crispy_helper(*layout):
    """A FormHelper for the fields alone, in `layout`: the page itself has <form> and CSRF token."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(*layout)
    return helper


def version_of(text):
    """A digest of `text`, by which a page sends back which text was on it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
