"""The characters that a line (a name, a title, a place), a longer text and a key may hold."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Marks, embeddings, overrides and isolates (UAX #9). They change the order in which text is shown.
BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
# Unicode general categories: control, surrogate, line separator, paragraph separator.
REFUSED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
UNREADABLE = "\ufffd"  # stands for bytes that could not be decoded
# Letters and symbols by their category, but invisible: Hangul fillers and the empty Braille cell.
BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Zero-width space and byte order mark. The zero-width joiners stay: scripts and emoji need them.
ZERO_WIDTH = frozenset("\u200b\ufeff")
# And the soft hyphen, which word processors leave in the middle of words.
UNSEEN = ZERO_WIDTH | {"\u00ad"}
# Letters that NFKD does not take apart, as people type them in a search.
LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ł": "l", "ø": "o", "đ": "d", "’": "'"})
MOST_DIGITS = 18  # of a key
NO_BREAK, NARROW = "\u00a0", "\u202f"  # no-break spaces, a word's and a thin one


def plain_text(value):
    """`value` (str, several lines) without the traces of a word processor.

    Line breaks become \\n and bullets become list items ("- "). Control, bidi and zero-width
    characters are removed.
    """
    value = re.sub("\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", value)
    value = re.sub("^[ \t]*[•·▪][ \t]+", "- ", value, flags=re.MULTILINE)
    return "".join(c for c in value if c in "\n\t" or not (is_invisible(c) or c in ZERO_WIDTH))


def is_invisible(character):
    """Is `character` a control, a line separator, a bidi control or an undecoded byte?"""
    return (
        character in BIDI_CONTROLS
        or character == UNREADABLE
        or unicodedata.category(character) in REFUSED_CATEGORIES
    )


def validate_plain_line(value):
    """Raise ValidationError unless `value` (str) is one readable line.

    It holds no control, line-separator or bidirectional control character (Unicode categories Cc,
    Cs, Zl, Zp; UAX #9), and at least one visible letter, digit or symbol. An empty one passes.
    """
    if any(is_invisible(c) for c in value):
        raise ValidationError(
            _(
                "This text holds an invisible character (a line break, a control or a direction "
                "mark). Erase it and type it again by hand."
            ),
            code="invisible",
        )
    if value and not any(is_visible(c) for c in value):
        raise ValidationError(_("Write at least one letter."), code="unreadable")


def french_spacing(text):
    """`text` as French is printed: no-break spaces and curly apostrophes where people type others.

    Before ; ! ? stands a narrow space, before : % and inside « » a whole one, as France's
    Imprimerie nationale has it and Québec's OQLF where there are narrow ones. An apostrophe is one
    between two letters, so that English comes out right, too. Done twice it changes nothing.
    """
    text = re.sub(r"(?<=[^\W\d_])'(?=\w|[«“]|$)", "’", text)
    text = re.sub(r"[ \u00a0](?=[;!?])", NARROW, text)
    return re.sub(r"(?<=«) | (?=[:»%])", NO_BREAK, text)


def in_two_breaths(title):
    """The pair of a title's head, with its first colon, and of the rest; "" where it has none."""
    head, colon, rest = title.partition(":")
    if not colon or not head.strip() or not rest.startswith((" ", NO_BREAK)):
        return french_spacing(title), ""
    return french_spacing(head + colon), french_spacing(rest.strip())


def is_visible(character):
    """Is `character` a letter, a digit or a symbol that the eye can see?"""
    return unicodedata.category(character)[0] in "LNS" and character not in BLANKS


def folded(text):
    """`text` without accents and case, for searching and sorting: « zenaide » finds Zénaïde."""
    letters = unicodedata.normalize("NFKD", text).casefold().translate(LETTERS)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def is_possible_key(text):
    """May `text` be the key of a row, one that each database can look for?"""
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS
