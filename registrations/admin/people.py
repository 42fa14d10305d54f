"""The organisers' view of who comes."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Prefetch
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from events.models import Workshop
from registrations import retention, signup
from registrations.admin.rows import ReadOnlyAdmin, WorkshopFilter, workshop_and_day
from registrations.models import Registration


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
    actions = ["confirm_registrations", "cancel_registrations", "erase_people"]
    fieldsets = [
        (None, {"fields": ["workshop", "state"]}),
        (
            _("Person"),
            {
                "fields": ["first_name", "last_name", "email", "organisation", "community", "language", "zone"],
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
        (_("History"), {"fields": ["created_at", "confirmed_at", "cancelled_at", "joined_at", "erased_at"]}),
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
        "zone",
        "created_at",
        "confirmed_at",
        "cancelled_at",
        "joined_at",
        "erased_at",
    ]

    def lookup_allowed(self, lookup, value, request):
        """Never by a secret link: a filter that begins with its letters would spell it out."""
        return "token" not in lookup and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request):
        workshops = Prefetch("workshop", Workshop.objects.with_hosts())
        return super().get_queryset(request).select_related("community").prefetch_related(workshops)

    def save_model(self, request, obj, form, change):
        """What was typed alone: a seat given meanwhile stays given, and somebody erased stays erased."""
        typed = {name: form.cleaned_data[name] for name in form.changed_data}
        if typed:
            Registration.objects.filter(pk=obj.pk, erased_at=None).update(**typed)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.erased_at is None)

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

    @admin.action(description=_("Confirm these people, beyond the number of seats if need be"), permissions=["change"])
    def confirm_registrations(self, request, queryset):
        now = timezone.now()
        done = sum(signup.confirm(registration, now=now) for registration in queryset.order_by("pk"))
        words = ngettext(
            "%(count)s person confirmed; a mail with the invite is leaving.",
            "%(count)s people confirmed; a mail with the invite is leaving for each.",
            done,
        )
        if done:
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        else:
            self.message_user(
                request,
                _("Nobody was confirmed: only people on the waiting list of a coming workshop can be."),
                messages.WARNING,
            )

    @admin.action(description=_("Erase these people for good"), permissions=["change"])
    def erase_people(self, request, queryset):
        """Asks first: what is erased does not come back."""
        if "sure" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": _("Erase these people for good"),
                "people": queryset,
                "selected": ACTION_CHECKBOX_NAME,
                "opts": self.model._meta,
            }
            return render(request, "admin/registrations/erase.html", context)
        done = sum(retention.erase(registration, now=timezone.now()) for registration in queryset)
        words = ngettext("%(count)s person erased.", "%(count)s people erased.", done)
        self.message_user(request, words % {"count": done}, messages.SUCCESS)
        return None
