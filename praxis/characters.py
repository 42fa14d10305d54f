"""Which characters one line of text may hold: a name, a title, a place."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# UAX #9: marks, embeddings, overrides and isolates. They reorder what others read.
BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Unicode general categories: control, surrogate, line separator, paragraph separator.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})


def validate_plain_line(value):
    """Raise ValidationError unless `value` (str) is one line that can be read: no control, line-separator
    or bidirectional control character (Unicode categories Cc, Cs, Zl, Zp; UAX #9), and something visible.
    """
    if any(c in BIDI_CONTROLS or unicodedata.category(c) in REFUSED_CATEGORIES for c in value):
        raise ValidationError(
            _(
                "This text holds an invisible character (a line break, a control or a direction mark). Erase it and type it again by hand."
            ),
            code="invisible",
        )
    if value and not any(unicodedata.category(c)[0] in "LNS" for c in value):
        raise ValidationError(_("Write at least one letter."), code="blank")
