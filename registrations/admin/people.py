"""The list of registrations at the desk."""

from django.contrib import admin
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from registrations.admin import filters
from registrations.admin.base import (
    NoAddNoDeleteAdmin,
    WorkshopFilter,
    people_holding,
    workshop_and_day,
)
from registrations.admin.bulk_acts import NoticeMixin
from registrations.admin.export import ExportMixin
from registrations.admin.lists import FirstPeople, ListOfPeople
from registrations.domain import bulk_acts, privacy, selfservice, signup, waiting_list
from registrations.forms.fields import validate_name
from registrations.models import BulkAct, Registration


@admin.register(Registration)
class RegistrationAdmin(NoticeMixin, ExportMixin, NoAddNoDeleteAdmin):
    list_pages = FirstPeople
    list_display = ["last_name", "first_name", "email", "at", "standing", "registered"]
    sortable_everywhere = ("registered",)
    list_display_links = ["last_name", "first_name"]
    list_filter = [
        "state",
        WorkshopFilter,
        ("community", filters.CommunityFilter),
        "language",
        filters.LinkFilter,
        filters.CameFilter,
        filters.NewsletterFilter,
        filters.MailFilter,
    ]
    search_fields = ["search_text"]
    search_help_text = _(
        "Finds parts of names, addresses and organisations. Accents and capitals do not matter."
    )
    ordering = ["-pk"]  # the newest first; the key has an index
    actions = ["confirm_registrations", "cancel_registrations", "erase_people"]
    acts_of_any_size = tuple(actions)
    fieldsets = [
        (None, {"fields": ["workshop", "state"]}),
        (
            _("Person"),
            {
                "fields": [
                    "first_name",
                    "last_name",
                    "email",
                    "organisation",
                    "community",
                    "language",
                    "zone",
                ],
                "description": _(
                    "Correcting a name sends no mail. An address is not corrected here: "
                    "cancel the registration, and the person registers again."
                ),
            },
        ),
        (
            _("Consent"),
            {
                "fields": [
                    "newsletter_consent_at",
                    "newsletter_consent_text",
                    "consent_at",
                    "consent_text",
                ]
            },
        ),
        (
            _("History"),
            {"fields": ["created_at", "confirmed_at", "cancelled_at", "joined_at", "erased_at"]},
        ),
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
        """Whether a filter may use `lookup`: never a secret link.

        A filter on its first letters would spell it out.
        """
        return "token" not in lookup and super().lookup_allowed(lookup, value, request)

    def get_queryset(self, request):
        workshops = Prefetch("workshop", Workshop.objects.with_hosts())
        people = super().get_queryset(request)
        return people.select_related("community").prefetch_related(workshops)

    def get_changelist(self, request, **kwargs):
        return ListOfPeople

    def found(self, people, typed):
        keys = people_holding(typed)
        return people.holding(typed) if keys is None else people.filter(pk__in=keys)

    def get_ordering(self, request):
        """The first in line first where the waiting list is shown, else the newest first."""
        if request.GET.get("state__exact") == Registration.State.WAITING:
            return ["pk"]
        return self.ordering

    @admin.display(description=_("registered on"), ordering="pk")
    def registered(self, registration):
        return registration.created_at

    @admin.display(description=_("state"), ordering="state")
    def standing(self, registration):
        """« confirmée », « en attente, rang 2 »."""
        state = registration.get_state_display()
        if registration.place_in_line is None:
            return state
        return gettext("%(state)s, rank %(rank)s") % {
            "state": state,
            "rank": registration.place_in_line,
        }

    def save_model(self, request, obj, form, change):
        """Save only the fields that were typed anew.

        The state may have changed since the page was made. A person who is erased stays erased.
        """
        typed = {name: form.cleaned_data[name] for name in form.changed_data}
        if typed:
            selfservice.write_details(obj, typed)

    def has_change_permission(self, request, obj=None):
        is_erased = obj is not None and obj.erased_at is not None
        return super().has_change_permission(request, obj) and not is_erased

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("first_name", "last_name"):
            field.validators.append(validate_name)
        return field

    def name_in_log(self, obj):
        return bulk_acts.name_in_log(obj)

    @admin.display(description=_("workshop"), ordering="workshop__starts_at")
    def at(self, registration):
        return workshop_and_day(registration.workshop)

    @admin.action(
        description=_("Cancel these registrations and tell the people"), permissions=["change"]
    )
    def cancel_registrations(self, request, queryset):
        people = queryset.filter(
            state__in=[Registration.State.CONFIRMED, Registration.State.WAITING]
        )
        people = people.filter(workshop__ends_at__gt=timezone.now())
        question = people.exists() and self.ask(
            request,
            people,
            kind=BulkAct.Kind.CANCEL,
            title=_("Cancel these registrations?"),
            text=_(
                "Each person gets a mail that says so at once, and the seats go to those who wait."
            ),
            button=_("Cancel and tell them"),
        )
        if question:
            return question
        done = self.apply_to(request, people, signup.cancel, gettext("Cancelled the registration."))
        words = ngettext(
            "%(count)s registration cancelled; a mail is leaving for the person.",
            "%(count)s registrations cancelled; a mail is leaving for each person.",
            done,
        )
        self.say(
            request,
            done,
            words,
            _(
                "Nothing was cancelled: these registrations were already, or their workshop "
                "is over."
            ),
        )
        return None

    @admin.action(
        description=_("Confirm these people, beyond the number of seats if need be"),
        permissions=["change"],
    )
    def confirm_registrations(self, request, queryset):
        line = queryset.order_by("pk")
        many = self.hand_over(request, line.waiting(), BulkAct.Kind.CONFIRM)
        if many:
            return many
        done = self.apply_to(
            request,
            line,
            waiting_list.confirm,
            gettext("Confirmed, beyond the number of seats if need be."),
        )
        words = ngettext(
            "%(count)s person confirmed; a mail with the invite is leaving.",
            "%(count)s people confirmed; a mail with the invite is leaving for each.",
            done,
        )
        nobody = _(
            "Nobody was confirmed: only people on the waiting list of a coming workshop can be."
        )
        self.say(request, done, words, nobody)
        return None

    @admin.action(description=_("Erase these people for good"), permissions=["change"])
    def erase_people(self, request, queryset):
        question = self.ask(
            request,
            queryset,
            kind=BulkAct.Kind.ERASE,
            title=_("Erase these people for good?"),
            text=_(
                "Their names, addresses and all else that tells who they are is erased at once "
                "and for good. Registrations at a coming workshop are cancelled with it: a last "
                "mail takes the entry out of the person’s calendar."
            ),
            button=_("Erase them for good"),
        )
        if question:
            return question
        done = self.apply_to(request, queryset, privacy.erase, gettext("Erased the person."))
        words = ngettext("%(count)s person erased.", "%(count)s people erased.", done)
        self.say(request, done, words, _("Nobody was erased: these people were already."))
        return None
