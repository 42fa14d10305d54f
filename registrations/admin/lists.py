"""Lists of the desk that cost the same however many rows there are."""

from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.utils.functional import cached_property

# So many rows of a list can be paged through. All others are found by a filter or a search.
MOST = 10_000


class FirstPages(Paginator):
    """The pages of the first MOST rows.

    Only the keys of these rows are read, once, for the count and for each page.
    """

    @cached_property
    def keys(self):
        return list(self.object_list.values_list("pk", flat=True)[: MOST + 1])

    @cached_property
    def count(self):
        return min(len(self.keys), MOST)

    @property
    def has_more(self):
        """Are there more rows than the pages show?"""
        return len(self.keys) > MOST


class FirstPeople(FirstPages):
    """The pages of registrations, which count the people who are not erased."""

    @cached_property
    def rows(self):
        return list(self.object_list.values_list("pk", "erased_at")[: MOST + 1])

    @cached_property
    def keys(self):
        return [key for key, _erased_at in self.rows]

    @property
    def people(self):
        """How many of the rows that can be paged through are of people who are not erased."""
        return sum(erased_at is None for _key, erased_at in self.rows[:MOST])

    @property
    def erased(self):
        """How many of them are of people who are erased."""
        return self.count - self.people


class BoundedList(ChangeList):
    """A list that pages through its newest rows, and sorts the rows of one workshop alone.

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

    def get_results(self, request):
        super().get_results(request)
        first, last = 0, self.result_count
        if self.multi_page and not (self.show_all and self.can_show_all):
            first = (self.page_num - 1) * self.list_per_page
            last = min(last, first + self.list_per_page)
        # By their keys alone: the conditions that have found them would cost as much once more.
        rows = self.root_queryset.filter(pk__in=self.paginator.keys[first:last])
        rows = self.apply_select_related(rows)
        self.result_list = rows.order_by(*self.queryset.query.order_by)


class ListOfPeople(BoundedList):
    """The list with the place on the waiting list of each person who is shown."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = self.result_list.with_places()
