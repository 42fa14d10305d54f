"""An index that is added while people register."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.migrations import AddIndex


class AddIndexUnlocked(AddIndexConcurrently):
    """Adds an index without holding up writers: CONCURRENTLY on PostgreSQL, as ever elsewhere.

    The migration needs `atomic = False`. What an attempt that broke off has left is replaced.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        states = (app_label, schema_editor, from_state, to_state)
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_forwards(self, *states)
            return
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(*states)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        states = (app_label, schema_editor, from_state, to_state)
        if schema_editor.connection.vendor != "postgresql":
            AddIndex.database_backwards(self, *states)
            return
        super().database_backwards(*states)
