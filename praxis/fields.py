"""Fields for one line of text, in models and in forms."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.text import validate_plain_line


class SingleLineField(models.CharField):
    """One line of text, with no control, line-separator or bidi character."""

    default_validators = [validate_plain_line]


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
