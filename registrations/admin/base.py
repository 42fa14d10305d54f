"""What the desk's lists of people and of mails have in common."""

import json

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from events.models import Workshop
from praxis.text import folded

MOST_FOUND = 1000


class WorkshopFilter(admin.SimpleListFilter):
    """Filters a list by workshop. Each is shown with its date, since a series repeats its title."""

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
        # Admin counts its facets with the key as a number; the address of a page holds it as text.
        if str(self.value()) in known:
            return queryset.filter(**{self.lookup: self.value()})
        return queryset.none()


class LinkFilter(admin.SimpleListFilter):
    """Filters a list of people by whether their address ever used one of our links."""

    title = _("link")
    parameter_name = "link"

    def lookups(self, request, model_admin):
        return [("used", _("used")), ("never", _("never used"))]

    def queryset(self, request, queryset):
        never = queryset.never_verified()
        if self.value() == "never":
            return never
        if self.value() == "used":
            return queryset.filter(erased_at=None).exclude(pk__in=never.values("pk"))
        return queryset


def workshop_and_day(workshop):
    """« PRAXIS : première séance (5 mars 2026) », a long title cut."""
    return f"{Truncator(workshop.title).chars(40)} ({workshop.day})"


class NoAddNoDeleteAdmin(admin.ModelAdmin):
    """Rows that are never added or deleted by hand: only registrations/domain and mail do that."""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        """The rows that hold each word, whatever its case and accents, on each database.

        A search that finds more than MOST_FOUND rows is left to the database.
        """
        typed = [folded(word) for word in search_term.split()]
        texts = queryset.values_list("pk", *self.search_fields) if typed else []
        found = [pk for pk, *text in texts if all(word in folded(" ".join(text)) for word in typed)]
        if not typed or len(found) > MOST_FOUND:
            return super().get_search_results(request, queryset, search_term)
        return queryset.filter(pk__in=found), False

    def name_in_log(self, obj):
        """What the log calls the row `obj`."""
        return str(obj)

    def log_change(self, request, obj, message):
        """Write in admin's log who did what to the row `obj`; the LogEntry.

        `message` is text, or the list that admin makes of a form's changes.
        """
        return LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(obj),
            object_id=obj.pk,
            object_repr=self.name_in_log(obj)[:200],
            action_flag=CHANGE,
            change_message=json.dumps(message) if isinstance(message, list) else message,
        )

    def say(self, request, done, words, nothing):
        """Show in `words` what an action did to `done` rows, or `nothing` if there were none."""
        if done:
            self.message_user(request, words % {"count": done}, messages.SUCCESS)
        else:
            self.message_user(request, nothing, messages.WARNING)
