"""The forms of the second factor."""

import time
from base64 import b32encode
from binascii import unhexlify
from urllib.parse import quote, urlencode, urlsplit

import django_otp
from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp.oath import TOTP
from django_otp.util import random_hex

from praxis import audit
from praxis.accounts import mails, sign_in

SALT = "praxis.accounts.second_factor"
KEY_HOLDS = 3600  # seconds in which a key that was shown may be confirmed
CODE_FIELD = forms.TextInput({"autocomplete": "one-time-code", "autofocus": True})
WRONG_CODES = gettext_lazy("Somebody may know your password")


class CodeForm(forms.Form):
    """A code of `user`'s app, or one of the recovery codes; `device` is the one that took it."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("The six digits in your app, or one of your recovery codes."),
        widget=CODE_FIELD,
    )

    def __init__(self, *args, request, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.user, self.device = request, user, None

    def clean_code(self):
        code = self.cleaned_data["code"].replace(" ", "").lower()
        limits, now = sign_in.limits(), timezone.now()
        try:
            with limits.code_guess(self.user.pk, now=now):
                self.device = device_that_takes(code, self.user)
        except limits.TooManyGuesses as refusal:
            audit.note(self.request, "code refused", account=self.user.pk)
            if limits.may_warn(self.user.pk, now=now):
                mails.send(self.user, WRONG_CODES, "admin/accounts/wrong_codes.txt", {})
            raise ValidationError(sign_in.wait_words(refusal.allowed_at - now)) from None
        except ValidationError:
            audit.note(self.request, "wrong code", account=self.user.pk)
            raise
        return code


def device_that_takes(code, user):
    """The device of `user` for which `code` is right: it serves once. Else a ValidationError."""
    with transaction.atomic():
        for device in django_otp.devices_for_user(user, for_verify=True):
            if device.verify_token(code):
                return device
    raise ValidationError(_("This code isn’t right, or is no longer valid. Enter the current one."))


class PasswordForm(forms.Form):
    """The password of `user` once more, before something that weakens the account."""

    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, *args, request, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.request, self.user = request, user

    def clean_password(self):
        password = self.cleaned_data["password"]
        with sign_in.password_guess(self.request, self.user.get_username()):
            if not self.user.check_password(password):
                raise ValidationError(_("This isn’t your password."))
        return password


class ConfirmForm(forms.Form):
    """A first code of a new key, which proves that the app has taken it.

    `key` is hexadecimal. It stands in the form, signed for `user`: nothing is stored before.
    `last_used` is the time step of the code, which serves once.
    """

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        help_text=gettext_lazy("The six digits that the app shows now."),
        widget=CODE_FIELD,
    )
    signed_key = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data=None, *, user):
        key = self.key_in(data, user) or random_hex(20)
        signed = signing.dumps([user.pk, key], salt=SALT)
        # A key that is too old or of somebody else is replaced, also in what was sent.
        if data is not None:
            data = data.copy()
            data["signed_key"] = signed
        super().__init__(data, initial={"signed_key": signed})
        self.user, self.key = user, key

    @staticmethod
    def key_in(data, user):
        """The key that this form showed to `user` within the last hour; None if there is none."""
        try:
            signed = (data or {}).get("signed_key", "")
            account, key = signing.loads(signed, salt=SALT, max_age=KEY_HOLDS)
        except signing.BadSignature:
            return None
        return key if account == user.pk else None

    @property
    def address(self):
        """The otpauth:// address of the key, which the app reads from the QR code."""
        host = urlsplit(settings.SITE_URL).hostname
        label = quote(f"Praxis {host}:{self.user.get_username()}")
        query = {"secret": self.base32, "issuer": f"Praxis {host}"}
        return f"otpauth://totp/{label}?{urlencode(query, quote_via=quote)}"

    @property
    def base32(self):
        return b32encode(unhexlify(self.key)).decode()

    @property
    def key_in_words(self):
        """The key in groups of four letters, for those who type it."""
        return " ".join(self.base32[at : at + 4] for at in range(0, len(self.base32), 4))

    def clean_code(self):
        code = self.cleaned_data["code"].replace(" ", "")
        totp = TOTP(unhexlify(self.key))
        totp.time = time.time()
        is_number = code.isascii() and code.isdecimal()
        if not is_number or not totp.verify(int(code), tolerance=1):
            raise ValidationError(
                _(
                    "The app shows another code. Enter the current one, and check that the clock "
                    "of your phone is right."
                )
            )
        self.last_used = totp.t()
        return code
