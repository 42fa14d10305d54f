"""The moment at which the tests happen."""

from datetime import UTC, datetime

# A quiet day before the session of 29 March 2027.
NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
