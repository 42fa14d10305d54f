"""Which characters a line (a name, a title, a place) and a longer text may hold."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# UAX #9: marks, embeddings, overrides and isolates. They reorder what others read.
BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Unicode general categories: control, surrogate, line separator, paragraph separator.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
UNREADABLE = "\ufffd"  # what stands for bytes that were no text
# Letters and symbols to Unicode, nothing to the eye: Hangul fillers and the empty Braille cell.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")

# What NFKD leaves as it is, and people type otherwise.
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ł": "l", "ø": "o", "đ": "d", "’": "'"})


def plain_text(value):
    """`value` (str, several lines) without what a word processor leaves in it: its line breaks as \\n, its bullets as
    list items, no control, bidi or zero-width character.
    """
    value = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", value)
    value = re.sub("^[ \t]*[•·▪][ \t]+", "- ", value, flags=re.MULTILINE)
    return "".join(
        c for c in value if c in "\n\t" or not is_invisible(c) and c not in "\u200b\ufeff"
    )


def is_invisible(character):
    return (
        character in BIDI_CONTROLS
        or character == UNREADABLE
        or unicodedata.category(character) in REFUSED_CATEGORIES
    )


def validate_plain_line(value):
    """Raise ValidationError unless `value` (str) is one line that can be read: no control, line-separator
    or bidirectional control character (Unicode categories Cc, Cs, Zl, Zp; UAX #9), and something visible.
    """
    if any(is_invisible(c) for c in value):
        raise ValidationError(
            _(
                "This text holds an invisible character (a line break, a control or a direction mark). Erase it and type it again by hand."
            ),
            code="invisible",
        )
    if value and not any(unicodedata.category(c)[0] in "LNS" and c not in BLANKS for c in value):
        raise ValidationError(_("Write at least one letter."), code="unreadable")


def folded(text):
    """`text` as people search and sort it: without accents and case, so that « zenaide » finds Zénaïde."""
    letters = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
