"""A person's name, and the form in which people correct their details."""

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from praxis import zones
from praxis.fields import SingleLineFormField
from registrations.forms import fields
from registrations.forms.fields import CommunityField, validate_name
from registrations.models import Registration


class NameFields(forms.Form):
    """The names of a person and of their organisation, as two forms ask for them."""

    first_name = SingleLineFormField(
        label=_("First name"),
        autocomplete="given-name",
        missing=_("Enter your first name."),
        validators=[validate_name],
    )
    last_name = SingleLineFormField(
        label=_("Last name"),
        autocomplete="family-name",
        missing=_("Enter your last name."),
        validators=[validate_name],
    )
    organisation = SingleLineFormField(
        label=_("Organisation (optional)"), autocomplete="organization", required=False
    )


class DetailsForm(NameFields, forms.ModelForm):
    """The details that a person corrects behind the manage link.

    A person who waits may also name their community, for which seats may be reserved.
    """

    community = CommunityField()
    zone = forms.ChoiceField(
        label=_("Your time zone (optional)"),
        required=False,
        help_text=_("If its hours differ from the hosts’, we show your own time as well."),
    )

    class Meta:
        model = Registration
        fields = ["first_name", "last_name", "organisation", "community", "language", "zone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        hosts = {clock.zone: clock.label for clock in self.instance.workshop.clocks}
        self.fields["zone"].choices = [
            ("", _("Not given")),
            *hosts.items(),
            *zones.choices(without=hosts),
        ]
        self.fields["language"].label = _("Language of emails")
        self.fields["language"].choices = [
            (code, capfirst(get_language_info(code)["name_local"]))
            for code, _name in settings.LANGUAGES
        ]
        if self.instance.is_waiting:
            self.fields["community"].offer(self.instance.workshop)
        else:
            del self.fields["community"]
        self.helper = fields.crispy_helper(*self.fields)
