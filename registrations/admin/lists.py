"""Lists of the desk that cost the same however many rows there are."""

from collections import defaultdict
from functools import partial

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.utils.formats import number_format
from django.utils.functional import cached_property

# A list reads the keys of so many rows at once; a multiple of the rows of a page. It counts no
# further, and nothing is done to more of them in one go.
MOST = 10_000
FURTHEST = 10_000_000  # no list has so many pages


class BoundedPages(Paginator):
    """The pages of MOST rows of a list: its first ones, or a later MOST where `before` is set.

    Only the keys of these rows are read, once, for the count and for each page. `before` is the
    number of rows before them.
    """

    before = 0

    def go_to(self, number):
        """Read the rows around the page `number`, if there can be so many."""
        rows = max(0, min(number - 1, FURTHEST)) * self.per_page
        self.before = rows - rows % MOST

    def read(self, *columns, **options):
        rows = self.object_list.values_list(*columns, **options)
        return list(rows[self.before : self.before + MOST + 1])

    @cached_property
    def keys(self):
        return self.read("pk", flat=True)

    @cached_property
    def count(self):
        return self.before + min(len(self.keys), MOST)

    @cached_property
    def num_pages(self):
        """The number of the last page that is known: where there are more, the first of those."""
        return super().num_pages + self.has_more

    @property
    def has_more(self):
        """Are there more rows than are counted?"""
        return len(self.keys) > MOST

    @property
    def at_least(self):
        """« 10 000 » where there are more rows than that; "" where all are counted."""
        return number_format(self.count, force_grouping=True) if self.has_more else ""

    @property
    def are_all(self):
        """Are the rows that were read all that there are?"""
        return not (self.before or self.has_more)

    def keys_of_page(self, number):
        first = (number - 1) * self.per_page - self.before
        return self.keys[first : min(first + self.per_page, MOST)]


class PagesOfPeople(BoundedPages):
    """The pages of registrations, which count the people who are not erased."""

    @cached_property
    def rows(self):
        return self.read("pk", "erased_at")

    @cached_property
    def keys(self):
        # What is skipped is then read in the index alone.
        return self.read("pk", flat=True) if self.before else [key for key, _erased_at in self.rows]

    @property
    def people(self):
        """How many of the rows are of people who are not erased; None in a later part of a list."""
        if self.before:
            return None
        return sum(erased_at is None for _key, erased_at in self.rows[:MOST])

    @property
    def erased(self):
        """How many of them are of people who are erased."""
        return None if self.before else self.count - self.people


class BoundedList(ChangeList):
    """A list that reads MOST rows at once, and sorts the rows of one workshop alone.

    Another order, and facets, would read all rows where no workshop is chosen.
    """

    def __init__(self, request, *args, **kwargs):
        self.is_of_workshop = "workshop" in request.GET
        super().__init__(request, *args, **kwargs)
        self.is_facets_optional &= self.is_of_workshop
        self.add_facets &= self.is_of_workshop

    def get_ordering(self, request, queryset):
        ordering = super().get_ordering(request, queryset)
        if self.is_of_workshop:
            return ordering
        if ordering[0] not in ("pk", "-pk"):
            # The headings of the columns then show the order that there is.
            self.params.pop(ORDER_VAR)
            ordering = super().get_ordering(request, queryset)
        return ordering[:1]

    def get_filters(self, request):
        found = super().get_filters(request)
        for each in found[0]:
            each.get_facet_queryset = partial(self.facets_of, each, each.get_facet_queryset)
        return found

    def facets_of(self, each, count_alone, _changelist):
        """{name: number} of the rows that each choice of the filter `each` would leave.

        A filter that is in use counts its own, without itself; all others count together.
        """
        return count_alone(self) if self.is_in_use(each) else self.facets[each.title]

    def is_in_use(self, each):
        return bool(set(each.expected_parameters()) & set(self.filter_params))

    @cached_property
    def facets(self):
        """{title: {name: number}} of each filter that is not in use, in one statement."""
        counts = {}
        for each in self.filter_specs:
            if not self.is_in_use(each):
                for name, count in each.get_facet_counts(self.pk_attname, self.queryset).items():
                    counts[each.title, name] = count
        # What the database is to call a number may be no word of a title.
        short = {f"facet{place}": count for place, count in enumerate(counts.values())}
        numbers, found = self.queryset.aggregate(**short), defaultdict(dict)
        for (title, name), alias in zip(counts, short, strict=True):
            found[title][name] = numbers[alias]
        return found

    def get_results(self, request):
        super().get_results(request)
        # By their keys alone: the conditions that have found them would cost as much once more.
        keys = self.paginator.keys
        if self.multi_page and not (self.show_all and self.can_show_all):
            keys = self.paginator.keys_of_page(self.page_num)
        rows = self.apply_select_related(self.root_queryset.filter(pk__in=keys))
        self.result_list = rows.order_by(*self.queryset.query.order_by)


class ListOfPeople(BoundedList):
    """The list with the place on the waiting list of each person who is shown."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = self.result_list.with_places()
