"""What organisers say of language and access, in the form of a workshop."""

from django import forms
from django.utils.translation import gettext_lazy as _

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
