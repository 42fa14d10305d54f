"""Handing a workshop on: its address to copy, in a mail, by the phone's own sheet."""

from django import template
from django.conf import settings

from events.calendars import lines_of_page, query_string

register = template.Library()


@register.inclusion_tag("events/_share.html")
def share(workshop):
    """The ways to hand on the address of `workshop`; no other site hears of it."""
    address = settings.SITE_URL + workshop.get_absolute_url()
    # RFC 6068 5: lines of a body are parted by CRLF.
    body = "\r\n".join([workshop.title, *lines_of_page(workshop), "", address])
    mail = "mailto:?" + query_string({"subject": workshop.title, "body": body})
    return {"workshop": workshop, "address": address, "mail": mail}
