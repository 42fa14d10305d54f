"""What the desk searches of a registration: one stored line without accents and case."""

from praxis.text import folded

# An index holds the line. PostgreSQL takes at most 2,700 bytes there, of four to a character.
LONGEST = 600
SEARCHED = ("first_name", "last_name", "email", "organisation")


def search_text(registration):
    """What the desk finds `registration` by, folded; None once the person is erased."""
    if registration.erased_at:
        return None
    return folded(" ".join(getattr(registration, name) for name in SEARCHED))[:LONGEST]


def words_of(typed):
    """The words of a search as they stand in search texts."""
    return folded(typed).split()
