"""Queries that are built once: their SQL is kept, and asked again with other values.

To build a short query takes Django three times as long as to ask it. It is for the few that each
sign-up asks, most of them while it holds a workshop's lock.
"""

from django.db import connection, transaction
from django.db.models.query import ModelIterable

# What stands for the values while a query is built: nothing that a query says of its own.
MARKERS = [7_130_000_001, 7_130_000_002, 7_130_000_003]


class Compiled:
    """The query that the function `build` returns: a queryset, of models or values_list().

    `build` takes up to three values, each of which stands in the query once and as a number or
    a text. What else it says must not change from one call to the next.
    """

    def __init__(self, build):
        self.build = build
        self.statements = {}  # {vendor of the database: Statement}

    def first(self, *values):
        """The first row for `values`, a model or a tuple; None if there is none."""
        return next(iter(self.all(*values)), None)

    def all(self, *values):
        """The rows for `values`, as a list of models or of tuples.

        Raises TransactionManagementError outside a transaction if the query locks what it reads.
        """
        statement = self.statements.get(connection.vendor)
        if statement is None:
            queryset = self.build(*MARKERS[: len(values)])
            statement = self.statements[connection.vendor] = Statement(queryset)
        return statement.rows(values)


class Statement:
    """The SQL of a queryset that was built with MARKERS, for one kind of database."""

    def __init__(self, queryset):
        compiler = queryset.query.get_compiler(connection=connection)
        self.sql, self.parameters = compiler.as_sql()
        markers = [str(marker) for marker in MARKERS]
        self.places = {  # {index of a parameter: (index of its value, its type)}
            index: (markers.index(str(parameter)), type(parameter))
            for index, parameter in enumerate(self.parameters)
            if str(parameter) in markers
        }
        self.compiler = compiler
        self.converters = compiler.get_converters([column for column, *_ in compiler.select])
        self.locks = queryset.query.select_for_update
        self.model = queryset.model if queryset._iterable_class is ModelIterable else None
        self.names = [column.target.attname for column, *_ in compiler.select if self.model]

    def rows(self, values):
        if self.locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("a lock needs a transaction")
        parameters = list(self.parameters)
        for index, (number, kind) in self.places.items():
            parameters[index] = kind(values[number])
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = self.compiler.apply_converters(cursor.fetchall(), self.converters)
        if self.model is None:
            return [tuple(row) for row in rows]
        return [self.model.from_db(connection.alias, self.names, row) for row in rows]
