"""Fields for one line of text, in models and in forms; which web addresses are taken."""

from django import forms
from django.core.validators import URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.text import UNSEEN, validate_plain_line

# Whoever holds such an address gets in: nobody on the way there may read it.
is_secure_address = URLValidator(
    schemes=["https"],
    code="insecure",
    message=_("Write a secure address, beginning with https://."),
)


class SingleLineField(models.CharField):
    """One line of text, with no control, line-separator or bidi character."""

    default_validators = [validate_plain_line]

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PastedLineField, **kwargs})


class PastedLineField(forms.CharField):
    """One line, as it is pasted from elsewhere: what no eye sees in it is dropped.

    A line that is too long is refused with its length; a browser would cut it without a word.
    """

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(character for character in value if character not in UNSEEN)
        return super().to_python(value)

    def widget_attrs(self, widget):
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class SingleLineFormField(forms.CharField):
    """One line of at most 150 characters: the name of a person or of an organisation.

    `missing` is the message for a required field that is left empty; "" keeps Django's own.
    """

    default_validators = [validate_plain_line]

    def __init__(self, *, autocomplete, missing="", **kwargs):
        kwargs["error_messages"] = {
            "max_length": _("150 characters at most; you’ve typed %(show_value)d.")
        }
        if missing:
            kwargs["error_messages"]["required"] = missing
        super().__init__(
            max_length=150, widget=forms.TextInput({"autocomplete": autocomplete}), **kwargs
        )
