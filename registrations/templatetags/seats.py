"""What a page about a workshop says of its registration."""

from django import template
from django.utils import timezone

from events.clocks import moment_words
from registrations import signup

register = template.Library()


@register.simple_tag
def registration_status(workshop):
    """The signup.Status of `workshop` at this moment."""
    return signup.status(workshop, now=timezone.now())


@register.simple_tag
def on_each_clock(workshop, at):
    """The instant `at` on each clock of `workshop`, as words."""
    return moment_words(workshop.clocks, at)
