"""What a page about a workshop says of its registration."""

from django import template
from django.utils import timezone

from registrations import signup

register = template.Library()


@register.simple_tag
def registration_status(workshop):
    """The signup.Status of `workshop` at this moment."""
    return signup.status(workshop, now=timezone.now())
