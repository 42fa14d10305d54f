"""What organisers type about a workshop: wall times on the first host's clock, hosts in their order, presentations."""

from datetime import datetime, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _

from events import clocks
from events.models import Hosting, Workshop
from praxis.characters import plain_text

YEARS = range(2000, 2101)
LONGEST = timedelta(hours=24)


def kept(formset):
    """The forms of a set, each about a community, that were filled in and are not to be deleted."""
    return [row for row in formset.forms if row.cleaned_data.get("community") and not row.cleaned_data.get("DELETE")]


class HostingForm(forms.ModelForm):
    position = forms.IntegerField(label=_("order"), min_value=1, max_value=100, required=False)

    class Meta:
        model = Hosting
        fields = ["community", "position"]


class HostingFormSet(forms.BaseInlineFormSet):
    """The hosts of a workshop. A row without a number goes last; no number is used twice."""

    def clean(self):
        super().clean()
        rows = kept(self)
        numbers = [row.cleaned_data["position"] for row in rows if row.cleaned_data["position"]]
        twice = {number for number in numbers if numbers.count(number) > 1}
        if twice:
            raise ValidationError(
                _("Two hosts bear the number %(number)s. Number them 1, 2, 3…: the first one gives the clock."),
                params={"number": min(twice)},
            )
        for row in rows:
            if not row.cleaned_data["position"]:
                numbers.append(max(numbers, default=0) + 1)
                row.instance.position = row.cleaned_data["position"] = numbers[-1]

    def get_unique_error_message(self, unique_check):
        return _("The same community stands twice among the hosts. Delete one of the two rows.")


TypedHostings = forms.inlineformset_factory(Workshop, Hosting, form=HostingForm, formset=HostingFormSet, extra=0)


def typed_hosts(data, workshop):
    """The communities among the hosting rows of a submitted workshop form, in order; None if the rows are wrong."""
    rows = TypedHostings(data, instance=workshop, prefix="hostings")
    if not rows.is_valid():
        return None
    hosts = sorted(kept(rows), key=lambda row: row.cleaned_data["position"])
    return [row.cleaned_data["community"] for row in hosts]


class PresentationFormSet(forms.BaseInlineFormSet):
    """A presentation is given by one of the hosts: the page shows it under that host."""

    def clean(self):
        super().clean()
        hosts = typed_hosts(self.data, self.instance)
        for row in kept(self):
            community = row.cleaned_data["community"]
            if hosts and community not in hosts:
                words = _("%(community)s is not a host of this workshop. Add it to the hosts, or choose another one.")
                row.add_error("community", ValidationError(words, params={"community": community}))


class WallTimeField(forms.SplitDateTimeField):
    """A naive wall time, typed as a date and an hour on the first host's clock.

    Plain inputs: the admin's own would remark how far the browser is from the server's clock, which here means nothing.
    """

    widget = forms.SplitDateTimeWidget(
        date_format="%Y-%m-%d",
        time_format="%H:%M",
        date_attrs={"type": "date", "aria-label": _("date"), "min": f"{YEARS[0]}-01-01", "max": f"{YEARS[-1]}-12-31"},
        time_attrs={"type": "time", "aria-label": _("hour")},
    )

    def compress(self, data_list):
        if not data_list:
            return None
        if data_list[0].year not in YEARS:
            words = _("The year must lie between %(first)s and %(last)s: check the date.")
            raise ValidationError(words, params={"first": YEARS[0], "last": YEARS[-1]})
        return datetime.combine(*data_list)


class WorkshopForm(forms.ModelForm):
    """Typed on the first host's clock. A wall time that was not touched keeps its instant, whatever became of the hosts.

    `clock_moved` says, once valid, that another clock stands first and no hour was typed anew.
    """

    start = WallTimeField(label=_("Start"))
    end = WallTimeField(label=_("End"))

    class Meta:
        model = Workshop
        exclude = ["starts_at", "ends_at", "hosts"]  # noqa: DJ006 (the desk's fieldsets name what is shown)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        self.clock_moved = False
        self.stored_clock = self.instance.clocks[0] if self.instance.pk else None
        self.hosts = typed_hosts(self.data, self.instance) if self.is_bound else []
        if self.stored_clock:
            self.initial["start"] = clocks.wall(self.instance.starts_at, self.stored_clock.zone)
            self.initial["end"] = clocks.wall(self.instance.ends_at, self.stored_clock.zone)
        clock = self.hosts[0].clock if self.hosts else self.stored_clock
        if clock:
            self.fields["start"].help_text = self.fields["end"].help_text = capfirst(clock.label)

    def clean_description(self):
        return plain_text(self.cleaned_data["description"])

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("slug") and cleaned.get("title"):
            cleaned["slug"] = free_slug(cleaned["title"])
        if self.hosts is None:
            raise ValidationError(
                _("Correct the hosts below first: the first one's clock says what the typed hours mean.")
            )
        if not self.hosts:
            raise ValidationError(
                _("Choose the hosts below, at least one: the first one's clock says what the typed hours mean.")
            )
        clock = self.hosts[0].clock
        moved = self.stored_clock is not None and clock.zone != self.stored_clock.zone
        if moved and len({"start", "end"} & set(self.changed_data)) == 1:
            raise ValidationError(
                _(
                    "Another clock stands first now, and only one of the two hours was typed anew. Type both the start and the end."
                )
            )
        starts_at = self.typed_instant("start", clock, self.instance.starts_at)
        ends_at = self.typed_instant("end", clock, self.instance.ends_at)
        if starts_at and ends_at:
            self.check_length(starts_at, ends_at)
        if not self.errors:
            self.instance.starts_at, self.instance.ends_at = starts_at, ends_at
            self.clock_moved = moved and not {"start", "end"} & set(self.changed_data)
        return cleaned

    def typed_instant(self, field, clock, stored):
        """The instant that `field` says on `clock`, the `stored` one if it was not touched, None if it is wrong."""
        wall = self.cleaned_data.get(field)
        if wall is None or (self.instance.pk and field not in self.changed_data):
            return stored
        try:
            return clocks.instant(wall, clock.zone)
        except clocks.TypedTimeError as error:
            self.add_error(field, typed_time_error(error, clock))
            return None

    def check_length(self, starts_at, ends_at):
        if ends_at <= starts_at:
            self.add_error("end", _("The end must come after the start."))
        elif ends_at - starts_at > LONGEST:
            self.add_error("end", _("The workshop would last more than 24 hours: check the date of the end."))


def typed_time_error(error, clock):
    """A TypedTimeError as a sentence that names the hour, the clock and the remedy."""
    first, last = error.span
    facts = {
        "hour": clocks.time_words(error.wall),
        "day": clocks.day_words(error.wall),
        "clock": clock.label,
        "first": clocks.time_words(first),
        "last": clocks.time_words(last),
    }
    if isinstance(error, clocks.ImpossibleTime):
        words = _(
            "On %(day)s (%(clock)s), clocks jump from %(first)s to %(last)s: %(hour)s does not exist. "
            "Choose an hour before %(first)s, or from %(last)s on."
        )
    else:
        words = _(
            "On %(day)s (%(clock)s), the time from %(first)s to %(last)s passes twice: %(hour)s does not say which. "
            "Choose an hour before %(first)s, or from %(last)s on."
        )
    return ValidationError(words, params=facts, code="typed_time")


def free_slug(title):
    """An address for `title` that no other workshop has, such as l-oeuvre-d-ile-2."""
    plain = title.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "-").replace("'", "-")
    slug = base = slugify(plain)[:70].strip("-") or "atelier"
    number = 1
    while Workshop.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug
