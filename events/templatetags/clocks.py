"""Instants and the twin clock in templates."""

from django import template
from django.utils import timezone

from events import readings, twin_clock
from events.readings import NO_BREAK

register = template.Library()
register.filter("twin_clock", twin_clock.draw)


@register.simple_tag
def own_pattern(workshop):
    """The sentence of the reader's own clock, to be filled in by a script.

    It is "" for a workshop that is over or cancelled: its hour elsewhere helps nobody to come.
    """
    return "" if workshop.is_cancelled or is_over(workshop) else twin_clock.own_pattern()


@register.filter
def is_over(workshop):
    """Whether `workshop` has ended by now."""
    return workshop.has_ended(timezone.now())


@register.filter
def unbroken(words):
    """`words` with each pair of hours in one piece: a line ends before « 9 h – 12 h » or after."""
    return words.replace(f"{NO_BREAK}– ", f"{NO_BREAK}–{NO_BREAK}")


@register.filter
def duration(workshop):
    """How long a workshop lasts: « 2 h 30 », « 2 heures »."""
    return readings.span_words(workshop.ends_at - workshop.starts_at)


@register.filter
def iso(at):
    """An aware datetime as ISO 8601 with its own offset, for <time datetime>."""
    return at.isoformat(timespec="minutes")
