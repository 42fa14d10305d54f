"""Queries that are built once: they find what the ORM finds, whatever they were built with."""

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from events.models import Workshop
from praxis.compiled import Compiled
from registrations.models import Headcount, Registration


def values_of(row):
    return {name: value for name, value in vars(row).items() if name != "_state"}


@pytest.mark.parametrize("model", [Workshop, Registration, Headcount])
def test_a_model_is_read_as_the_orm_reads_it(model, make_workshop, register, communities):
    for _each in range(3):
        register(make_workshop(capacity=5), community=communities["France"])
    query = Compiled(lambda pk: model.objects.filter(pk=pk).order_by())

    found = [query.first(row.pk) for row in model.objects.order_by("pk")]

    assert list(map(values_of, found)) == list(map(values_of, model.objects.order_by("pk")))
    assert len(found) == 3


def test_numbers_and_texts_take_their_own_places(make_workshop, register):
    workshops = [make_workshop(), make_workshop()]
    for workshop in workshops:
        for address in ("7130000001", "7130000002"):
            register(workshop, email=f"{address}@example.org")
    query = Compiled(
        lambda key, workshop: (
            Registration.objects.active()
            .filter(workshop=workshop, email_key=key)
            .order_by("pk")
            .values_list("workshop", "email")
        )
    )

    found = [
        query.all(address, workshop.pk)
        for workshop in workshops
        for address in ("7130000002@example.org", "nobody@example.org", "7130000001@example.org")
    ]

    assert found == [
        each
        for workshop in workshops
        for each in (
            [(workshop.pk, "7130000002@example.org")],
            [],
            [(workshop.pk, "7130000001@example.org")],
        )
    ]


def test_it_is_built_once(workshop):
    built = []

    def build(pk):
        built.append(pk)
        return Workshop.objects.filter(pk=pk).order_by()

    query = Compiled(build)

    assert [query.first(workshop.pk), query.first(0), query.first(workshop.pk)] == [
        workshop,
        None,
        workshop,
    ]
    assert len(built) == 1


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused(workshop):
    query = Compiled(lambda pk: Workshop.objects.select_for_update().filter(pk=pk).order_by())
    with transaction.atomic():
        assert query.first(workshop.pk) == workshop

    with pytest.raises(TransactionManagementError):
        query.first(workshop.pk)


def test_a_lock_is_asked_for_each_time(workshop):
    query = Compiled(lambda pk: Workshop.objects.select_for_update().filter(pk=pk).order_by())
    with CaptureQueriesContext(connection) as asked, transaction.atomic():
        query.first(workshop.pk)
        query.first(workshop.pk)

    locking = [statement["sql"] for statement in asked if "FROM" in statement["sql"]]
    wanted = "FOR UPDATE" if connection.features.has_select_for_update else ""
    assert [wanted in sql for sql in locking] == [True, True]
