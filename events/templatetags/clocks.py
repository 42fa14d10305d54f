"""Instants in templates."""

from django import template

from events import readings

register = template.Library()
register.filter(readings.share_a_day)


@register.filter
def iso(at):
    """An aware datetime as ISO 8601 with its own offset, for <time datetime>."""
    return at.isoformat(timespec="minutes")
