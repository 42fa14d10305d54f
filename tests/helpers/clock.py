"""The moment at which the tests happen."""

from datetime import UTC, datetime

# A quiet day before the session of 29 March 2027.
NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
# The twin clock of the workshop that the tests make unless told otherwise, as it is read.
DRAWN = "Québec 9 h 30 jusqu’à 12 h 00 France 15 h 30 jusqu’à 18 h 00"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)
