"""How wide and how high a text is set in our own fonts, for what is drawn on a fixed area."""

from functools import lru_cache

from django.conf import settings
from PIL import ImageFont

SERIF_BOLD, SERIF, SANS_BOLD, SANS = (
    f"praxis-{name}" for name in ("serif-bold", "serif", "sans-bold", "sans")
)
# Widths are measured at one size, and grow with it.
UNIT = 100


@lru_cache(maxsize=64)
def font(face, size):
    """The Pillow font of `face` at `size` pixels."""
    path = settings.BASE_DIR / "static" / "fonts" / f"{face}.ttf"
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=4096)
def unit_width(text, face):
    return font(face, UNIT).getlength(text)


def width(text, face, size, spacing=0):
    """The width of `text` on one line, in the unit of `size`.

    `spacing` stands after each letter, as a part of `size`.
    """
    return (unit_width(text, face) / UNIT + spacing * len(text)) * size


def lines(text, face, size, room, spacing=0):
    """`text` broken into lines that are at most `room` wide, as a browser breaks them.

    It breaks at spaces, and inside a word for which a whole line has no room.
    """
    found, used = [], 0
    space = width(" ", face, size, spacing)
    for word in text.split(" "):
        wide = width(word, face, size, spacing)
        if found and used + space + wide <= room:
            found[-1] += f" {word}"
            used += space + wide
        elif wide <= room:
            found.append(word)
            used = wide
        else:
            found += pieces(word, face, size, room, spacing)
            used = width(found[-1], face, size, spacing)
    return found


def pieces(word, face, size, room, spacing):
    """`word` cut into pieces that are at most `room` wide, of one letter at the least."""
    found = [""]
    for letter in word:
        if found[-1] and width(found[-1] + letter, face, size, spacing) > room:
            found.append("")
        found[-1] += letter
    return found


def height(text, face, size, leading, room, spacing=0):
    """The height of `text` in lines at most `room` wide; `leading` is a line's, of its size."""
    return len(lines(text, face, size, room, spacing)) * size * leading if text else 0
