"""Queries that are built once: they find what the ORM finds, whatever they were built with."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from events.models import Workshop
from praxis.compiled import Compiled, CompiledInsert
from registrations.models import Headcount, OutgoingMail, Registration


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


def test_a_model_comes_with_those_that_select_related_names(make_workshop, register):
    for _each in range(2):
        register(make_workshop())
    query = Compiled(lambda pk: Headcount.objects.select_related("workshop").filter(pk=pk))
    workshops = list(Workshop.objects.order_by("pk"))

    found = [query.first(workshop.pk) for workshop in workshops]

    with CaptureQueriesContext(connection) as asked:
        assert [values_of(row.workshop) for row in found] == list(map(values_of, workshops))
    assert len(asked) == 0
    own = [{k: v for k, v in vars(row).items() if k != "_state"} for row in found]
    assert own == [values_of(Headcount.objects.get(pk=row.pk)) for row in found]


@pytest.mark.parametrize("model", [Registration, OutgoingMail])
def test_a_row_is_stored_as_the_orm_stores_it(model, workshop, register, communities, now):
    facts = {"community": communities["France"], "newsletter": "Yes", "zone": "Asia/Tokyo"}
    first = register(workshop, **facts)
    row = model.objects.latest("pk")
    model.objects.all().delete()
    if model is OutgoingMail:
        row.registration = first
    wanted = values_of(row)
    row.pk = None

    CompiledInsert(model).store(row)

    assert not row._state.adding
    assert values_of(model.objects.get(pk=row.pk)) | {"id": wanted["id"]} == wanted
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        CompiledInsert(model).store(row)  # its tokens and its Message-ID are taken


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
