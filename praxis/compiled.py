"""Statements that are built once: their SQL is kept, and asked again with other values.

To build a short statement takes Django three times as long as to ask it. It is for the few that a
worker asks each second, and each sign-up, most of them while it holds a workshop's lock.
"""

from django.db import connection, connections, transaction
from django.db.models import CharField, TextField
from django.db.models.query import ModelIterable, get_related_populators

# What stands for the values while a query is built: nothing that a query says of its own.
MARKERS = [7_130_000_001, 7_130_000_002, 7_130_000_003]


class Compiled:
    """The query that the function `build` returns: a queryset, of models or values_list().

    Models may come with others, by select_related().

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
        self.models = None
        if queryset._iterable_class is ModelIterable:
            self.models = Models(queryset, compiler.select, compiler.klass_info)

    def rows(self, values):
        if self.locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("a lock needs a transaction")
        parameters = list(self.parameters)
        for index, (number, kind) in self.places.items():
            parameters[index] = kind(values[number])
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            rows = self.compiler.apply_converters(cursor.fetchall(), self.converters)
        return self.models.of(rows) if self.models else [tuple(row) for row in rows]


class Models:
    """Makes the models that rows hold, as Django's ModelIterable does."""

    def __init__(self, queryset, select, info):
        self.model, self.places = info["model"], info["select_fields"]
        self.names = [select[place][0].target.attname for place in self.places]
        # Django 6.1 asks how fields are fetched that were left out.
        modes = [queryset._fetch_mode] if hasattr(queryset, "_fetch_mode") else []
        self.related = get_related_populators(info, select, connection.alias, *modes)

    def of(self, rows):
        """The models, with those that select_related() named."""
        found = []
        for row in rows:
            values = [row[place] for place in self.places]
            model = self.model.from_db(connection.alias, self.names, values)
            for each in self.related:
                each.populate(row, model)
            found.append(model)
        return found


class CompiledInsert:
    """The INSERT of a row of `model`."""

    def __init__(self, model):
        self.table, self.key = model._meta.db_table, model._meta.pk
        self.fields = [field for field in model._meta.concrete_fields if field is not self.key]
        self.texts = [isinstance(field, (CharField, TextField)) for field in self.fields]
        self.statements = {}  # {vendor of the database: SQL}

    def store(self, row):
        """Store `row`, a new model, as save(force_insert=True) does; the database gives its key.

        There are no signals.
        """
        # The connection itself: its proxy would be asked anew for each value.
        database = connections[connection.alias]
        sql = self.statements.get(database.vendor)
        if sql is None:
            sql = self.statements[database.vendor] = self.sql()
        values = [field.pre_save(row, add=True) for field in self.fields]
        for place, value in enumerate(values):
            # Every database takes these as they are, and most are such.
            if value is not None and not (self.texts[place] and type(value) is str):
                values[place] = self.fields[place].get_db_prep_save(value, database)
        with database.cursor() as cursor:
            cursor.execute(sql, values)
            row.pk = cursor.fetchone()[0]
        row._state.adding, row._state.db = False, database.alias

    def sql(self):
        quote = connection.ops.quote_name
        columns = ", ".join(quote(field.column) for field in self.fields)
        places = ", ".join("%s" for _field in self.fields)
        key = quote(self.key.column)
        into = f"{quote(self.table)} ({columns})"
        return f"INSERT INTO {into} VALUES ({places}) RETURNING {key}"  # noqa: S608
