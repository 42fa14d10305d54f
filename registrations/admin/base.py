"""What the desk's lists of people and of mails have in common."""

import json
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.views.main import PAGE_VAR
from django.contrib.contenttypes.models import ContentType
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from events import readings
from events.models import Workshop
from praxis.history import HistoryAdmin
from praxis.text import is_possible_key
from praxis.visible_rows import VisibleRowsAdmin
from registrations.admin.acts_on_rows import ActsOnRows
from registrations.admin.filters import once
from registrations.admin.lists import BoundedList, BoundedPages
from registrations.models import Registration
from registrations.models.search import words_of

# A search that finds more people than this is answered by the database as it reads the list.
MOST_FOUND = 1000
# So many workshops can be chosen from a list's side; each workshop's own page leads to its people.
WORKSHOPS_SHOWN = 200


class WorkshopFilter(admin.SimpleListFilter):
    """Filters a list by workshop. Each is shown with its date, since a series repeats its title."""

    title = _("workshop")
    parameter_name = "workshop"
    lookup = "workshop"

    def lookups(self, request, model_admin):
        workshops = Workshop.objects.visible_to(request.user).titles_and_starts()
        return once(
            request,
            "workshops",
            lambda: [
                (key, title_and_day(title, start.astimezone(ZoneInfo(zone))))
                for key, title, start, zone in workshops[:WORKSHOPS_SHOWN]
            ],
        )

    def queryset(self, request, queryset):
        key = self.value()
        if key is None:
            return queryset
        if is_possible_key(key):
            return queryset.filter(**{self.lookup: key})
        return queryset.none()

    def choices(self, changelist):
        # Numbers beside the workshops would count the rows of all of them.
        has_facets, changelist.add_facets = changelist.add_facets, False
        choices = list(super().choices(changelist))
        changelist.add_facets = has_facets
        return choices


def moment(field, label, **display):
    """A column or a field to read: the instant in `field` on the first host's clock.

    The row is a registration, or has one.
    """

    @admin.display(description=label, **display)
    def shown(desk, row):
        at = getattr(row, field)
        if at is None:
            return desk.get_empty_value_display()
        return readings.short_moment(workshop_of(row).clocks[0], at)

    return shown


def workshop_of(row):
    """The workshop of a registration or of what belongs to one; None of anything else."""
    return getattr(getattr(row, "registration", row), "workshop", None)


def people_holding(typed):
    """The keys of the registrations that hold what was `typed`; None if more than MOST_FOUND.

    They are looked up apart from the list, in an index that holds nothing else.
    """
    found = Registration.objects.holding(typed).order_by().values_list("pk", flat=True)
    keys = list(found[: MOST_FOUND + 1])
    return keys if len(keys) <= MOST_FOUND else None


def workshop_and_day(workshop):
    """« PRAXIS : première séance (5 mars 2026) », a long title cut."""
    return title_and_day(workshop.title, workshop.readings[0].start)


def title_and_day(title, start):
    day = readings.day_words(start).replace(" ", readings.NO_BREAK)
    return f"{Truncator(title).chars(40)} ({day})"


def page_number(request):
    """The page of a list that is asked for; the first one where that is no number."""
    try:
        return int(request.GET.get(PAGE_VAR, 1))
    except ValueError:
        return 1


class NoAddNoDeleteAdmin(ActsOnRows, VisibleRowsAdmin, HistoryAdmin):
    """Rows that are never added or deleted by hand: only registrations/domain and mail do that.

    There may be very many. A column whose order is that of the keys sorts all of them.
    """

    paginator = list_pages = BoundedPages
    list_per_page = 50
    show_full_result_count = False
    sortable_everywhere = ()

    def clock_of(self, row):
        workshop = workshop_of(row)
        return workshop and workshop.clocks[0]

    def get_changelist(self, request, **kwargs):
        return BoundedList

    def get_paginator(self, request, queryset, *args, **kwargs):
        """The pages of the list, or of a row's history."""
        if queryset.model is not self.model:
            return self.paginator(queryset, *args, **kwargs)
        pages = self.list_pages(queryset, *args, **kwargs)
        pages.go_to(page_number(request))
        return pages

    def get_sortable_by(self, request):
        """The columns that sort the list: all of them where one workshop is chosen."""
        return None if "workshop" in request.GET else self.sortable_everywhere

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        """The rows that hold each word, whatever its case and accents, on each database."""
        if not words_of(search_term):
            return queryset, False
        return self.found(queryset, search_term), False

    def found(self, rows, typed):
        """Those of `rows` that hold what was `typed`; all of them in a list without a search."""
        return rows

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
