"""How the desk's lists of what is announced are searched, sorted and filtered."""

from django.contrib import admin
from django.db.models import Case, Q, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from praxis.text import folded


class FoldedSearch:
    """A list that is searched without accents and case: « peyi » finds Péyi Art.

    The rows are read for it. There are few: communities, partners, workshops.
    """

    def get_search_results(self, request, queryset, search_term):
        words = folded(search_term).split()
        if not words:
            return queryset, False
        rows = queryset.order_by().values_list("pk", *self.search_fields)
        found = [key for key, *texts in rows if holds(" ".join(texts), words)]
        return queryset.filter(pk__in=found), False


def holds(text, words):
    """Does `text` hold each of `words`, which are folded?"""
    text = folded(text)
    return all(word in text for word in words)


def coming_first(now):
    """An order: what has not ended at `now`, the next one first; then the past backwards."""
    comes = Case(When(Q(ends_at__gt=now), then="starts_at"))
    return [comes.asc(nulls_last=True), "-starts_at"]


class WhenFilter(admin.SimpleListFilter):
    """Filters workshops by whether they are still to come."""

    title = _("date")
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("coming", _("to come")), ("past", _("past"))]

    def queryset(self, request, queryset):
        if self.value() == "coming":
            return queryset.filter(ends_at__gt=timezone.now())
        if self.value() == "past":
            return queryset.filter(ends_at__lte=timezone.now())
        return queryset
