"""The rows of hosts and of presentations in the form of a workshop."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.forms.fields import SpeakersField
from events.models import Hosting, Presentation, Workshop
from praxis.three_way_merge import MergedForm


class HostingForm(MergedForm):
    """One host of a workshop. Its number may be left blank."""

    position = forms.IntegerField(label=_("order"), min_value=1, max_value=100, required=False)

    class Meta:
        model = Hosting
        fields = ["community", "position", "reserved_seats"]


class HostingFormSet(forms.BaseInlineFormSet):
    """The hosts of a workshop. A row without a number goes last; no number is used twice."""

    deletion_widget = forms.CheckboxInput({"aria-label": _("Delete this row")})

    def clean(self):
        super().clean()
        # A row with an error already says what is wrong with it.
        rows = [row for row in filled_rows(self) if row.is_valid()]
        numbers = [row.cleaned_data["position"] for row in rows if row.cleaned_data["position"]]
        used_twice = {number for number in numbers if numbers.count(number) > 1}
        if used_twice:
            words = _(
                "Two hosts bear the number %(number)s. Number them 1, 2, 3…: "
                "the first one gives the clock."
            )
            raise ValidationError(words, params={"number": min(used_twice)})
        for row in rows:
            if not row.cleaned_data["position"]:
                numbers.append(max(numbers, default=0) + 1)
                row.instance.position = row.cleaned_data["position"] = numbers[-1]

    def get_unique_error_message(self, unique_check):
        return _("The same community stands twice among the hosts. Delete one of the two rows.")


TypedHostings = forms.inlineformset_factory(
    Workshop, Hosting, form=HostingForm, formset=HostingFormSet, extra=0
)


def typed_hostings(data, workshop):
    """The hosts in a submitted workshop form, in order: a dictionary of cleaned values each.

    None if a row is wrong. Rows that the organiser may not change are not sent: their stored
    values count.
    """
    if "hostings-TOTAL_FORMS" not in data:
        return stored_hostings(workshop)
    data = with_rows_to_read(data, workshop)
    rows = TypedHostings(data, instance=workshop, prefix="hostings")
    if not rows.is_valid():
        return None
    hostings = [row.cleaned_data for row in filled_rows(rows)]
    return sorted(hostings, key=lambda hosting: hosting["position"])


def require_a_host(hostings, *, may_add):
    """Raise ValidationError unless the rows name a host. Where they are wrong, they are None."""
    if hostings is None:
        words = _(
            "Correct the hosts above first: the first one’s clock says what the typed hours mean."
        )
    elif not hostings and not may_add:
        words = _(
            "A workshop needs at least one host, and you do not have the right to add hosts. Ask "
            "whoever manages the accounts for it, then save again: what you typed still stands "
            "here."
        )
    elif not hostings:
        words = _(
            "Choose the hosts above, at least one: the first one’s clock says what the typed "
            "hours mean."
        )
    else:
        return
    raise ValidationError(words)


def require_own_host(hostings, own):
    """Raise ValidationError where an organiser would not see the workshop any more.

    `own` are the communities of the organiser; None for somebody who sees all workshops.
    """
    if own is None or any(hosting["community"] in own for hosting in hostings):
        return
    if not own:
        words = _(
            "You do not belong to any community yet, so you could not see this workshop once "
            "it is saved. Ask whoever manages the accounts to add you to yours."
        )
        raise ValidationError(words)
    words = _(
        "Keep one of your communities among the hosts, or you would not see this workshop "
        "any more: %(communities)s."
    )
    raise ValidationError(words, params={"communities": ", ".join(map(str, own))})


def require_others_stay(hostings, workshop, own):
    """Raise ValidationError where an organiser puts a community out that is none of `own`."""
    if own is None:
        return
    kept = [hosting["community"] for hosting in hostings]
    for hosting in stored_hostings(workshop):
        if hosting["community"] not in kept and hosting["community"] not in own:
            words = _(
                "%(community)s stays among the hosts: only somebody of that community, or who "
                "administers everything, can take it off. Put it back, then save again."
            )
            raise ValidationError(words, params={"community": hosting["community"]})


class PresentationForm(MergedForm):
    """One presentation of a workshop, and who speaks."""

    class Meta:
        model = Presentation
        fields = ["community", "title", "translated_title", "speaker_lines", "position"]
        field_classes = {"speaker_lines": SpeakersField}
        widgets = {
            "title": forms.TextInput({"size": 50}),
            "translated_title": forms.TextInput({"size": 50}),
            "speaker_lines": forms.Textarea(
                {"rows": 3, "cols": 34, "placeholder": _("Name, role")}
            ),
        }


class PresentationFormSet(forms.BaseInlineFormSet):
    """The presentations of a workshop: each must be given by one of its hosts."""

    deletion_widget = forms.CheckboxInput({"aria-label": _("Delete this row")})

    def clean(self):
        super().clean()
        hostings = typed_hostings(self.data, self.instance) or []
        hosts = [hosting["community"] for hosting in hostings]
        for row in filled_rows(self):
            community = row.instance.community
            if hosts and community not in hosts:
                words = _(
                    "%(community)s is not a host of this workshop. Add it to the hosts, "
                    "or choose another one."
                )
                # A row shown only to be read has no field that could bear the sentence.
                field = "community" if row.add_prefix("community") in self.data else None
                row.add_error(field, ValidationError(words, params={"community": community}))


def filled_rows(formset):
    """The rows of `formset` that name a community and are not to be deleted."""
    return [
        row
        for row in formset.forms
        if row.cleaned_data.get("community") and not row.cleaned_data.get("DELETE")
    ]


def stored_hostings(workshop):
    """The hosts of a workshop as they are stored, in order: a dictionary each."""
    hostings = workshop.hostings.all() if workshop.pk else []
    return [
        {"community": hosting.community, "reserved_seats": hosting.reserved_seats}
        for hosting in hostings
    ]


def with_rows_to_read(data, workshop):
    """`data`, completed by the stored values of each host whose row was only shown."""
    data = data.copy()
    for row in TypedHostings(data, instance=workshop, prefix="hostings").initial_forms:
        if row.add_prefix("community") not in data:
            for name, value in row.initial.items():
                data[row.add_prefix(name)] = "" if value is None else value
    return data
