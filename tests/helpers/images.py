"""Images of the database under test: it is put back to one sooner than it is migrated to and fro.

No transaction may be open.
"""

import sqlite3

from django.db import connection


class Image:
    """All of the database as it is now, under a name of its own."""

    def __init__(self, name):
        if connection.vendor == "sqlite":
            self.copy = sqlite3.connect(":memory:")
            connection.ensure_connection()
            connection.connection.backup(self.copy)
        else:
            self.copy = f"{connection.settings_dict['NAME']}_{name}"
            make_database(self.copy, template=connection.settings_dict["NAME"])

    def restore(self):
        """Makes the database what it was."""
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            self.copy.backup(connection.connection)
        else:
            make_database(connection.settings_dict["NAME"], template=self.copy)

    def drop(self):
        if connection.vendor == "sqlite":
            self.copy.close()
        else:
            drop_database(self.copy)


def make_database(name, *, template):
    """Makes a PostgreSQL database anew, as a copy of `template`."""
    drop_database(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def drop_database(name):
    connection.close()  # nobody may use a database that is dropped, or that is a template
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
