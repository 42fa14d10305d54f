"""The picture of a Card: a PNG of 1200 by 630 pixels, which chats show a third as wide."""

import io
from itertools import islice

from django.utils.text import capfirst
from PIL import Image, ImageDraw

from events import twin_clock
from events.colours import HEX, SKY
from events.models import Logo
from events.readings import NO_BREAK
from events.type_measure import SANS, SANS_BOLD, SERIF, SERIF_BOLD, font, lines, width
from praxis.drawings import drawn

# Raised with the drawing, so that what was kept of an earlier one is not shown.
DRAWING = 3
WIDE, HIGH = 1200, 630
SIDE = 56  # free at the left and at the right
BAND = 88  # the height of the line with the date
# At a third of their size, figures of 50 pixels are 11 high.
LEGIBLE = 50
APART = 24  # between the title's breaths, and beneath
ROW = 280  # the height of the halves where they stand side by side in one row
SHEET, INK, SOFT, WHITE = "#fffdf8", "#1f1d3a", "#55526e", "#ffffff"
ALERT, ALERT_PAPER, DANGER = "#8a2f0b", "#fdf0e3", "#a4161a"
# "a.m." and "p.m.", of the numerals beside them, and of those in low halves.
HALF_OF_DAY, LOW_HALF_OF_DAY = 0.4, 0.7
PLATE = 150, 58  # the most that a logo takes of a half, with the white around it
PLATE_EDGE = 6  # of that white


def png(card):
    """The bytes of the picture of `card`."""
    return drawn(lambda: draw(card), "card", DRAWING, card.fingerprint)


def draw(card):
    picture = Image.new("RGB", (WIDE, HIGH), SHEET)
    pen = ImageDraw.Draw(picture)
    if card.halves:
        columns, rows = grid(len(card.halves))
        # Two rows and more are lower each, and leave the title its part.
        top = HIGH - (ROW if rows == 1 else min(340, 170 * rows))
        draw_title(pen, card, top - BAND)
        draw_band(pen, card, top - BAND)
        draw_halves(picture, card, top, columns, rows)
    else:
        draw_title(pen, card, HIGH - 90, largest=168)
        for number, colour in enumerate(("blue", "red")):
            left = number * WIDE // 2
            pen.rectangle((left, HIGH - 90, left + WIDE // 2 - 1, HIGH), HEX[colour])
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def grid(count):
    """(columns, rows) for so many halves."""
    columns = twin_clock.columns(count)
    return columns, -(-count // columns)


def draw_title(pen, card, bottom, largest=112):
    """The banner and the title in the largest size that ends above `bottom`."""
    room = WIDE - 2 * SIDE
    top = 34
    if card.banner:
        banner = cut(card.banner.upper(), SANS, 26, room, 1)[0]
        pen.text((SIDE, top), banner, SOFT, font(SANS, 26))
        top += 42
    for size in range(largest, 39, -4):
        smaller = max(size // 2, 32)
        head = balanced(card.head, SERIF_BOLD, size, room)
        rest = balanced(card.rest, SERIF, smaller, room) if card.rest else []
        if top + len(head) * size * 1.06 + len(rest) * smaller * 1.2 + APART <= bottom:
            break
    else:
        most = int((bottom - top - APART) // (size * 1.06))
        kept = most - (1 if card.rest else 0)
        head = cut(card.head, SERIF_BOLD, size, room, max(kept, 1))
        left = bottom - top - APART - len(head) * size * 1.06
        rest = cut(card.rest, SERIF, smaller, room, int(left // (smaller * 1.2)))
    for line in head:
        pen.text((SIDE, top), line, INK, font(SERIF_BOLD, size))
        top += size * 1.06
    for line in rest:
        pen.text((SIDE, top + 12), line, INK, font(SERIF, smaller))
        top += smaller * 1.2


def balanced(text, face, size, room):
    """The lines of `text`, as few as `room` allows, and about as long as each other."""
    found = lines(text, face, size, room)
    for part in (0.5, 0.6, 0.7, 0.8, 0.9):
        tighter = lines(text, face, size, room * part)
        if len(tighter) == len(found):
            return tighter
    return found


def cut(text, face, size, room, most):
    """The first `most` lines of `text`; the last one ends with … where more would follow."""
    found = lines(text, face, size, room) if text else []
    if len(found) <= most:
        return found
    kept = list(islice(found, most))
    if kept:
        while kept[-1] and width(f"{kept[-1]}…", face, size) > room:
            kept[-1] = kept[-1][:-1]
        kept[-1] = f"{kept[-1].rstrip()}…"
    return kept


def draw_band(pen, card, top):
    """The line with the date, what has become of it, and how far the clocks are apart."""
    ground = DANGER if card.is_cancelled else SOFT if card.stamp else INK
    ground = ALERT if card.is_moved else ground
    pen.rectangle((0, top, WIDE, top + BAND), ground)
    left, middle = SIDE, top + BAND / 2
    if card.stamp:
        word = card.stamp.upper()
        right = left + width(word, SANS_BOLD, LEGIBLE) + 32
        pen.rectangle((left, top + 12, right, top + BAND - 12), WHITE)
        pen.text((left + 16, middle), word, ground, font(SANS_BOLD, LEGIBLE), anchor="lm")
        left = right + 24
    day = card.day[:1].upper() + card.day[1:]
    size = fitting(day, SANS_BOLD, WIDE - SIDE - left, LEGIBLE)
    pen.text((left, middle), day, WHITE, font(SANS_BOLD, size), anchor="lm")
    left += width(day, SANS_BOLD, size) + 40
    size = fitting(card.gap, SANS_BOLD, WIDE - SIDE - 16 - left, 38)
    if card.gap and size >= 24:
        start = WIDE - SIDE - width(card.gap, SANS_BOLD, size)
        if card.gap_is_unusual:
            pen.rectangle((start - 16, top + 16, WIDE - SIDE + 16, top + BAND - 16), ALERT_PAPER)
        ink = ALERT if card.gap_is_unusual else WHITE
        pen.text((WIDE - SIDE, middle), card.gap, ink, font(SANS_BOLD, size), anchor="rm")


def fitting(text, face, room, largest):
    """The size, at most `largest`, in which `text` is at most `room` wide on one line."""
    return max(1, min(largest, int(largest * room / max(width(text, face, largest), 1))))


def fitting_start(hours, beside, part, room, largest):
    """As fitting(), for `hours` with their half of the day `beside` them, a `part` as large."""
    wide = width(hours, SERIF_BOLD, largest) + width(beside, SERIF_BOLD, largest * part)
    return max(1, min(largest, int(largest * room / wide)))


def draw_halves(picture, card, top, columns, rows):
    pen, logos = ImageDraw.Draw(picture), pictures_of(card)
    high = (HIGH - top) // rows
    for number, half in enumerate(card.halves):
        row, column = divmod(number, columns)
        # The last row is filled, whatever the number of hosts.
        wide = WIDE // min(columns, len(card.halves) - row * columns)
        box = (column * wide, top + row * high, (column + 1) * wide, top + (row + 1) * high)
        ground = SOFT if card.is_cancelled else HEX[half.colour]
        pen.rectangle((box[0], box[1], box[2] - 1, box[3]), ground)
        side = SIDE if column == 0 else 36
        taken = draw_logo(picture, logos.get(half.logo), box, is_low=rows > 1)
        draw_half(pen, half, box, side, taken, is_low=rows > 1, is_struck=card.is_cancelled)


def pictures_of(card):
    """The logos on `card` as pictures, by their digests."""
    digests = {half.logo for half in card.halves if half.logo}
    found = Logo.objects.filter(digest__in=digests) if digests else []
    return {
        logo.digest: Image.open(io.BytesIO(logo.as_png), formats=["PNG"]).convert("RGBA")
        for logo in found
    }


def draw_logo(picture, logo, box, *, is_low):
    """Draw `logo` on a white plate at the top right of `box`; how much of its width that takes."""
    if logo is None:
        return 0
    wide, high = (PLATE[0] - 50, PLATE[1] - 16) if is_low else PLATE
    inner = logo.copy()
    inner.thumbnail((wide - 2 * PLATE_EDGE, high - 2 * PLATE_EDGE), Image.Resampling.LANCZOS)
    wide, high = inner.width + 2 * PLATE_EDGE, inner.height + 2 * PLATE_EDGE
    left, top = box[2] - 24 - wide, box[1] + (6 if is_low else 14)
    ImageDraw.Draw(picture).rounded_rectangle((left, top, left + wide, top + high), 4, WHITE)
    picture.paste(inner, (left + PLATE_EDGE, top + PLATE_EDGE), inner)
    return wide + 16


def draw_half(pen, half, box, side, taken, *, is_low, is_struck):
    """The place, its date where it has one, its hours, and the strip of its day.

    Beside the place, the width `taken` is a logo's.
    """
    left, right = box[0] + side, box[2] - 24
    room, top = right - left, box[1] + (8 if is_low else 18)
    place = half.place.upper()
    size = 26 if is_low else 34
    place = cut(place, SANS_BOLD, size, room - taken, 1)[0]
    pen.text((left, top), place, WHITE, font(SANS_BOLD, size))
    top += size * 1.25
    day = capfirst(half.day)
    if day and is_low:
        hours = f"{day}, {half.start}"
    else:
        hours = half.start
        if day:
            size = fitting(day, SANS_BOLD, room, LEGIBLE)
            pen.text((left, top - 10), day, WHITE, font(SANS_BOLD, size))
            top += size * 1.1
    beside = f"{NO_BREAK}{half.start_half}" if half.start_half else ""
    largest = 54 if is_low else 84 if day else 112
    part = LOW_HALF_OF_DAY if is_low else HALF_OF_DAY
    size = fitting_start(hours, beside, part, room, largest)
    draw_hours(pen, (left, top), hours, SERIF_BOLD, size, is_struck)
    if beside:
        small = int(size * part)
        at = left + width(hours, SERIF_BOLD, size), top + (size - small) * 0.9
        draw_hours(pen, at, beside, SERIF_BOLD, small, is_struck)
    top += size * 1.02
    has_room = not is_low and not day  # beneath the end
    end = half.end if has_room or not half.until else f"{half.end} ({half.until})"
    size = fitting(end, SANS, room, 40 if is_low else LEGIBLE)
    draw_hours(pen, (left, top), end, SANS, size, is_struck)
    if has_room and half.until:
        pen.text((left, box[3] - 12), half.until, WHITE, font(SANS, 36), anchor="ls")
    elif has_room:
        draw_strip(pen, half, (left, box[3] - 26, right, box[3] - 14))


def draw_hours(pen, at, text, face, size, is_struck):
    """`text` with its figures beginning at the height of `at`; struck out where it is not true."""
    letters = font(face, size)
    pen.text((at[0], at[1] + size * 0.9), text, WHITE, letters, anchor="ls")
    if is_struck:
        y = at[1] + size * 0.58
        pen.line((at[0], y, at[0] + letters.getlength(text), y), WHITE, max(3, size // 14))


def draw_strip(pen, half, box):
    """The 24 hours of a place, night to day to night, the workshop as a white block."""
    left, top, right, bottom = box
    quarter = (right - left) / 96
    for first, colour in SKY:
        pen.rectangle((left + quarter * first, top, right, bottom), colour)
    start = left + quarter * half.strip_at
    pen.rectangle((start, top - 4, start + quarter * half.strip_width, bottom + 4), WHITE)
