"""The bands at the head of mails: one look for each kind, so that none is taken for another.

Shape and mark differ as well as colour, for those who do not see colours and for programs that
change them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Band:
    """How the head of a mail is drawn.

    `mark` is a character, beside the words and no part of them. `paper` and `ink` are the colours
    of ground and words; the edge is CSS, its colour included. No mark is one that phones replace by
    a coloured picture.
    """

    mark: str
    paper: str
    ink: str
    edge: str


def full(mark, paper, ink="#ffffff"):
    """A band filled with a deep colour."""
    return Band(mark, paper, ink, f"border:3px solid {paper}")


def framed(mark, paper, ink, line="solid"):
    """A pale band in a frame."""
    return Band(mark, paper, ink, f"border:3px {line} {ink}")


def barred(mark, paper, ink):
    """A pale band with a bar at its left."""
    return Band(mark, paper, ink, f"border-left:12px solid {ink}")


CONFIRMATION = full("✓", "#1d6b45")
ALREADY_REGISTERED = barred("✓", "#e2f1e8", "#17553a")
WAITING = framed("…", "#fdf3dc", "#6a4506", "dashed")
LINKS = framed("»", "#f7f4ec", "#1f1d3a")
PROMOTION = full("★", "#5b3a8e")
CANCELLATION = framed("○", "#eceaea", "#3d3b46")
ORGANISERS_CANCELLED = barred("✕", "#f9e4e4", "#7d1016")
HOUR_REMINDER = full("●", "#14132a", "#f8d18a")
DAY_REMINDER = barred("?", "#e3edf9", "#1d4277")
UPDATE = framed("↻", "#fdf0e3", "#8a2f0b")
WORKSHOP_CANCELLED = full("✕", "#a4161a")
SUBSCRIPTION = framed("?", "#f1eef9", "#43307a", "dashed")
NEXT_WORKSHOP = barred("★", "#fbf0d0", "#5c3d00")
AFTERWARDS = framed("◆", "#e4f1ef", "#0f4f4a")
