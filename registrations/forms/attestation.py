"""Where somebody puts the code of an attestation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from registrations.domain import attestation_codes
from registrations.models import RevokedAttestation

MOST_TYPED = 4000  # characters, with all that may stand between them


class CodeForm(forms.Form):
    """The code, as it was copied: its groups and lines, or the whole link."""

    code = forms.CharField(
        label=_("The code, or the link"),
        help_text=_("Copied from the certificate; spaces and line breaks don’t matter."),
        max_length=MOST_TYPED,
        error_messages={"required": _("Paste the code of a certificate, or its link.")},
        widget=forms.Textarea({"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self):
        code = attestation_codes.typed(self.cleaned_data["code"])
        if attestation_codes.parts(code) is None:
            raise forms.ValidationError(
                _(
                    "This is no whole code. Copy it once more, from its first character to its "
                    "last, or open the link or the QR code of the certificate."
                )
            )
        return code


class ReasonForm(forms.Form):
    """Why an attestation is revoked."""

    reason = forms.ChoiceField(
        label=_("Why?"),
        help_text=_("Whoever checks this certificate reads it."),
        choices=RevokedAttestation.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the reasons.")},
    )
