"""Reminders written and sent by several workers at once, and the cost of a round."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registrations import worker
from registrations.domain import signup
from registrations.mail import reminders, snapshots
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import NOW
from tests.helpers.database import at_once
from tests.helpers.processes import python

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def enrol(workshop, number, **facts):
    """So many confirmed registrations, without their mails; their addresses."""
    first = workshop.registrations.count()
    names = [f"p{first + each}@example.org" for each in range(number)]
    facts = {"workshop": workshop, "state": "confirmed", "created_at": NOW} | facts
    Registration.objects.bulk_create(
        Registration(email=name, email_key=name, **facts) for name in names
    )
    return names


def statements(moment):
    with CaptureQueriesContext(connection) as captured:
        assert reminders.write_due(now=moment) == 0
    return len(captured)


@pytest.mark.parametrize(
    ("lead", "expected"),
    [(90 * DAY, 1), (30 * DAY, 2), (DAY + 2 * HOUR, 2), (DAY, 5), (2 * HOUR, 5), (HOUR / 2, 5)],
)
def test_a_sweep_that_finds_nothing_due_costs_the_same_however_many_are_registered(
    lead, expected, workshop
):
    counts = []
    for number in (1, 49, 450):
        enrol(
            workshop,
            number,
            day_reminder_for=workshop.starts_at,
            hour_reminder_for=workshop.starts_at,
        )
        counts.append(statements(workshop.starts_at - lead))

    assert counts == [expected] * 3


def test_more_people_than_a_batch_holds_are_all_reminded_in_one_sweep(workshop, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 3)
    names = enrol(workshop, 10)

    counts = [reminders.write_due(now=workshop.starts_at - DAY) for _ in range(2)]

    reminded = OutgoingMail.objects.order_by("registration").values_list(
        "registration__email", flat=True
    )
    assert (counts, list(reminded)) == ([10, 0], names)


def test_ten_workshops_where_nothing_is_due_cost_no_more_than_one(make_workshop):
    counts = []
    for number in (1, 9):
        for _ in range(number):
            enrol(make_workshop(), 2)
        counts.append(statements(NOW + 30 * DAY))

    assert counts == [2, 2]


def sent_to(smtp):
    """How often each kind of mail went to each person, by its Message-ID."""
    kinds = dict(OutgoingMail.objects.values_list("message_id", "kind"))
    return Counter(
        (kinds[mail["Message-ID"]], mail["To"].addresses[0].addr_spec) for mail in smtp.messages
    )


def once_each(kind, names):
    return Counter((kind, name) for name in names)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("batch", [4, 500])
def test_three_sweeps_at_once_write_each_reminder_once(batch, workshop, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", batch)
    names = enrol(workshop, 60)

    tallies = [
        sum(at_once(*[partial(reminders.write_due, now=workshop.starts_at - lead)] * 3))
        for lead in (DAY, HOUR)
    ]
    # Whoever met another's lock may have left a rest to the next minute.
    rest = reminders.write_due(now=workshop.starts_at - HOUR)

    stored = Counter(OutgoingMail.objects.values_list("kind", "registration__email"))
    assert stored == once_each("day_reminder", names) + once_each("hour_reminder", names)
    assert sum(tallies) + rest == 120


@pytest.mark.django_db(transaction=True)
def test_three_sweeps_at_once_send_each_reminder_once(workshop, smtp):
    told = snapshots.snapshot(workshop, "confirmed")
    names = enrol(workshop, 12, told=told, sequence=0)

    for lead in (DAY, HOUR):
        at_once(*[partial(worker.run_once, now=workshop.starts_at - lead)] * 3)

    assert sent_to(smtp) == once_each("day_reminder", names) + once_each("hour_reminder", names)
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_somebody_who_cancels_while_sweeps_run_is_told_of_the_cancellation_last(
    workshop, register, smtp
):
    people = [register(workshop, email=f"p{number}@example.org") for number in range(8)]
    worker.run_once(now=NOW)
    due = workshop.starts_at - DAY

    at_once(
        *[partial(worker.run_once, now=due)] * 3,
        *(partial(signup.cancel, person, now=due) for person in people[:4]),
    )
    worker.run_once(now=due)

    for person in people[:4]:
        told = (
            person.mails.filter(state="sent")
            .order_by("sent_at", "pk")
            .values_list("kind", flat=True)
        )
        assert list(told)[-1] == "cancellation"
    assert [list(person.mails.values_list("kind", "state")) for person in people[4:]] == [
        [("day_reminder", "sent"), ("confirmation", "sent")]
    ] * 4


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_three_workers_send_each_person_one_mail_of_each_kind(
    make_workshop, register, smtp, tmp_path
):
    now = timezone.now()
    tomorrow, shortly = (
        make_workshop(starts_at=now + ahead, ends_at=now + ahead + HOUR)
        for ahead in (20 * HOUR, HOUR / 2)
    )
    names = [f"p{number}@example.org" for number in range(8)]
    for name in names:
        register(tomorrow, email=name, now=now - 2 * DAY)
        register(shortly, email=name, now=now - 2 * DAY)
    smtp.seconds_per_mail = 0.05

    workers = [
        python(
            tmp_path / str(number),
            "manage.py",
            "work",
            "--once",
            EMAIL_URL=f"smtp://127.0.0.1:{smtp.controller.port}",
        )
        for number in range(3)
    ]
    outputs = [worker.communicate(timeout=50)[0] for worker in workers]

    assert [worker.returncode for worker in workers] == [0] * 3, outputs
    expected = once_each("confirmation", names) + once_each("confirmation", names)
    assert sent_to(smtp) == expected + once_each("day_reminder", names) + once_each(
        "hour_reminder", names
    )
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}
