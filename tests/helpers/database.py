"""All rows of the database, and acts at once in threads."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def every_row():
    """{table: its rows, written out and sorted}, of every table there is, whether a model stands
    for it or not.
    """
    rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows[table] = sorted(repr(row) for row in cursor.fetchall())
    return rows


def at_once(*acts):
    """Call each of `acts` in a thread of its own, all starting together.

    Their results, in order.
    """
    gate = threading.Barrier(len(acts))

    def run(act):
        gate.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
