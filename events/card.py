"""What the picture of a shared link says: title, date, each host's hours, whether it is off."""

import hashlib
import json
from dataclasses import asdict, dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from events import twin_clock
from events.readings import NO_BREAK, short_day
from praxis.text import french_spacing, in_two_breaths


@dataclass(frozen=True)
class CardHalf:
    """One host's part: its colour by name, and its words.

    `start` is in numerals, `start_half` "a.m." or "p.m." where hours are written so, else "". `day`
    is "" where all share one date, `until` where no midnight lies between start and end.
    `logo` is the digest of the host's logo, or "".
    """

    place: str
    colour: str
    day: str
    start: str
    start_half: str
    end: str
    until: str
    strip_at: float
    strip_width: float
    logo: str = ""


@dataclass(frozen=True)
class Card:
    """All that the picture says, in the active language.

    `stamp` says in words that it is cancelled, over or moved; it is "" otherwise. A card without
    `halves` is that of the site.
    """

    banner: str
    head: str
    rest: str
    day: str = ""
    gap: str = ""
    gap_is_unusual: bool = False
    stamp: str = ""
    is_cancelled: bool = False
    is_moved: bool = False
    halves: tuple = ()

    @property
    def fingerprint(self):
        """A short name of what the card says, for its address: with it, chats fetch it anew."""
        words = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(words.encode()).hexdigest()[:12]


def workshop_card(workshop, now):
    """The Card of `workshop` at `now`. The reader's own hour is never on it."""
    head, rest = in_two_breaths(workshop.title)
    clock = twin_clock.draw(workshop.readings, workshop.logos)
    return Card(
        banner=french_spacing(workshop.banner),
        head=head,
        rest=rest,
        day=workshop.day,
        gap=clock.gap,
        gap_is_unusual=clock.gap_is_unusual,
        stamp=workshop.date_stamp(now),
        is_cancelled=workshop.is_cancelled,
        is_moved=bool(workshop.new_hours) and not workshop.has_ended(now),
        halves=tuple(card_half(half, with_day=not clock.day) for half in clock.halves),
    )


def picture_path(workshop, now):
    """The path of its picture at `now`, which changes with what it says."""
    mark = workshop_card(workshop, now).fingerprint
    return f"{reverse('events:workshop_picture', args=[workshop.slug])}?v={mark}"


def site_card():
    """The Card of the list of workshops."""
    tagline = _("Free workshops between communities of practice. No account, no trackers.")
    return Card(banner=_("Workshops"), head="Praxis", rest=tagline)


def card_half(half, *, with_day):
    reading = half.reading
    return CardHalf(
        place=half.place,
        colour=half.colour,
        day=glued(short_day(reading.start)) if with_day else "",
        start=half.numerals,
        start_half=half.start_half,
        end=half.end.removesuffix(reading.until).rstrip(" "),
        until=glued(short_day(reading.end)) if reading.until else "",
        strip_at=half.strip_at,
        strip_width=half.strip_width,
        logo=half.logo.digest if half.logo else "",
    )


def glued(words):
    """`words` on one line; the year stands on the line above the halves."""
    return words.replace(" ", NO_BREAK)
