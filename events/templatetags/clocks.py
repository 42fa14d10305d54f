"""Instants in templates."""

from django import template

register = template.Library()


@register.filter
def iso(at):
    """An aware datetime as ISO 8601 with its own offset, for <time datetime>."""
    return at.isoformat(timespec="minutes")
