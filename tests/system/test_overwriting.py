"""What the database’s files keep of rows that are no more. Byte searches stand with the rows."""

import time

import pytest
from django.db import connection

from praxis import overwriting
from registrations.models import Need
from tests.helpers.clock import NOW


def counted():
    """Let PostgreSQL count the rows that this connection has changed; has_old_rows() then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
        time.sleep(0.05)
    return overwriting.has_old_rows(Need)


@pytest.mark.django_db(transaction=True)
def test_old_rows_are_known_until_they_are_dropped_and_not_again(make_workshop, register):
    register(make_workshop(), needs="Une pause.")
    Need.objects.update(said_at=NOW)
    before = counted()

    overwriting.drop_old_rows(Need)

    assert (before, counted()) == (connection.vendor == "postgresql", False)
    assert Need.objects.get().text == "Une pause."
