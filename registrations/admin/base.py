"""What the desk's lists of people and of mails have in common."""

from django.contrib import admin, messages
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from praxis.text import folded

MOST_FOUND = 1000


class WorkshopFilter(admin.SimpleListFilter):
    """By workshop, each with its date: a series repeats its title."""

    title = _("workshop")
    parameter_name = "workshop"
    lookup = "workshop"

    def lookups(self, request, model_admin):
        return [
            (workshop.pk, workshop_and_day(workshop)) for workshop in Workshop.objects.with_hosts()
        ]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        known = {str(pk) for pk, _title in self.lookup_choices}
        # Admin counts its facets with the number itself, a page's address holds it as text.
        return (
            queryset.filter(**{self.lookup: self.value()})
            if str(self.value()) in known
            else queryset.none()
        )


def workshop_and_day(workshop):
    return f"{Truncator(workshop.title).chars(40)} ({workshop.day})"


class NoAddNoDeleteAdmin(admin.ModelAdmin):
    """Rows that only the verbs of signup and outbox make, change and remove."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        """Whatever case and accents are typed, on each database; a search that finds too many is left to the database."""
        typed = [folded(word) for word in search_term.split()]
        texts = queryset.values_list("pk", *self.search_fields) if typed else []
        found = [pk for pk, *text in texts if all(word in folded(" ".join(text)) for word in typed)]
        if not typed or len(found) > MOST_FOUND:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(pk__in=found), False

    def say(self, request, done, words, nothing):
        """What an action did to `done` rows, in `words`, or why it did `nothing`."""
        if done:
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        else:
            self.message_user(request, nothing, messages.WARNING)
