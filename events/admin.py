"""Where organisers announce: workshops, communities, partners."""

from collections import defaultdict
from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events import clocks
from events.models import Community, Hosting, Line, Partner, Presentation, Workshop


def zone_choices():
    """The zones grouped by region, for a select: [(region, [(name, label), …]), …]."""
    groups = defaultdict(list)
    for name in clocks.zone_names():
        region, _slash, place = name.partition("/")
        groups[region].append((name, f"{place.replace('_', ' ')} ({name})" if place else name))
    return [("", "---------"), *sorted(groups.items())]


# Titles are sentences: show them whole.
WIDE_LINES = {Line: {"widget": admin.widgets.AdminTextInputWidget({"class": "vLargeTextField"})}}


class CommunityForm(forms.ModelForm):
    zone = forms.ChoiceField(label=_("time zone"), choices=zone_choices)


@admin.register(Community)
class CommunityAdmin(admin.ModelAdmin):
    form = CommunityForm
    list_display = ["name", "place", "zone", "site"]
    search_fields = ["name", "place"]


@admin.register(Partner)
class PartnerAdmin(admin.ModelAdmin):
    list_display = ["name", "acronym", "site"]
    search_fields = ["name", "acronym"]


class HostingInline(admin.TabularInline):
    model = Hosting
    extra = 0
    min_num = 1
    autocomplete_fields = ["community"]
    verbose_name_plural = _("hosts: the first one's clock is the one you type in")


class PresentationInline(admin.TabularInline):
    model = Presentation
    extra = 0
    formfield_overrides = WIDE_LINES
    autocomplete_fields = ["community"]


HostingFormSet = forms.inlineformset_factory(Workshop, Hosting, fields=["community", "position"], extra=0)


def first_zone_typed(data, workshop):
    """The zone (IANA) of the first host among the inline rows of a submitted workshop form, or None."""
    rows = HostingFormSet(data, instance=workshop, prefix="hostings")
    if not rows.is_valid():
        return None
    hosts = [row for row in rows.cleaned_data if row.get("community") and not row.get("DELETE")]
    # A stable sort, as the database's order by (position, pk) is: new rows come last.
    return min(hosts, key=lambda row: row["position"])["community"].zone if hosts else None


class WallTimeField(forms.SplitDateTimeField):
    """A naive wall time, typed as a date and an hour on the first host's clock.

    Plain inputs: the admin's own would remark how far the browser is from the server's clock, which here means nothing.
    """

    widget = forms.SplitDateTimeWidget(
        date_format="%Y-%m-%d",
        time_format="%H:%M",
        date_attrs={"type": "date", "aria-label": _("date")},
        time_attrs={"type": "time", "aria-label": _("hour")},
    )

    def compress(self, data_list):
        if not data_list:
            return None
        return datetime.combine(*data_list)


class WorkshopForm(forms.ModelForm):
    """Typed on the first host's clock. A wall time that was not touched keeps its instant, whatever became of the hosts."""

    start = WallTimeField(label=_("starts"))
    end = WallTimeField(label=_("ends"))

    class Meta:
        model = Workshop
        fields = [
            "state",
            "banner",
            "title",
            "slug",
            "place",
            "meeting_url",
            "description",
            "language",
            "audience",
            "partners",
            "contact_email",
            "registration_open",
            "capacity",
            "consent_text",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            zone = self.instance.first_zone
            self.initial["start"] = clocks.wall(self.instance.starts_at, zone)
            self.initial["end"] = clocks.wall(self.instance.ends_at, zone)
            self.fields["start"].help_text = self.instance.clocks[0].label

    def clean(self):
        cleaned = super().clean()
        zone = first_zone_typed(self.data, self.instance)
        if zone is None:
            raise ValidationError(_("Check the hosts below: the first one's clock says what the typed hours mean."))
        self.set_instant("start", "starts_at", zone)
        self.set_instant("end", "ends_at", zone)
        starts_at, ends_at = self.instance.starts_at, self.instance.ends_at
        if starts_at and ends_at and not self.errors and ends_at <= starts_at:
            self.add_error("end", _("The end must come after the start."))
        return cleaned

    def set_instant(self, field, attribute, zone):
        wall = self.cleaned_data.get(field)
        if wall is None or (self.instance.pk and field not in self.changed_data):
            return
        try:
            setattr(self.instance, attribute, clocks.instant(wall, zone))
        except clocks.TypedTimeError as error:
            self.add_error(field, typed_time_error(error))


def typed_time_error(error):
    """A TypedTimeError as a sentence that names the hour, the place and the remedy."""
    facts = {"hour": clocks.time_words(error.wall), "day": clocks.day_words(error.wall), "zone": error.zone}
    if isinstance(error, clocks.ImpossibleTime):
        words = _(
            "On %(day)s, clocks in %(zone)s jump over %(hour)s: that hour does not exist. Choose an earlier or a later one."
        )
    else:
        words = _("On %(day)s, clocks in %(zone)s show %(hour)s twice. Choose an hour before or after the change.")
    return ValidationError(words, params=facts, code="typed_time")


@admin.register(Workshop)
class WorkshopAdmin(admin.ModelAdmin):
    form = WorkshopForm
    formfield_overrides = WIDE_LINES
    inlines = [HostingInline, PresentationInline]
    list_display = ["title", "local_times", "state", "registration_open"]
    list_filter = ["state", "registration_open"]
    search_fields = ["title", "banner", "slug"]
    date_hierarchy = "starts_at"
    prepopulated_fields = {"slug": ["title"]}
    filter_horizontal = ["partners"]
    readonly_fields = ["local_times"]
    save_on_top = True
    fieldsets = [
        (None, {"fields": ["state", "banner", "title", "slug"]}),
        (_("When, on the first host's clock"), {"fields": ["start", "end", "local_times"]}),
        (_("Where"), {"fields": ["place", "meeting_url"]}),
        (_("What"), {"fields": ["description", "language", "audience", "partners", "contact_email"]}),
        (_("Registration"), {"fields": ["registration_open", "capacity", "consent_text"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_hosts()

    @admin.display(description=_("local times"), ordering="starts_at")
    def local_times(self, workshop):
        """Every host's start and end, and the sentence about the clocks where there is one."""
        if not workshop.pk:
            return gettext("Shown for every host once saved.")
        return format_html_join(mark_safe("<br>"), "{}", ([line] for line in workshop.clock_lines))

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        workshop = Workshop.objects.with_hosts().get(pk=form.instance.pk)
        day, *lines = workshop.clock_lines
        self.message_user(request, f"{day} : {' ; '.join(lines)}", messages.INFO)
