"""The list of registrations at the desk."""

from django.contrib import admin
from django.db.models import Prefetch
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import Hosting
from praxis import zones
from registrations.admin import filters
from registrations.admin.base import (
    WorkshopFilter,
    moment,
    people_holding,
    workshop_and_day,
)
from registrations.admin.bulk_acts import NoticeMixin
from registrations.admin.export import ExportMixin
from registrations.admin.lists import ListOfPeople, PagesOfPeople
from registrations.admin.person import PersonPage
from registrations.domain import bulk_acts, selfservice
from registrations.forms.fields import validate_name
from registrations.models import Registration


@admin.register(Registration)
class RegistrationAdmin(NoticeMixin, ExportMixin, PersonPage):
    list_pages = PagesOfPeople
    list_display = ["surname", "first_name", "email", "at", "standing", "registered"]
    sortable_everywhere = ("registered",)
    list_display_links = ["surname", "first_name"]
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
                    "city",
                ],
                "description": _("Correcting a name sends no mail."),
            },
        ),
        (
            _("Consent"),
            {
                "fields": [
                    "agreed",
                    "newsletter_consent_text",
                    "consented",
                    "consent_text",
                ]
            },
        ),
    ]
    readonly_fields = [
        "workshop",
        "state",
        "email",
        "community",
        "agreed",
        "newsletter_consent_text",
        "consented",
        "consent_text",
        "city",
    ]
    registered = moment("created_at", _("registered on"), ordering="pk")
    agreed = moment("newsletter_consent_at", _("agreed to the newsletter"))
    consented = moment("consent_at", _("consented"))

    @admin.display(description=_("time zone"))
    def city(self, person):
        return zones.city(person.zone) if person.zone else self.get_empty_value_display()

    def get_fieldsets(self, request, obj=None):
        """Of somebody erased, what is left alone."""
        is_erased = obj is not None and obj.erased_at is not None
        return self.fieldsets[:1] if is_erased else self.fieldsets

    def get_queryset(self, request):
        hostings = Prefetch("workshop__hostings", Hosting.objects.with_logos())
        people = super().get_queryset(request).select_related("community", "workshop")
        return people.prefetch_related(hostings)

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

    @admin.display(description=_("last name"), ordering="last_name")
    def surname(self, registration):
        return gettext("person erased") if registration.erased_at else registration.last_name

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
