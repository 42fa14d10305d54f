"""The twin clock in a mail, drawn as tables.

Outlook for Windows draws with Word: it knows neither grid nor gradient, but the widths and grounds
of table cells.
"""

import re
from dataclasses import dataclass

from django.template.loader import render_to_string

from events import twin_clock
from events.colours import FADED, HEX, SKY
from registrations.mail import pictures

WORKSHOP = "#ffffff"  # its part of the strip
# How many pixels a start has on a phone of 320, or in a program that shows a mail with edges of its
# own on one of 360, by the halves beside each other; and the width of a character, in parts of its
# height.
ROOM, CHARACTER = {1: 240, 2: 114, 3: 75}, 0.6
SMALLEST, LARGEST = 16, 34  # pixels


@dataclass(frozen=True)
class Cell:
    """A Half, its words that may break, the colour of its ground, its strip and its logo.

    The strip is pairs of a width in percent and a colour. `picture` is a Picture, or None.
    """

    half: twin_clock.Half
    day: str
    end: str
    paper: str
    strip: list
    picture: pictures.Picture | None


def drawn(readings, odd, logos=None, *, is_over=False):
    """The HTML of the twin clock of `readings`, with the sentences `odd` beneath.

    `logos` are those of the clocks that have one. Hours that no longer count (`is_over`) are struck
    out on grey, as on the pages.
    """
    clock = twin_clock.draw(readings, logos)
    cells = [cell(half, is_over=is_over) for half in clock.halves]
    beside = len(cells) if len(cells) <= max(ROOM) else 2
    context = {
        "clock": clock,
        "day": loose(clock.day),
        "rows": [cells[first : first + beside] for first in range(0, len(cells), beside)],
        "beside": beside,
        "width": 100 // beside,
        "size": numeral_size(clock.halves, beside),
        "odd": odd,
        "is_over": is_over,
        "has_pictures": any(each.picture for each in cells),
    }
    return render_to_string("mail/_clocks.html", context)


def cell(half, *, is_over):
    return Cell(
        half=half,
        day=loose(half.day),
        end=loose(half.end),
        paper=FADED if is_over else HEX[half.colour],
        strip=strip(half),
        picture=half.logo and pictures.picture(half.logo),
    )


def loose(words):
    """`words` that may break beside the number and month of a date, as a phone has little room."""
    return re.sub(r"(?<=\w\w)\u00a0(?=\d)", " ", words)


def numeral_size(halves, beside):
    """The height in pixels at which no start breaks or leaves its half, on a phone."""
    longest = max(len(half.start) for half in halves)
    return max(SMALLEST, min(LARGEST, int(ROOM[beside] / (CHARACTER * longest))))


def strip(half):
    """The 24 hours of a half as pairs of a width, in whole percent, and a colour."""
    first = half.strip_at
    last = first + half.strip_width
    cuts = sorted({*(at for at, _colour in SKY), first, last, twin_clock.QUARTERS})
    pieces = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        colour = WORKSHOP if first <= start < last else sky(start)
        width = round(100 * end / twin_clock.QUARTERS) - round(100 * start / twin_clock.QUARTERS)
        if pieces and pieces[-1][1] == colour:
            pieces[-1] = (pieces[-1][0] + width, colour)
        elif width:
            pieces.append((width, colour))
    return pieces


def sky(quarter):
    """The colour of the sky from `quarter` on."""
    return [colour for at, colour in SKY if at <= quarter][-1]
