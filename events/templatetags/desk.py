"""What the desk's lists need to be cards on a narrow screen."""

from functools import lru_cache

from django import template
from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

register = template.Library()
# Cells that say by themselves what they are.
SPEAKING = ("action-checkbox", "field-email", "field-local_times", "field-state")
CELL, ROW_HEADER = mark_safe(' role="cell"'), mark_safe(' role="rowheader"')


@register.filter
def labelled(cells, headers):
    """The `cells` of a row of admin's lists, each with its column's heading as data-label.

    A card shows it before the value. A cell that holds nothing has the class empty-cell.
    """
    nothing = f">{admin.site.empty_value_display}</td>"
    done = []
    for cell, header in zip(cells, headers, strict=True):
        facts = CELL if cell.startswith("<td") else ROW_HEADER
        if cell.endswith(nothing):
            cell = cell.replace('class="', 'class="empty-cell ', 1)
        elif cell.startswith("<td") and not any(name in cell for name in SPEAKING):
            facts += data_label(str(header["text"]))
        done.append(mark_safe(cell[:3] + facts + cell[3:]))  # noqa: S308 (admin’s own cells)
    return done


@lru_cache(maxsize=200)
def data_label(heading):
    """The attribute with a column's heading: the same for each row."""
    return format_html(' data-label="{}"', capfirst(heading))
