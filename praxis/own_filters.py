"""Pages of the desk of whose address only what their own links say is heard."""

import re

from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path

# Each can be read on every clock. 9999 has no next year, nor its last day a next one.
DATE_PARTS = {"year": r"(?!9999)[1-9][0-9]{3}", "month": "[0-9]{1,2}", "day": "[0-9]{1,2}"}


class OwnFiltersAdmin(admin.ModelAdmin):
    """A list that is filtered by its own filters alone, and a form that nobody else fills in."""

    def lookup_allowed(self, lookup, value, request):
        """Whether the list may be filtered by `lookup`; else the answer is 400.

        Django allows every lookup of every field. A regular expression can hold up a whole
        process, first letters spell out a secret, and some fail only once the database reads them.
        """
        start, part = f"{self.date_hierarchy}__", lookup.rpartition("__")[2]
        if lookup == start + part and part in DATE_PARTS:
            return re.fullmatch(DATE_PARTS[part], value) is not None
        own = {name for each in self.get_list_filter(request) for name in self.parameters(each)}
        return lookup in own and "\0" not in value

    def parameters(self, each):
        """What the links of a filter say: `each` of list_filter, a class or the name of a field."""
        if isinstance(each, type):
            return {each.parameter_name}
        name = each if isinstance(each, str) else each[0]
        field = get_fields_from_path(self.model, name)[-1]
        compared = f"{name}__{field.target_field.name}" if field.is_relation else name
        return {f"{compared}__exact", f"{name}__isnull"}

    def get_changeform_initial_data(self, request):
        """Nothing: no link of ours fills in a form, and another's may bring what is no value."""
        return {}
