"""What a database's files keep of rows that were changed or deleted, and how to be rid of it.

SQLite overwrites its pages (databases.SQLITE), but keeps a write-ahead log; PostgreSQL keeps old
versions of rows.
"""

from django.db import connection

PATIENCE = 200  # milliseconds: meanwhile nobody else writes


def empty_log():
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
            cursor.fetchall()
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(usual)}")


def has_old_rows(model):
    """Does PostgreSQL keep old versions of rows of `model`, as far as it has counted them?"""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_dead_tup > 0 FROM pg_stat_user_tables WHERE relname = %s",
            [model._meta.db_table],
        )
        found = cursor.fetchone()
    return bool(found and found[0])


def drop_old_rows(model):
    """Rid PostgreSQL's files of what the rows of `model` held before, as far as it can be done.

    It writes the table anew, which is for small tables: nobody reads it meanwhile. What a
    transaction that is open may still see stays until the next time. Its own log (WAL) goes on its
    way. Nothing is done inside a transaction. SQLite keeps no old rows but in its log: empty_log().
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (FULL) {table}")
            # It counts what is left, which the other does not: has_old_rows() goes by it.
            cursor.execute(f"VACUUM {table}")
