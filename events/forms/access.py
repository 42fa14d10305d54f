"""What organisers say of language and access, in the form of a workshop."""

from django import forms
from django.utils.translation import gettext_lazy as _

from events.forms.fields import WallTimeField
from events.models import Workshop
from praxis.three_way_merge import MergedForm


class AccessFields(MergedForm):
    """The fields of events/models/access.py that are no plain columns."""

    interpretation = forms.MultipleChoiceField(
        label=_("Interpretation"),
        choices=Workshop.Interpretation,
        required=False,
        widget=forms.CheckboxSelectMultiple({"class": "choices-in-columns"}),
    )
    needs_by = WallTimeField(
        label=_("Until when you can act on what people need"),
        required=False,
        help_text=_(
            "On the first host’s clock. Left blank: seven days before the start, at its hour. "
            "People read it on every host’s clock."
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["spoken_language"] = self.instance.language

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("interpretation_url") and not cleaned.get("interpretation"):
            words = _("Tick which interpretation its address leads to.")
            self.add_error("interpretation", words)
        return cleaned

    def check_needs_by(self, needs_by, starts_at):
        if needs_by and starts_at and needs_by > starts_at:
            self.add_error("needs_by", _("This deadline must come before the start."))
