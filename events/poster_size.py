"""The largest sizes in which a poster's text fills its one sheet, measured in its own fonts.

The lengths are those of static/poster.css, in rem; both papers have their own style sheet.
"""

import re
from functools import lru_cache

from django.conf import settings
from django.utils.text import capfirst

from events import twin_clock
from events.type_measure import SANS, SANS_BOLD, SERIF, SERIF_BOLD, height, width

SHEETS = {"a4": (59.5, 84), "letter": (61.2, 79)}  # width and height
SIDES = 2 * 4.2
HEAD = 1 + 2.6  # the stripe, and what is free above the banner
CAPITALS = 0.08  # between letters that are all capitals
AIR = 1.2  # between the text and the hours, at the least
LOGO = 2.6 + 0.4  # above a host's name, of its text's size
HALF_OF_DAY = 0.4  # "a.m." and "p.m.", of the numerals beside them
PARTNER_LOGO = 10 + 1, 2.8  # the most it takes of the width, and of the height
# Browsers round each letter; a line that fits by a hair may not.
SLACK = 0.98


def fitting(poster):
    """(size, columns) for `poster`: the number of a size in poster.css, and hosts side by side.

    None where it fits in no size.
    """
    wide, high = SHEETS[poster.paper]
    most = min(len(poster.hosts), 3) or 1
    arrangements = sorted({most, min(most, 2), 1}, reverse=True)
    for number, size in enumerate(sizes()):
        if breaks_a_word(poster, wide, size):
            continue
        room = high - foot(poster, wide, size) - AIR
        for columns in arrangements:
            if head(poster, wide, size, columns) <= room:
                return number, columns
    return None


def breaks_a_word(poster, wide, size):
    """Is a word of the title too wide for its line? In the smaller half of sizes it may be."""
    title, second_title, _text, _way = size
    if size in sizes()[len(sizes()) // 2 :]:
        return False
    first, second = poster.breaths
    words = [width(word, SERIF_BOLD, title) for word in first.split(" ")]
    words += [width(word, SERIF, second_title) for word in second.split(" ")]
    return max(words) > (wide - SIDES) * SLACK


def smallest():
    """(size, columns) for what fits in no size."""
    return len(sizes()) - 1, 3


@lru_cache(maxsize=1)
def sizes():
    """(title, its second breath, presentations, way in) for each size, from the largest on."""
    css = (settings.BASE_DIR / "static" / "poster.css").read_text(encoding="utf-8")
    lengths = "; ".join(rf"--{name}: ([\d.]+)rem" for name in ("title", "second", "text", "way"))
    found = re.findall(lengths, css)
    return [tuple(map(float, size)) for size in found]


@lru_cache(maxsize=1)
def starts():
    """How large the hours may be set, from the largest on."""
    css = (settings.BASE_DIR / "static" / "poster.css").read_text(encoding="utf-8")
    return [float(start) for start in re.findall(r"--start: ([\d.]+)rem", css)]


def hours(poster):
    """The number of the size in which the hours of each half are on one line within it."""
    columns, sides, largest = half_columns(poster.clock.halves)
    room = (SHEETS[poster.paper][0] / columns - sides) * SLACK
    widest = max(start_width(half) for half in poster.clock.halves)
    allowed = range(starts().index(largest), len(starts()))
    return next((at for at in allowed if starts()[at] * widest <= room), allowed[-1])


def start_width(half):
    """The width of the start of `half`, of the size in which its numerals are set."""
    beside = f"\u00a0{half.start_half}" if half.start_half else ""
    return width(half.numerals, SERIF_BOLD, 1) + width(beside, SERIF_BOLD, HALF_OF_DAY)


def half_columns(all_halves):
    """(halves in a row, what is free at their sides, the largest start), as poster.css has them."""
    columns = twin_clock.columns(len(all_halves))
    return (columns, 6.2, 7.4) if columns < 3 else (columns, 3.2, 5)


def head(poster, wide, size, columns):
    """The height of all above the hours, in one of sizes()."""
    title, second_title, text, _way = size
    room = (wide - SIDES) * SLACK
    first, second = poster.breaths
    total = HEAD + height(first, SERIF_BOLD, title, 1, room, -0.01)
    if second:
        total += 0.9 + height(second, SERIF, second_title, 1.15, room)
    if poster.workshop.banner:
        banner = poster.workshop.banner.upper()
        total += 1 + height(banner, SANS, 1.3, 1.3, room, CAPITALS)
    if poster.hosts:
        total += 2 + hosts(poster.hosts, room, text, columns)
    if poster.partners:
        lines = sum(partner(each, room) for each in poster.partners)
        total += 1.6 + 1.3 * 1.3 + lines + 0.3 * len(poster.partners)
    return total


def partner(each, room):
    """The height of one partner's line, its logo beside it."""
    wide, high = PARTNER_LOGO if each.logo else (0, 0)
    return max(high, height(str(each), SANS, 1.6, 1.83, room - wide))


def hosts(all_hosts, room, text, columns):
    """The height of the hosts and what they present, `columns` of them side by side."""
    inner = (room - 2.4 * (columns - 1)) / columns - 1.6
    heights = [
        (LOGO * text if host.logo else 0)
        + height(host.name, SANS_BOLD, text, 1.3, inner)
        + sum(
            0.35 * text + height(talk.title, SANS, text, 1.25, inner) for talk in host.presentations
        )
        for host in all_hosts
    ]
    rows = [max(row) for row in in_rows(heights, columns)]
    return sum(rows) + 0.8 * text * (len(rows) - 1)


def foot(poster, wide, size):
    """The height of the hours and of the way in, in one of sizes()."""
    *_above, way = size
    room = (wide - SIDES) * SLACK
    clock = poster.clock
    date = width(clock.day, SANS_BOLD, 2.3) + 1 + width(clock.gap, SANS_BOLD, 1.6) + 1.4
    date += width(poster.stamp.upper(), SANS_BOLD, 2.3) + 2.6
    total = 1.6 + 2.3 * 1.2 * (2 if date > room else 1)
    total += halves(clock.halves, wide, starts()[poster.hours])
    for sentence in poster.odd_sentences:
        total += 2 + height(sentence, SANS, 1.3, 1.3, room)
    beside = (wide - 18.4 - 4.2) * SLACK
    words = height(poster.call, SERIF_BOLD, 4, 1.05, beside) + 0.8
    words += sum(0.3 + height(fact, SANS, way, 1.3, beside) for fact in poster.lines)
    words += height(poster.address, SANS_BOLD, 0.875 * way, 1.3 / 0.875, beside)
    return total + 3.8 + max(11.8, words)


def halves(all_halves, wide, start):
    """The height of the hosts' halves, in rows as poster.css lays them, their hours so large."""
    columns, sides, _largest = half_columns(all_halves)
    total = 0
    for row in in_rows(all_halves, columns):
        room = (wide / len(row) - sides) * SLACK
        words = max(half_words(half, room) for half in row)
        total += words + 1.2 + start + 0.9 + 0.9 + 1.6
    return total


def half_words(half, room):
    """The height of what `half` says beside its start."""
    place = height(half.place.upper(), SANS, 1.5, 1.3, room, CAPITALS)
    day = height(capfirst(half.day), SANS, 1.5, 1.3, room)
    return place + day + height(half.end, SANS, 2, 1.3, room)


def in_rows(things, columns):
    return [things[at : at + columns] for at in range(0, len(things), columns)]
