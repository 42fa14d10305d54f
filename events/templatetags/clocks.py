"""Instants and the twin clock in templates."""

from django import template
from django.utils import timezone

from events import readings, twin_clock

register = template.Library()
register.filter("twin_clock", twin_clock.draw)


@register.simple_tag
def own_pattern(workshop):
    """The sentence of the reader's own clock, to be filled in by a script; "" for a past workshop.

    When it was elsewhere helps nobody to come.
    """
    return "" if workshop.has_ended(timezone.now()) else twin_clock.own_pattern()


@register.filter
def duration(workshop):
    """How long a workshop lasts: « 2 h 30 », « 2 heures »."""
    return readings.span_words(workshop.ends_at - workshop.starts_at)


@register.filter
def iso(at):
    """An aware datetime as ISO 8601 with its own offset, for <time datetime>."""
    return at.isoformat(timespec="minutes")
