"""What a database keeps of rows that were changed or deleted, and how to be rid of it.

SQLite leaves old bytes in its pages and in its write-ahead log, PostgreSQL in old versions of rows.
"""

from django.db import connection


def begin():
    """From now on SQLite overwrites what this connection changes or deletes."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def drop_old_rows(model):
    """Rid the database's files of what the rows of `model` held before, as far as it can be done.

    SQLite empties its log, unless somebody reads just then: nobody is waited for. PostgreSQL writes
    the table anew; its own log (WAL) goes on its way. Nothing is done inside a transaction.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA busy_timeout")
            [patience] = cursor.fetchone()
            cursor.execute("PRAGMA busy_timeout = 0")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.fetchall()
            finally:
                cursor.execute(f"PRAGMA busy_timeout = {patience:d}")
        else:
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(model._meta.db_table)}")
