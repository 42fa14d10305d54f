"""What organisers type or choose before an act about people."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from praxis.text import plain_text
from registrations.forms.fields import AddressField

LONGEST_WORD = 600


class WordForm(forms.Form):
    """An organiser's own word in the mail to people who are cancelled."""

    word = forms.CharField(
        label=_("A word from you, if you like"),
        help_text=_(
            "It stands in the mail and on the person’s own page, as you type it. "
            "600 characters at most."
        ),
        required=False,
        max_length=LONGEST_WORD,
        widget=forms.Textarea({"rows": 5}),
    )

    def clean_word(self):
        return plain_text(self.cleaned_data["word"])


class EraseForm(WordForm):
    """Whether to erase the registrations that were chosen, or all of the same addresses."""

    ONE, ALL = "one", "all"

    def __init__(self, *args, chosen, total, is_coming, **kwargs):
        super().__init__(*args, **kwargs)
        if total > chosen:
            only = ngettext(
                "Only the one that was chosen", "Only the %(count)s that were chosen", chosen
            )
            every = ngettext("All %(count)s of them", "All %(count)s of them", total)
            self.fields["which"] = forms.ChoiceField(
                label=_("What is to be erased?"),
                choices=[
                    (self.ALL, every % {"count": total}),
                    (self.ONE, only % {"count": chosen}),
                ],
                error_messages={"required": _("Choose one of the two.")},
                widget=forms.RadioSelect,
            )
        if not is_coming:
            # No mail leaves.
            del self.fields["word"]
        self.order_fields(["which", "word"])

    @property
    def erases_all(self):
        return self.cleaned_data.get("which") == self.ALL


class BeyondForm(forms.Form):
    """Whether a restored person gets a seat where none is free."""

    beyond = forms.BooleanField(
        label=_("Give a seat all the same, beyond the number of seats"), required=False
    )


class AddressForm(forms.Form):
    """The address that a person has in truth."""

    address = AddressField(
        label=_("The right address"),
        error_messages={"required": _("Enter the address.")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["address"].widget.attrs["autocomplete"] = "off"
