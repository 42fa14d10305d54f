"""Instants and the twin clock in templates."""

from django import template

from events import readings, twin_clock

register = template.Library()
register.filter(readings.share_a_day)
register.filter("twin_clock", twin_clock.draw)
register.simple_tag(twin_clock.own_pattern)


@register.filter
def duration(workshop):
    """How long a workshop lasts: « 2 h 30 », « 2 heures »."""
    return readings.span_words(workshop.ends_at - workshop.starts_at)


@register.filter
def iso(at):
    """An aware datetime as ISO 8601 with its own offset, for <time datetime>."""
    return at.isoformat(timespec="minutes")
