"""A form that simple robots fail."""

from datetime import timedelta

from crispy_forms.layout import Div
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

HONEYPOT = Div("website", css_class="trap", aria_hidden="true")  # out of sight for everybody


class HoneypotForm(forms.Form):
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
            return (
                self.now.timestamp()
                - signing.loads(stamp, salt=self.SALT, max_age=self.MAX_AGE) / 1000
            )
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
                _(
                    "The form was sent faster than people type, or by a program. Nothing is lost: please send it again."
                ),
                code="robot",
            )
        return cleaned
