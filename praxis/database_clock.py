"""The present by the database's clock, the one clock that all machines share."""

from django.db import connection
from django.utils import timezone


def now():
    """The present (UTC): the PostgreSQL server's clock, or this machine's own with SQLite.

    Several machines share a PostgreSQL, and their own clocks may differ. SQLite is one machine's.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
