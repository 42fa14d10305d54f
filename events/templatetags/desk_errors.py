"""What was wrong in a refused form of the desk, with the way to each field."""

from dataclasses import dataclass

from django import forms, template
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from events.templatetags.texts import without_stop

register = template.Library()


@dataclass(frozen=True)
class Fault:
    """An `error`, what it concerns, and the id of the element to which its link leads."""

    label: str
    error: str
    anchor: str


@register.simple_tag
def faults_of(form, inlines):
    """The Faults of the fields of `form`, then of the rows of its `inlines`."""
    found = [fault for field in form for fault in faults_of_field(field, str(field.label))]
    for inline in inlines:
        name = capfirst(inline.opts.verbose_name)
        prefix = inline.formset.prefix
        for error in inline.formset.non_form_errors():
            found.append(Fault(name, error, f"{prefix}-heading"))
        for number, row in enumerate(inline.formset.forms):
            place = _("%(name)s %(number)s") % {"name": name, "number": number + 1}
            for error in row.non_field_errors():
                found.append(Fault(place, error, f"{prefix}-{number}"))
            for field in row:
                found += faults_of_field(field, f"{place}, {field.label}")
    return found


def faults_of_field(field, label):
    """The Faults of a BoundField that is called `label`."""
    return [Fault(without_stop(label), error, anchor_of(field)) for error in field.errors]


def anchor_of(field):
    """The id of the first control of a BoundField: a date and its hour are two."""
    widget = getattr(field.field.widget, "widget", field.field.widget)
    has_parts = isinstance(widget, forms.MultiWidget | forms.CheckboxSelectMultiple)
    has_parts |= isinstance(widget, forms.RadioSelect)
    return f"{field.auto_id}_0" if has_parts else field.auto_id
