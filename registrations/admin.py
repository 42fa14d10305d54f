"""The organisers' view of who comes, and of the mails on their way."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registrations import signup
from registrations.models import OutgoingMail, Registration


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the verbs of signup and outbox make, change and remove."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Registration)
class RegistrationAdmin(ReadOnlyAdmin):
    list_display = ["last_name", "first_name", "email", "workshop", "state", "community", "created_at"]
    list_display_links = ["last_name", "first_name"]
    list_filter = ["state", "workshop", "community", "language", ("newsletter_consent_at", admin.EmptyFieldListFilter)]
    list_select_related = ["workshop", "community"]
    search_fields = ["first_name", "last_name", "email", "organisation"]
    date_hierarchy = "created_at"
    ordering = ["-created_at"]
    actions = ["cancel_registrations"]
    fields = [
        "workshop",
        "state",
        "first_name",
        "last_name",
        "email",
        "organisation",
        "community",
        "language",
        ("newsletter_consent_at", "newsletter_consent_text"),
        ("consent_at", "consent_text"),
        "created_at",
        "cancelled_at",
        "joined_at",
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

    @admin.action(description=_("Cancel these registrations and tell the people"), permissions=["change"])
    def cancel_registrations(self, request, queryset):
        now = timezone.now()
        done = sum(signup.cancel(registration, now=now) for registration in queryset)
        words = ngettext("%(count)s registration cancelled.", "%(count)s registrations cancelled.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ["registration", "kind", "state", "attempts", "created_at", "due_at", "sent_at", "short_error"]
    list_filter = ["state", "kind", "registration__workshop"]
    list_select_related = ["registration"]
    search_fields = ["registration__first_name", "registration__last_name", "registration__email", "message_id"]
    date_hierarchy = "created_at"

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("last error"))
    def short_error(self, mail):
        return mail.last_error[:80]
