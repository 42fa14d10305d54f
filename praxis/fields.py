"""Fields of one line, for models and for forms."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from praxis.text import validate_plain_line


class SingleLineField(models.CharField):
    """One line of text, with no control, line-separator or bidi character."""

    default_validators = [validate_plain_line]


class SingleLineFormField(forms.CharField):
    """One line of at most 150 characters, as people's and organisations' names are."""

    default_validators = [validate_plain_line]

    def __init__(self, *, autocomplete, missing="", **kwargs):
        kwargs["error_messages"] = {
            "max_length": _("150 characters at most; there are %(show_value)d.")
        }
        if missing:
            kwargs["error_messages"]["required"] = missing
        super().__init__(
            max_length=150, widget=forms.TextInput({"autocomplete": autocomplete}), **kwargs
        )
