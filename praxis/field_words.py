"""What stands in a field of a form, as people read it."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _


def typed_words(bound, data, at):
    """What stands `at` a name of `data` for the field of `bound`, as people read it."""
    typed = bound.field.widget.value_from_datadict(data, {}, at)
    try:
        return words(bound.field, bound.field.clean(typed))
    except ValidationError:
        return " ".join(typed) if isinstance(typed, list) else str(typed)


def words(field, value):
    """The value of a field as people read it. A field may have `words()` of its own."""
    if hasattr(field, "words") and value:
        return field.words(value)
    if isinstance(field, forms.BooleanField):
        return _("yes") if value else _("no")
    if isinstance(field, forms.MultipleChoiceField):
        labels = dict(flatten_choices(field.choices))
        value = ", ".join(str(labels.get(each, each)) for each in value)
    elif isinstance(value, (QuerySet, list, tuple)):
        value = ", ".join(str(each) for each in value)
    elif isinstance(field, forms.ChoiceField) and not isinstance(value, Model):
        value = dict(flatten_choices(field.choices)).get(value, value)
    return str(value) if value not in (None, "") else _("nothing")


def as_data(values):
    """{name: [value]} as a QueryDict."""
    data = QueryDict(mutable=True)
    for name, each in values.items():
        data.setlist(name, each)
    return data
