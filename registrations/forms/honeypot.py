"""A form that stops simple robots: by a hidden field, a minimum time, a stamp that serves once."""

import platform
import secrets
from datetime import timedelta

from crispy_forms.layout import Div
from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

# The field in its place on the page, where neither people nor their screen readers find it.
HONEYPOT = Div("website", css_class="honeypot", aria_hidden="true")


class HoneypotForm(forms.Form):
    """A form that simple robots fail.

    The hidden field `website` must stay empty, and MIN_SECONDS must pass between the moment the
    form was opened and the moment it was sent. `opened` holds the first one, stamped; `now` is the
    second one, an aware datetime. A person who fails by accident sends the same form again and
    passes.
    `cleaned_data["stamp"]` is the stamp, for whoever notes that it has served.
    """

    MIN_SECONDS = 2
    # Seconds by which the clocks of two machines may differ.
    CLOCKS_DIFFER = 60
    MAX_AGE = timedelta(days=2)
    SALT = "registrations.forms.stamp"

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
        if data is None:
            self.initial["opened"] = self.stamp(now)

    @classmethod
    def stamp(cls, at):
        """A signed stamp of the aware datetime `at`; no two are equal.

        It holds milliseconds since 1970, the machine and something random.
        """
        milliseconds = int(at.timestamp() * 1000)
        return signing.dumps([milliseconds, machine(), secrets.token_hex(8)], salt=cls.SALT)

    def clean(self):
        """Raise ValidationError for a robot; `website` and `opened` are no data of the form."""
        cleaned = super().clean()
        cleaned.pop("website", None)
        cleaned["stamp"] = cleaned.pop("opened", "")
        seconds = self.seconds_open(cleaned["stamp"])
        if seconds is None:
            # Without a stamp of ours the form could never pass: the one shown again has it.
            self.stamp_anew()
        if seconds is not None and seconds < self.MIN_SECONDS:
            # A browser that fills the form in does that honestly.
            words = _(
                "The form came in very quickly: as a precaution, please send it again. "
                "Nothing is lost."
            )
            raise ValidationError(words, code="robot")
        if self.honeypot_was_filled or seconds is None:
            words = _("As a precaution, please send the form again. Nothing is lost.")
            raise ValidationError(words, code="robot")
        return cleaned

    def seconds_open(self, stamp):
        """For how many seconds the form was open at most.

        None if `stamp` is not ours, past MAX_AGE or of a moment that is still to come.
        On the machine that made the stamp this is exact. The clock of another one may be ahead:
        what it stamped counts as CLOCKS_DIFFER longer, so that nobody is refused for that.
        """
        try:
            milliseconds, made_by, _random = signing.loads(
                stamp, salt=self.SALT, max_age=self.MAX_AGE
            )
        except signing.BadSignature:
            return None
        seconds = self.now.timestamp() - milliseconds / 1000
        if made_by != machine():
            seconds += self.CLOCKS_DIFFER
        return seconds if seconds >= 0 else None

    def refuse_used_stamp(self):
        """Say that the form was sent already; shown again it passes, with a stamp of its own."""
        self.stamp_anew()
        self.add_error(
            None, _("This form has already been sent. Nothing is lost: please send it again.")
        )

    def stamp_anew(self):
        """Put a new stamp into the form that is shown again, beside all that was typed."""
        self.data = self.data.copy()
        self.data["opened"] = self.stamp(self.now)


def machine():
    """A short name of this machine that tells nobody what it is called."""
    name = platform.node()
    return salted_hmac("registrations.forms.machine", name, algorithm="sha256").hexdigest()[:8]
