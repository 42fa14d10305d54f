"""A form that stops simple robots by a hidden field and a minimum time."""

from datetime import timedelta

from crispy_forms.layout import Div
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# The field in its place on the page, where neither people nor their screen readers find it.
HONEYPOT = Div("website", css_class="honeypot", aria_hidden="true")


class HoneypotForm(forms.Form):
    """A form that simple robots fail.

    The hidden field `website` must stay empty, and MIN_SECONDS must pass between the moment the
    form was opened and the moment it was sent. `opened` holds the first one, signed; `now` is the
    second one, an aware datetime. A person who fails by accident sends the same form again and
    passes.
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
        self.honeypot_was_filled = bool(data and data.get("website"))
        if self.honeypot_was_filled:
            # Some programs fill whatever they find: the form shown again must pass.
            data = data.copy()
            data["website"] = ""
        super().__init__(data, **kwargs)
        self.now = now
        self.initial["opened"] = self.stamp(now)

    @classmethod
    def stamp(cls, at):
        """The aware datetime `at`, as milliseconds since 1970, signed."""
        return signing.dumps(int(at.timestamp() * 1000), salt=cls.SALT)

    def clean(self):
        """Raise ValidationError for a robot; `website` and `opened` are no data of the form."""
        cleaned = super().clean()
        cleaned.pop("website", None)
        seconds = self.seconds_open(cleaned.pop("opened", ""))
        if seconds is None:
            # Without a stamp of ours the form could never pass: the one shown again has it.
            self.data = self.data.copy()
            self.data["opened"] = self.stamp(self.now)
        if self.honeypot_was_filled or seconds is None or seconds < self.MIN_SECONDS:
            raise ValidationError(
                _(
                    "The form was sent faster than people type, or by a program. Nothing is lost: "
                    "please send it again."
                ),
                code="robot",
            )
        return cleaned

    def seconds_open(self, stamp):
        """For how many seconds the form was open; None if `stamp` is not ours or past MAX_AGE."""
        try:
            milliseconds = signing.loads(stamp, salt=self.SALT, max_age=self.MAX_AGE)
        except signing.BadSignature:
            return None
        return self.now.timestamp() - milliseconds / 1000
