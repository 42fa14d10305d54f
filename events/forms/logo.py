"""The logo that an organiser chooses, in the form of a community or of a partner."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from events import logos
from events.models import Logo
from praxis.three_way_merge import MergedForm


class LogoInput(forms.ClearableFileInput):
    """Shows the logo as it is, and takes another one. static/logo.js says early what is too large:
    the whole form would be refused.
    """

    class Media:
        js = [forms.Script("logo.js", defer=True)]

    def __init__(self, attrs=None):
        facts = {
            "accept": "image/svg+xml,image/png",
            "data-most": logos.MOST_UPLOADED,
            "data-too-large": logos.TOO_LARGE,
        }
        super().__init__(facts | (attrs or {}))

    def render(self, name, value, attrs=None, renderer=None):
        context = self.get_context(name, value, attrs)
        return render_to_string("admin/events/logo.html", context)


class LogoField(forms.FileField):
    """An uploaded picture as an unsaved Logo; the stored Logo if nothing was uploaded; None."""

    widget = LogoInput

    def clean(self, data, initial=None):
        logo = super().clean(data, initial)
        if not logo or isinstance(logo, Logo):
            return logo or None
        return Logo(**logos.read(logo.read(logos.MOST_UPLOADED + 1)))


class LogoForm(MergedForm):
    """A community or a partner, its logo among the fields."""

    logo = LogoField(
        label=_("Logo"),
        required=False,
        help_text=_(
            "SVG or PNG, for a light background; some 500 pixels wide are enough. What the file "
            "holds besides the picture is left out."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["logo"] = self.instance.logo

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("logo") and not cleaned.get("logo_alt") and "logo_alt" not in self.errors:
            self.add_error(
                "logo_alt",
                _("Say in words what the logo shows, for those who do not see it: mostly a name."),
            )
        return cleaned

    def full_clean(self):
        """A browser forgets the chosen file when a form comes back: say so."""
        super().full_clean()
        logo = getattr(self, "cleaned_data", {}).get("logo")
        if self.errors and logo and logo.pk is None:
            self.add_error(
                "logo", ValidationError(_("Choose the file once more: it was not kept."))
            )
