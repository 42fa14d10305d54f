"""SQLite's write-ahead log, in which what was erased would stay for a while."""

from django.db import connection

PATIENCE = 200  # milliseconds: meanwhile nobody else writes


def empty():
    """Bring the write-ahead log of SQLite into the file, and cut it off; nothing on PostgreSQL.

    Old pages stay in it until others take their place, and with them what has been erased since.
    Where somebody reads for longer than PATIENCE it stays as it is, until the next time.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        [usual] = cursor.fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")
