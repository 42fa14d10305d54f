"""The desk's page of a workshop, as far as it is announced; registrations add to it."""

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.forms.hosts import (
    HostingForm,
    HostingFormSet,
    PresentationForm,
    PresentationFormSet,
)
from events.forms.workshop import WorkshopForm
from events.models import Hosting, Presentation, Workshop
from praxis.fields import SingleLineField

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
        widget = formset.form.base_fields["community"].widget
        widget.can_view_related = False
        widget.can_change_related = False
        widget.can_delete_related = False
        return formset


class HostingInline(CommunityRowsInline):
    model = Hosting
    form = HostingForm
    formset = HostingFormSet
    min_num = 1
    verbose_name_plural = _("hosts: the first one’s clock is the one you type in")


class PresentationInline(CommunityRowsInline):
    model = Presentation
    form = PresentationForm
    formset = PresentationFormSet
    formfield_overrides = {SingleLineField: {"widget": forms.TextInput({"size": 50})}}


@admin.register(Workshop)
class WorkshopAdmin(admin.ModelAdmin):
    form = WorkshopForm
    formfield_overrides = WIDE_LINES | {models.SlugField: {"widget": forms.TextInput({"size": 80})}}
    inlines = [HostingInline, PresentationInline]
    list_display = ["title", "local_times", "state", "registration_open"]
    list_filter = ["state", "registration_open"]
    search_fields = ["title", "translated_title", "banner", "slug"]
    date_hierarchy = "starts_at"
    filter_horizontal = ["partners"]
    readonly_fields = ["saved_times"]
    save_on_top = True
    fieldsets = [
        (None, {"fields": ["state", "banner", "title", "slug"]}),
        (
            _("When, on the first host’s clock"),
            {
                "fields": ["start", "end", "saved_times"],
                "description": _("The hosts stand at the foot of this page."),
            },
        ),
        (_("Where"), {"fields": ["place", "meeting_url"]}),
        (
            _("What"),
            {"fields": ["description", "language", "audience", "partners", "contact_email"]},
        ),
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
            _("On the day and afterwards"),
            {
                "fields": [
                    "reminder_days",
                    "reminder_hours",
                    "door_minutes",
                    "keyword",
                    "afterwards",
                ]
            },
        ),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_hosts()

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change, **kwargs)
        form.may_add_hosts = request.user.has_perm("events.add_hosting")
        return form

    def has_delete_permission(self, request, obj=None):
        """Only a draft may be deleted: people may have registered for the others."""
        is_draft = obj is not None and obj.is_draft
        return is_draft and super().has_delete_permission(request, obj)

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
        obj.note_announcement(Workshop.objects.filter(pk=obj.pk).first())
        super().save_model(request, obj, form, change)

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


def lines(texts):
    """`texts`, escaped, each on a line of its own, as HTML."""
    return format_html_join(mark_safe("<br>"), "{}", ([text] for text in texts))
