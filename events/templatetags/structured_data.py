"""What a page says of a workshop to programs."""

from django import template
from django.utils.safestring import mark_safe

from events import json_ld

register = template.Library()


@register.simple_tag
def event_data(workshop, has_seats, form):
    """The JSON-LD of `workshop`; a draft has none, nor has one that is invented.

    A block of data, which no browser runs: script-src does not ask for it.
    """
    if workshop.is_draft or workshop.is_invented:
        return ""
    facts = json_ld.event(workshop, has_seats=has_seats, form=form)
    data = json_ld.written(facts)
    return mark_safe(f'<script type="application/ld+json">{data}</script>')  # noqa: S308
