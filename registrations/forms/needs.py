"""What a person needs to take part, as the sign-up form and their own page ask for it."""

from functools import lru_cache

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from events.readings import moment_words
from praxis.text import plain_text
from registrations.forms import fields
from registrations.models.need import LONGEST


class NeedsField(forms.CharField):
    """A few lines, cleaned by plain_text().

    The browser is not told how many characters fit: it would cut off what is pasted, in silence.
    """

    def __init__(self, **kwargs):
        super().__init__(
            label=gettext_lazy("What you need to take part fully (optional)"),
            required=False,
            validators=[MaxLengthValidator(LONGEST)],
            widget=forms.Textarea({"rows": 3}),
            **kwargs,
        )

    def to_python(self, value):
        return plain_text(super().to_python(value)).strip()

    def offer(self, workshop):
        """Say beside the field who reads it, until when it helps, and when it is erased."""
        self.help_text = _(
            "Captions, sign language, breaks, documents beforehand…: say what helps you, not why. "
            "Only the organisers read it, to prepare the workshop; it is erased a week after the "
            "end. Please say it by %(deadline)s."
        ) % {"deadline": deadline_words(workshop)}


class NeedsForm(forms.Form):
    """What the person of a registration at `workshop` needs, on their own page."""

    needs = NeedsField()

    def __init__(self, *args, workshop, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["needs"].offer(workshop)
        self.helper = fields.crispy_helper("needs")


class AsksNeeds(forms.Form):
    """A form of sign-up to `workshop`, at `now`, that asks for needs as long as one can act."""

    needs = NeedsField()

    def ask_needs(self):
        """Show the field, or take it out where its time is over.

        What was typed before that moment is shown all the same, with the reason.
        """
        self.takes_needs = self.workshop.takes_needs(self.now)
        if self.takes_needs or self.data.get("needs", "").strip():
            self.fields["needs"].offer(self.workshop)
        else:
            del self.fields["needs"]

    def clean_needs(self):
        if self.cleaned_data["needs"] and not self.takes_needs:
            words = _("It is too late to say this here: empty this field to sign up. %(write)s")
            raise ValidationError(words % {"write": write_words(self.workshop)})
        return self.cleaned_data["needs"]


def deadline_words(workshop):
    """The moment by which a need must be said, on each host's clock."""
    return kept_words(tuple(workshop.clocks), workshop.needs_deadline, get_language())


@lru_cache
def kept_words(clocks, at, _language):
    # Each sign-up says it, to most people in a form that they are not shown again.
    return moment_words(clocks, at)


def late_words(workshop, *, now):
    """What stands in the place of the field once its time is over; "" before, or without one."""
    if not workshop.asks_needs or workshop.takes_needs(now):
        return ""
    words = _("Do you need something to take part fully? %(write)s")
    return words % {"write": write_words(workshop)}


def write_words(workshop):
    """Where one may still ask, once that moment has passed."""
    if not workshop.contact:
        return _("Please tell the organisers: they will do what they can.")
    words = _("Please write to %(contact)s: the organisers will do what they can.")
    return words % {"contact": workshop.contact}
