"""The three questions after a workshop."""

from django import forms
from django.utils.translation import gettext_lazy as _

from praxis.text import plain_text
from registrations.domain.sealed_answers import LONGEST_REMARK
from registrations.models.ballot_box import CHOSEN


class Choices(forms.RadioSelect):
    """Choices in a row; a link to the question leads to the first of them."""

    def id_for_label(self, id_, index=None):
        return super().id_for_label(id_, "0" if index is None else index)


class ChosenField(forms.ChoiceField):
    """One of the questions in CHOSEN; `short_label` is what the summary of errors calls it."""

    def __init__(self, name, *, short_label, **kwargs):
        question, answers = CHOSEN[name]
        self.short_label = short_label
        super().__init__(
            label=question,
            choices=answers.choices,
            widget=Choices,
            error_messages={
                "required": _("Choose one of the answers."),
                "invalid_choice": _("Choose one of the answers."),
            },
            **kwargs,
        )


class BallotForm(forms.Form):
    """What somebody answers; `cleaned_data` is what ballots.answer() takes."""

    useful = ChosenField("useful", short_label=_("First question"))
    took_part = ChosenField(
        "took_part",
        short_label=_("Second question"),
        help_text=_("Time, sound, language, captions…"),
    )
    remark = forms.CharField(
        label=_("What will you keep from it, and what would you change? (optional)"),
        help_text=_(
            "500 characters at most. The organisers read these words as you write them: name "
            "nobody, not even yourself."
        ),
        required=False,
        max_length=LONGEST_REMARK,
        widget=forms.Textarea({"rows": 5, "class": "form-control"}),
        error_messages={"max_length": _("500 characters at most; you’ve typed %(show_value)d.")},
    )
    remark.short_label = _("Third question")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A browser would cut what is pasted without a word.
        self.fields["remark"].widget.attrs.pop("maxlength", None)

    @property
    def chosen(self):
        """The fields of the questions in CHOSEN."""
        return [self[name] for name in CHOSEN]

    def clean_remark(self):
        return plain_text(self.cleaned_data["remark"]).strip()
