"""A form that is sent after somebody else has saved: what of each person stands (three-way merge).

Of each field there are three versions: as the page showed it when it was opened, as it is stored
now, and as it is sent. What was sent unchanged is not what anybody typed: the stored version
stands. Where both differ from the first and from each other, a person must decide.
"""

import hashlib
import json
from dataclasses import dataclass, field

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from praxis.field_errors import FieldErrors
from praxis.field_words import as_data, typed_words


class MergedForm(forms.ModelForm):
    """A form that is refused where what it brings is in conflict with what others saved.

    `conflicts` is {name of a field, or prefix of the form ("" without one): error}.
    """

    conflicts = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.error_class = FieldErrors

    def full_clean(self):
        super().full_clean()
        if not self.is_bound:
            return
        places = {self.prefix or "": None} | {self.add_prefix(name): name for name in self.fields}
        for place in places.keys() & self.conflicts.keys():
            self.add_error(places[place], self.conflicts[place])


def digests(form, formsets):
    """{field: digest of what it shows} of an unbound `form` and the rows of its `formsets`."""
    found = {bound.html_name: stored_digest(bound) for bound in form}
    for formset in formsets:
        for row in formset.initial_forms:
            found |= {row_key(row, bound.name): digest(shown(bound)) for bound in row}
    return found


def row_key(row, name):
    """The name of a stored row's field, whatever the row's place on the page."""
    return f"{row.instance._meta.model_name} {row.instance.pk} {name}"


def digest(sent):
    """A short digest of the values in `sent`, {name: [value]}; forms strip them.

    Several values of one name are a choice: their order says nothing.
    """
    values = [sorted(each.replace("\r\n", "\n").strip() for each in one) for one in sent.values()]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def stored_digest(bound):
    """The digest of what the bound field shows; of a file, that of the row which holds it."""
    if isinstance(bound.field.widget, forms.FileInput):
        return digest({bound.html_name: [str(getattr(bound.value(), "pk", ""))]})
    return digest(shown(bound))


def shown(bound):
    """What a browser sends of the bound field if nobody touches it: {name: [value]}."""
    return shown_by(bound.field.widget, bound.html_name, bound.value())


def shown_by(widget, name, value):
    if isinstance(widget, RelatedFieldWidgetWrapper):
        return shown_by(widget.widget, name, value)
    if isinstance(widget, forms.MultiWidget):
        values = value if isinstance(value, list) else widget.decompress(value)
        parts = zip(widget.widgets, widget.widgets_names, values, strict=True)
        return {
            n: v for each, end, one in parts for n, v in shown_by(each, name + end, one).items()
        }
    if isinstance(widget, forms.FileInput):
        return {}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"] if widget.check_test(value) else []}
    values = widget.format_value(value)
    values = values if isinstance(values, (list, tuple)) else [values]
    return {name: ["" if each is None else str(each) for each in values]}


@dataclass
class Merge:
    """`data` (a QueryDict, sent with `files`) after the merge.

    `taken` names what stands as others saved it.
    `conflicts` are the errors for what both changed: {name of the field, or of its row: error}.
    """

    data: dict
    files: dict
    base: dict
    conflicts: dict = field(default_factory=dict)
    taken: list = field(default_factory=list)

    def merge_form(self, form):
        """Merge what was sent of `form`, which is unbound and shows what is stored."""
        for bound in form:
            names = list(shown(bound))
            if isinstance(bound.field.widget, forms.FileInput):
                self.merge_file(bound)
            elif self.base.get(bound.html_name) is None and not any(n in self.data for n in names):
                # The page that was opened had no such field: an earlier release made it.
                self.put(shown(bound))
            else:
                self.merge_field(bound, bound.html_name, bound.html_name)

    def merge_file(self, bound):
        """Refuse to replace or take away a file that somebody else has saved meanwhile."""
        is_sent = bound.html_name in self.files or f"{bound.html_name}-clear" in self.data
        if is_sent and stored_digest(bound) != self.base.get(bound.html_name):
            words = _(
                "Somebody has saved another file meanwhile: choose yours again to replace it."
            )
            self.conflicts[bound.html_name] = ValidationError(words)

    def merge_field(self, bound, key, at, of=None):
        """Merge the stored field `bound`, which is called `key` in the base and `at` in the data.

        `of` is the row that it stands in.
        """
        stored = shown_by(bound.field.widget, at, bound.value())
        sent = {name: self.data.getlist(name) for name in stored}
        base, is_sent, is_stored = self.base.get(key), digest(sent), digest(stored)
        if is_sent == is_stored:
            return
        if is_sent == base:
            self.put(stored)
            self.taken.append(f"{of}: {bound.label}" if of else str(bound.label))
        elif is_stored != base:
            versions = {"stored": typed_words(bound, as_data(stored), at)}
            versions["typed"] = typed_words(bound, self.data, at)
            text = _("Saved meanwhile: %(stored)s · You typed: %(typed)s")
            self.conflicts[at] = ValidationError(text, params=versions)

    def put(self, values):
        for name, each in values.items():
            self.data.pop(name, None)
            if each:
                self.data.setlist(name, list(each))

    def merge_rows(self, formset, *, may_change):
        """Merge the rows of `formset`, which is unbound: those that others added or deleted, too.

        Of rows that one may not change nothing is sent but their keys.
        """
        prefix = formset.prefix
        if f"{prefix}-TOTAL_FORMS" not in self.data:
            return
        sent, new = self.take_rows(prefix, formset.absolute_max)
        for place, row in enumerate(formset.initial_forms):
            at, values = f"{prefix}-{place}", sent.pop(str(row.instance.pk), None)
            if values is None:
                self.taken.append(str(row.instance))
                values = shown_in_row(row, may_change)
            self.put({f"{at}-{name}": each for name, each in values.items()})
            if may_change:
                self.merge_row(row, at)
        place = len(formset.initial_forms)
        self.data[f"{prefix}-INITIAL_FORMS"] = str(place)
        for pk, values in sent.items():
            if may_change and self.is_touched(formset, pk, values):
                words = _(
                    "Somebody has deleted this row meanwhile. "
                    "Save again to put it back, or empty it."
                )
                self.conflicts[f"{prefix}-{place + len(new)}"] = ValidationError(words)
                new.append({name: each for name, each in values.items() if name != "DELETE"})
                new[-1]["id"] = [""]
            else:
                self.taken.append(
                    _("%(what)s: a row deleted") % {"what": formset.model._meta.verbose_name}
                )
        for number, values in enumerate(new, start=place):
            self.put({f"{prefix}-{number}-{name}": each for name, each in values.items()})
        self.data[f"{prefix}-TOTAL_FORMS"] = str(place + len(new))

    def take_rows(self, prefix, most):
        """Take the rows out of the data: {key: values} of stored ones, [values] of new ones.

        The values of a row are {name: [value]}.
        """
        rows = {}
        for name in list(self.data):
            place, _dash, end = name.removeprefix(f"{prefix}-").partition("-")
            is_place = place.isdecimal() and len(place) <= len(str(most)) and int(place) < most
            if name.startswith(f"{prefix}-") and end and is_place:
                rows.setdefault(int(place), {})[end] = self.data.pop(name)
        total = int(self.data[f"{prefix}-TOTAL_FORMS"] or 0)
        rows = [rows[place] for place in sorted(rows) if place < total]
        return (
            {row["id"][-1]: row for row in rows if row.get("id", [""])[-1]},
            [row for row in rows if not row.get("id", [""])[-1]],
        )

    def merge_row(self, row, at):
        """Merge a stored row that stands `at` a place in the data, such as "hostings-0"."""
        fields = [bound for bound in row if not bound.is_hidden and bound.name != "DELETE"]
        is_changed = any(digest(shown(b)) != self.base.get(row_key(row, b.name)) for b in fields)
        if f"{at}-DELETE" in self.data and is_changed:
            del self.data[f"{at}-DELETE"]
            words = _(
                "Somebody has changed this row meanwhile: it was not deleted. "
                "Tick again to delete it."
            )
            self.conflicts[at] = ValidationError(words)
        for bound in fields:
            self.merge_field(bound, row_key(row, bound.name), f"{at}-{bound.name}", of=row.instance)

    def is_touched(self, formset, pk, values):
        """Was the row `pk`, which others have deleted, changed before it was sent?"""
        if "DELETE" in values:
            return False
        model = formset.model._meta.model_name
        for bound in formset.empty_form:
            if bound.is_hidden or bound.name == "DELETE":
                continue
            names = shown_by(bound.field.widget, bound.name, bound.value())
            sent = {name: values.get(name, []) for name in names}
            if digest(sent) != self.base.get(f"{model} {pk} {bound.name}"):
                return True
        return False


def shown_in_row(row, may_change):
    """What a browser sends of a stored row that nobody touches, as take_rows() has it."""
    values = {}
    for bound in row:
        if may_change or bound.is_hidden:
            values |= shown_by(bound.field.widget, bound.name, bound.value())
    return {name: each for name, each in values.items() if each}
