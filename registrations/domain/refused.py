"""Refused: an act of the desk that cannot be done, and why."""


class Refused(Exception):
    """Raised when an act of the desk cannot be done; its text tells the organiser why."""
