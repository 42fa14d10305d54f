"""The QR code of a page's address, in templates."""

from django import template
from django.utils.translation import gettext as _

from praxis import qr

register = template.Library()


@register.simple_tag
def qr_code(page):
    """The QR code of the address `page`, as SVG."""
    return qr.code(page, _("QR code that leads to %(address)s") % {"address": page})
