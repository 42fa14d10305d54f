"""The desk's page of a workshop, as far as it is announced; registrations add to it."""

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.admin.access import FIELDSET, AccessToRead, to_read
from events.admin.hours_to_read import HoursToRead
from events.admin.lists import FoldedSearch, WhenFilter, coming_first
from events.admin.sharing import HasSharePage
from events.forms.hosts import (
    HostingForm,
    HostingFormSet,
    PresentationForm,
    PresentationFormSet,
)
from events.forms.workshop import WorkshopForm
from events.models import Community, Hosting, Presentation, PreviousAddress, Workshop
from praxis.fields import SingleLineField
from praxis.merging_admin import MergingAdmin
from praxis.visible_rows import VisibleRowsAdmin

# Titles are sentences: show them whole.
WIDE_LINES = {SingleLineField: {"widget": forms.TextInput({"class": "vLargeTextField"})}}


class CommunityRowsInline(admin.TabularInline):
    """Rows that choose a community, or add one.

    Icons that change or delete the community itself would mislead: they are left out.
    """

    extra = 0
    autocomplete_fields = ["community"]

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        # The headings of the columns name the fields for the eye alone.
        for field in formset.form.base_fields.values():
            field.widget.attrs["aria-label"] = field.label
        widget = formset.form.base_fields["community"].widget
        widget.can_view_related = False
        widget.can_change_related = False
        widget.can_delete_related = False
        return formset


class HostingInline(CommunityRowsInline):
    model = Hosting
    form = HostingForm
    fields = HostingForm.Meta.fields
    formset = HostingFormSet
    min_num = 1
    verbose_name_plural = _("hosts: the first one’s clock is the one you type in")


class PresentationInline(CommunityRowsInline):
    model = Presentation
    form = PresentationForm
    fields = PresentationForm.Meta.fields
    formset = PresentationFormSet
    formfield_overrides = {SingleLineField: {"widget": forms.TextInput({"size": 50})}}


@admin.register(Workshop)
class WorkshopAdmin(
    FoldedSearch, HoursToRead, AccessToRead, HasSharePage, VisibleRowsAdmin, MergingAdmin
):
    form = WorkshopForm
    formfield_overrides = WIDE_LINES | {models.SlugField: {"widget": forms.TextInput({"size": 80})}}
    inlines = [HostingInline, PresentationInline]
    list_display = ["title", "local_times", "state", "registration_open"]
    list_filter = [WhenFilter, "state"]
    search_fields = ["title", "translated_title", "banner", "slug"]
    date_hierarchy = "starts_at"
    # get_ordering() has the last word; by this one admin would mark a column as sorted.
    ordering = ["pk"]
    readonly_fields = ["saved_times"]
    save_on_top = True
    fieldsets = [
        (_("When, on the first host’s clock"), {"fields": ["start", "end", "saved_times"]}),
        (
            _("What"),
            {
                "fields": [
                    "title",
                    "banner",
                    "slug",
                    "state",
                    "cancellation_reason",
                    "description",
                    "language",
                    "audience",
                    "partners",
                    "contact_email",
                ]
            },
        ),
        (_("Where"), {"fields": ["place", "meeting_url"]}),
        FIELDSET,
        (
            _("The same texts in the other language"),
            {
                "fields": [
                    "translated_banner",
                    "translated_title",
                    "translated_description",
                    "translated_audience",
                    "translated_consent_text",
                    "translated_afterwards",
                    "translated_cancellation_reason",
                ],
                "classes": ["collapse"],
                "description": _(
                    "Who reads the site in that language then sees these on the pages, in mails "
                    "and in the calendar. Titles of presentations stand further below."
                ),
            },
        ),
        (
            _("Registration, on the first host’s clock"),
            {
                "fields": [
                    "registration_open",
                    "opens",
                    "closes",
                    "capacity",
                    "release",
                    "consent_text",
                ]
            },
        ),
        (
            _("On the day"),
            {"fields": ["reminder_days", "reminder_hours", "door_minutes", "keyword"]},
        ),
        (
            _("After the session"),
            {
                "fields": [
                    "replay_url",
                    "slides_url",
                    "afterwards",
                    "afterwards_is_public",
                    "afterwards_mail",
                ]
            },
        ),
    ]

    def clock_of(self, row):
        return row.clocks[0]

    def get_queryset(self, request):
        return super().get_queryset(request).with_hosts()

    def get_fieldsets(self, request, obj=None):
        """The fields; what is secret only for whoever may change the workshop."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            # What comes last in the form comes last in time: it is folded until then.
            *others, (heading, options) = fieldsets
            return [*others, (heading, options | {"classes": ["collapse"]})]
        if self.has_change_permission(request, obj):
            return fieldsets
        return [
            (heading, options | {"fields": to_read(options["fields"])})
            for heading, options in fieldsets
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.may_add_hosts = request.user.has_perm("events.add_hosting")
        if not request.user.is_superuser:
            form.own_communities = Community.objects.of_member(request.user)
        return form

    def get_ordering(self, request):
        return coming_first(timezone.now())

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "partners":
            # Boxes to tick: a pair of lists with arrows is hard to use by thumb or by keyboard.
            kwargs["widget"] = forms.CheckboxSelectMultiple({"class": "choices-in-columns"})
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_delete_permission(self, request, obj=None):
        """Only a draft that was never announced: people may know the address of the others."""
        is_known = obj is None or not obj.is_draft or obj.announced_starts_at is not None
        return not is_known and super().has_delete_permission(request, obj)

    @admin.display(description=_("local times"), ordering="starts_at")
    def local_times(self, workshop):
        """Each host's start and end, and a sentence for each odd offset."""
        return lines(workshop.clock_lines)

    @admin.display(description=_("local times, as saved"))
    def saved_times(self, workshop):
        """The local times as they are stored.

        They are read anew: a refused form has changed its own copy of the workshop.
        """
        if not workshop.pk:
            return gettext("Shown for every host once saved.")
        return self.local_times(Workshop.objects.with_hosts().get(pk=workshop.pk))

    def save_model(self, request, obj, form, change):
        before = Workshop.objects.filter(pk=obj.pk).first()
        obj.note_announcement(before)
        obj.note_what_stays(before, now=timezone.now())
        super().save_model(request, obj, form, change)
        PreviousAddress.objects.note(obj, before)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        workshop = self.get_queryset(request).get(pk=form.instance.pk)
        self.message_user(request, lines(workshop.clock_lines), messages.INFO)
        for warning in self.warnings(workshop, form):
            self.message_user(request, warning, messages.WARNING)

    def warnings(self, workshop, form):
        """Sentences about what an organiser might not expect of the workshop just saved."""
        if form.clock_moved:
            yield gettext(
                "Another clock stands first now. The workshop keeps its instant, and its hours "
                "read otherwise there. To hold it at the hours that stood here before, "
                "type them again."
            )
        if workshop.has_ended(timezone.now()):
            yield gettext("This date is past: the page says that the workshop is over.")


def linked(workshop):
    """The title and the day of `workshop`, with a link to its page at the desk, as HTML."""
    page = reverse("admin:events_workshop_change", args=[workshop.pk])
    return format_html('<a href="{}">{} ({})</a>', page, workshop.title, workshop.day)


def lines(texts):
    """`texts`, escaped, each on a line of its own, as HTML."""
    return format_html_join(mark_safe("<br>"), "{}", ([text] for text in texts))
