"""What the join page asks: how many come, and the word that was said."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST = 500


class JoinForm(forms.Form):
    """How many people are behind the screen. Nobody is kept out of the room for a number."""

    group_size = forms.IntegerField(
        label=_("How many are you behind this screen?"),
        required=False,
        widget=forms.NumberInput(
            {"min": 1, "max": MOST, "class": "form-control", "aria-describedby": "group-help"}
        ),
    )

    @property
    def people(self):
        """The number typed, from 1 to MOST; 1 for what is no number."""
        self.is_valid()
        return min(max(self.cleaned_data.get("group_size") or 1, 1), MOST)


class KeywordForm(forms.Form):
    """The word said in the room, and whether another person's screen counts this one already."""

    keyword = forms.CharField(
        label=_("The word that was said in the room"),
        max_length=80,
        widget=forms.TextInput({"class": "form-control", "autocomplete": "off"}),
    )
    is_beside = forms.BooleanField(
        label=_("I’m beside somebody who is connected, and they have counted me"),
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
