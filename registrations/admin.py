"""The organisers' view of who comes, and of the mails on their way."""

from django.contrib import admin, messages
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_tasks_db.models import DBTaskResult

from events.models import Workshop
from registrations import signup
from registrations.models import OutgoingMail, Registration

# The engine's own rows say nothing to an organiser.
admin.site.unregister(DBTaskResult)


class WorkshopFilter(admin.SimpleListFilter):
    """By workshop, each with its date: a series repeats its title."""

    title = _("workshop")
    parameter_name = "workshop"
    lookup = "workshop"

    def lookups(self, request, model_admin):
        return [(workshop.pk, workshop_and_day(workshop)) for workshop in Workshop.objects.with_hosts()]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        known = {str(pk) for pk, _title in self.lookup_choices}
        return queryset.filter(**{self.lookup: self.value()}) if self.value() in known else queryset.none()


class MailWorkshopFilter(WorkshopFilter):
    lookup = "registration__workshop"


def workshop_and_day(workshop):
    return f"{Truncator(workshop.title).chars(40)} ({workshop.day})"


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the verbs of signup and outbox make, change and remove."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    list_display = ["last_name", "first_name", "email", "at", "state", "created_at"]
    list_display_links = ["last_name", "first_name"]
    list_filter = [
        "state",
        WorkshopFilter,
        "community",
        "language",
        ("newsletter_consent_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["first_name", "last_name", "email", "organisation"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    actions = ["cancel_registrations"]
    fieldsets = [
        (None, {"fields": ["workshop", "state"]}),
        (
            _("Person"),
            {
                "fields": ["first_name", "last_name", "email", "organisation", "community", "language"],
                "description": _(
                    "Correcting a name sends no mail. An address is not corrected here: cancel the registration, "
                    "and the person registers again."
                ),
            },
        ),
        (
            _("Consent"),
            {"fields": ["newsletter_consent_at", "newsletter_consent_text", "consent_at", "consent_text"]},
        ),
        (_("History"), {"fields": ["created_at", "cancelled_at", "joined_at"]}),
    ]
    readonly_fields = [
        "workshop",
        "state",
        "email",
        "community",
        "newsletter_consent_at",
        "newsletter_consent_text",
        "consent_at",
        "consent_text",
        "created_at",
        "cancelled_at",
        "joined_at",
    ]

    def lookup_allowed(self, lookup, value, request):
        """Never by a secret link: a filter that begins with its letters would spell it out."""
        return "token" not in lookup and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request):
        workshops = Prefetch("workshop", Workshop.objects.with_hosts())
        return super().get_queryset(request).select_related("community").prefetch_related(workshops)

    @admin.display(description=_("workshop"), ordering="workshop__starts_at")
    def at(self, registration):
        return workshop_and_day(registration.workshop)

    @admin.action(description=_("Cancel these registrations and tell the people"), permissions=["change"])
    def cancel_registrations(self, request, queryset):
        now = timezone.now()
        done = sum(signup.cancel(registration, now=now) for registration in queryset)
        words = ngettext(
            "%(count)s registration cancelled; a mail is leaving for the person.",
            "%(count)s registrations cancelled; a mail is leaving for each person.",
            done,
        )
        if done:
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        else:
            self.message_user(request, _("Nothing was cancelled: these registrations were already."), messages.WARNING)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["registration", "registration__email", "kind", "state", "short_error", "sent_at", "attempts"]
    list_filter = ["state", "kind", MailWorkshopFilter]
    list_select_related = ["registration"]
    search_fields = ["registration__first_name", "registration__last_name", "registration__email", "message_id"]
    date_hierarchy = "created_at"

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("last error"))
    def short_error(self, mail):
        return mail.last_error[:80]
