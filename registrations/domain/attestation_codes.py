"""What an attestation says, as signed bytes and as one line of text (docs/attestations.md)."""

import base64
import binascii
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID
from zoneinfo import ZoneInfo

from events.readings import Clock, read_spans

VERSION = 1
SIGNATURE = 64  # bytes
# A code of so many bytes and the site's address are a QR code that phones read from paper.
MOST_BYTES = 800
LONGEST = -(-(MOST_BYTES + SIGNATURE) * 4 // 3)  # characters
KEY_ID = re.compile(r"[A-Za-z0-9_-]{8}")
# What stands between the characters of a code that somebody copies: spaces, and what is not seen.
BETWEEN = re.compile("[\\s\u00ad\u200b-\u200d\u2060\ufeff]+")
# To how many bytes of UTF-8 (title, host, place, name) are cut, at most so many hosts and clocks:
# the first in which all has room. The name is the last to give way.
CUTS = (
    (400, 200, 100, 600, 12),
    (200, 100, 60, 400, 12),
    (150, 60, 40, 300, 12),
    (120, 40, 30, 200, 8),
    (100, 30, 24, 160, 6),
    (80, 24, 20, 120, 4),
    (60, 20, 16, 100, 3),
    (40, 12, 10, 60, 3),
)


@dataclass(frozen=True)
class Statement:
    """Who took part in what.

    `language` is that of the title. `clocks` are the hosts': (place, how French names its time, its
    IANA zone, minutes that it is ahead of UTC at the start, and at the end). They are read from
    these minutes, whatever a later law makes of the zone.
    """

    workshop: UUID
    title: str
    language: str
    hosts: tuple
    starts_at: datetime
    minutes: int
    clocks: tuple
    name: str

    @property
    def span(self):
        return timedelta(minutes=self.minutes)

    @property
    def readings(self):
        """What each clock shows from start to end (events.readings.Reading)."""
        ends_at = self.starts_at + self.span
        return read_spans(
            (
                Clock(place, zone, label),
                self.starts_at.astimezone(timezone(timedelta(minutes=at_start))),
                ends_at.astimezone(timezone(timedelta(minutes=at_end))),
            )
            for place, label, zone, at_start, at_end in self.clocks
        )


def clock_of(clock, starts_at, ends_at):
    """The `clock` of a workshop as a Statement has it."""
    zone, minute = ZoneInfo(clock.zone), timedelta(minutes=1)
    offsets = (at.astimezone(zone).utcoffset() // minute for at in (starts_at, ends_at))
    return clock.place, clock.french_label, clock.zone, *offsets


def payload(statement, key_id):
    """The bytes that are signed: JSON, the same for the same statement and key.

    Long texts are cut, so that there are at most MOST_BYTES.
    """
    for cuts in CUTS:
        written = as_json(statement, key_id, *cuts)
        if len(written) <= MOST_BYTES:
            break
    return written


def as_json(statement, key_id, title, host, place, name, count):
    facts = {
        "v": VERSION,
        "k": key_id,
        "w": base64url(statement.workshop.bytes),
        "t": cut(statement.title, title),
        "l": statement.language,
        "h": first([cut(each, host) for each in statement.hosts], count, "…"),
        "s": statement.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        "m": statement.minutes,
        "c": [
            [cut(each, place), label if len(label.encode()) <= place else "", *zone_and_offsets]
            for each, label, *zone_and_offsets in statement.clocks[:count]
        ],
        "n": cut(statement.name, name),
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()


def first(texts, count, more):
    """The first `count` of `texts`, and `more` in the place of the others."""
    return texts if len(texts) <= count else [*texts[:count], more]


def cut(text, size):
    """`text` in at most `size` bytes of UTF-8, with … for the rest; no letter loses its accent."""
    text = unicodedata.normalize("NFC", text)
    if len(text.encode()) <= size:
        return text
    kept = text.encode()[: size - len("…".encode())].decode(errors="ignore")
    while kept and unicodedata.combining(text[len(kept)]):
        kept = kept[:-1]
    return kept.rstrip() + "…"


def code(written, signature):
    """The line of text for the bytes `written` and their `signature`."""
    return base64url(signature + written)


def typed(text):
    """The code in what somebody has copied: in groups, on several lines, or as a whole link."""
    text = BETWEEN.sub("", text).strip("/")
    return text.rpartition("/")[2]


def groups(code):
    """`code` in groups for people's eyes; none ends in a hyphen, which a copy might swallow."""
    return re.findall(r".{7,}?[^-]|.+", code)


def parts(text):
    """(payload, signature) of a code; None if `text` is none, or is not written as code() would.

    Base64 has more than one spelling of the same bytes (RFC 4648 3.5): one alone is ours.
    """
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        whole = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if base64url(whole) != text or len(whole) <= SIGNATURE:
        return None
    return whole[SIGNATURE:], whole[:SIGNATURE]


def key_named(written):
    """The key id that the bytes `written` name, before anything of them is believed; "" if none."""
    facts = facts_of(written)
    name = facts.get("k") if isinstance(facts, dict) else None
    return name if isinstance(name, str) and KEY_ID.fullmatch(name) else ""


def statement_of(written):
    """The Statement that signed bytes hold; None if this release does not know their version."""
    facts = facts_of(written)
    if not isinstance(facts, dict) or facts.get("v") != VERSION:
        return None
    return Statement(
        workshop=UUID(bytes=base64.urlsafe_b64decode(facts["w"] + "==")),
        title=facts["t"],
        language=facts["l"],
        hosts=tuple(facts["h"]),
        starts_at=datetime.strptime(facts["s"], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC),
        minutes=facts["m"],
        clocks=tuple(tuple(clock) for clock in facts["c"]),
        name=facts["n"],
    )


def facts_of(written):
    try:
        return json.loads(written.decode())
    except (ValueError, RecursionError):
        return None


def digest(written):
    """The hash by which an attestation is revoked: SHA-256 of its payload, in hex."""
    return hashlib.sha256(written).hexdigest()


def base64url(content):
    """`content` as base64url without padding (RFC 4648 5)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
