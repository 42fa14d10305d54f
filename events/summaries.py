"""What a workshop is about, in few words of plain text, for what other programs show of it."""

import html
import re

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from events.templatetags.texts import prose


def summary(workshop, most):
    """The description of `workshop` without its marks, in at most `most` characters, in one line.

    Where there is none, a sentence that says who holds it: harvesters refuse an event without.
    """
    words = html.unescape(strip_tags(prose(workshop.description)))
    line = re.sub(r"\s*\n\s*", " ", words).strip()
    return shortened(line or introduction(workshop), most)


def introduction(workshop):
    if not workshop.organisers:
        return _("A free online workshop.")
    return _("A free online workshop, held by %(organisers)s.") % {
        "organisers": workshop.organisers
    }


def shortened(text, most):
    """`text`, cut after a word and ended by « … » where it has more than `most` characters.

    They are counted as JavaScript does, in units of UTF-16: an emoji is two.
    """
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * most:
        return text
    head = units[: 2 * (most - 1)].decode("utf-16-le", "ignore")
    whole_words, space, _rest = head.rpartition(" ")
    return (whole_words if space else head).rstrip(" ,;:–") + "…"
