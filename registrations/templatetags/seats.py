"""Tags for the pages of a workshop: its status, its seats, its moments."""

from django import template
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from events.readings import moment_words
from registrations.domain import seats, status

register = template.Library()


@register.simple_tag
def registration_status(workshop):
    """The domain's Status of `workshop` at this moment."""
    return status.get_status(workshop, now=timezone.now())


@register.simple_tag
def on_each_clock(workshop, at):
    """The instant `at` on each clock of `workshop`, as words."""
    return moment_words(workshop.clocks, at)


@register.simple_tag
def reserved_seats_left(workshop):
    """For whom seats are left at this moment though there is none for others, and until when.

    {"hosts": …, "until": …} as words, or None.
    """
    hosts = seats.hosts_with_seats(workshop, now=timezone.now())
    if not hosts:
        return None
    return {
        "hosts": get_text_list(hosts, _("and")),
        "until": on_each_clock(workshop, workshop.release_at),
    }
