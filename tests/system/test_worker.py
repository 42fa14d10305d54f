"""The worker: what it logs, how it ends, and what it does without a database."""

import signal
import sqlite3
import threading
import time
from datetime import timedelta
from itertools import groupby

import psycopg
import pytest
from django.core.management import call_command
from django.db import DataError, OperationalError, connection, transaction
from django.utils import timezone

from events.models import Workshop
from registrations.domain import lost_links
from registrations.mail import daily_limits, delivery, queue
from registrations.models import Allowance, Headcount, OutgoingMail
from registrations.worker import run_once
from tests.helpers.network import wait_for
from tests.helpers.postgresql import Cluster
from tests.helpers.processes import database_url, manage
from tests.helpers.scripted_smtp import PATIENCE

State = OutgoingMail.State
READY = "INFO praxis.work the mail worker is ready"
AWAY = "WARNING praxis.work the database does not answer (OperationalError); trying again"


def said(worker):
    """The lines of `worker`, each run of equal ones as one.

    How often it tries depends on the machine.
    """
    return [line for line, _run in groupby(worker.lines)]


def test_the_worker_says_in_one_line_what_it_did(make_workshop, register, server, caplog, now):
    cancelled, fuller, soon, plain = [make_workshop() for _each in range(4)]
    taken = register(plain, email="taken@example.org", now=now - timedelta(hours=2)).mails.get()
    queue.claim([taken.pk], now=now - timedelta(hours=1))
    register(soon, email="reminded@example.org")
    register(fuller, email="first@example.org")
    Workshop.objects.filter(pk=fuller.pk).update(capacity=1)
    register(fuller, email="second@example.org")
    delivery.deliver_due(now=now)
    register(cancelled, email="dropped@example.org")
    Workshop.objects.filter(pk=cancelled.pk).update(state=Workshop.State.CANCELLED)
    Workshop.objects.filter(pk=fuller.pk).update(capacity=2)
    Workshop.objects.filter(pk=soon.pk).update(
        starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2)
    )
    register(plain, email="refused@example.org")
    register(plain, email="later@example.org")
    server.script["RCPT"] = ["550 5.1.1 No such person here", "450 4.2.1 Greylisted"]
    caplog.clear()

    call_command("work", "--once")

    lines = [record.getMessage() for record in caplog.records if record.name == "praxis.work"]
    assert lines == [
        "1 failed, 2 queued, 1 reminders written, 1 seats given, 3 sent, 1 taken up again"
    ]


@pytest.fixture
def lost(make_workshop, register, now):
    """Make workshops that cannot be served, as their zones or theirs who wait are no zones (any
    more).
    """
    tomorrow = {"starts_at": now + timedelta(hours=20), "ends_at": now + timedelta(hours=22)}

    def with_a_person_in_line():
        workshop = make_workshop(capacity=0, **tomorrow)
        register(workshop, email="lost@example.org", zone="Mars/Phobos")
        Workshop.objects.filter(pk=workshop.pk).update(capacity=1)
        return workshop

    def with_reminders_to_write():
        workshop = make_workshop("Casablanca", **tomorrow)
        register(workshop, email="lost@example.org", now=now - timedelta(days=9))
        workshop.hosts.update(zone="Mars/Phobos")
        return workshop

    return {"promotion": with_a_person_in_line, "reminders": with_reminders_to_write}


@pytest.mark.parametrize("step", ["promotion", "reminders"])
def test_a_workshop_that_cannot_be_served_holds_up_neither_the_others_nor_the_mail(
    step, lost, make_workshop, register, caplog, now
):
    workshop = lost[step]()
    OutgoingMail.objects.all().delete()
    other, soon = make_workshop(capacity=0), make_workshop()
    register(other, email="waits@example.org")
    register(soon, email="reminded@example.org", now=now - timedelta(days=90))
    Workshop.objects.filter(pk=other.pk).update(capacity=1)
    Workshop.objects.filter(pk=soon.pk).update(
        starts_at=now + timedelta(hours=20), ends_at=now + timedelta(hours=22)
    )
    caplog.clear()

    call_command("work", "--once")

    what = {"promotion": "the promotion", "reminders": "a reminder"}[step]
    lines = [record.getMessage().partition(", at ")[0] for record in caplog.records]
    failures = [line for line in lines if "failed" in line]
    sent = (
        OutgoingMail.objects.filter(state=State.SENT).order_by("pk").values_list("kind", flat=True)
    )
    assert set(failures) == {f"{what} for workshop {workshop.pk} failed (ZoneInfoNotFoundError)"}
    assert list(sent) == ["confirmation", "promotion", "day_reminder"]
    assert "Phobos" not in caplog.text


def test_an_answer_that_cannot_be_written_holds_up_no_mail(workshop, register, caplog, now):
    register(workshop)
    lost_links.ask("zoe@example.org", now=now)
    daily_limits.mail_at("zoe@example.org", now=now, purpose="links")
    Allowance.objects.update(times=["yesterday"])

    call_command("work", "--once")

    [line] = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert line.partition(", at ")[0] == "the answer to lost links failed (TypeError)"
    assert OutgoingMail.objects.get().state == State.SENT


def waited_in_vain(cause):
    """What Django makes of PostgreSQL's `cause`."""
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "step", ["waiting_list.promote_everywhere", "reminders.write_due", "queue.take_up_abandoned"]
)
@pytest.mark.parametrize(
    "error",
    [
        DataError("a row that cannot be read"),
        waited_in_vain(psycopg.errors.LockNotAvailable("a lock that somebody keeps")),
        waited_in_vain(psycopg.errors.DeadlockDetected("two who wait for each other")),
        waited_in_vain(psycopg.errors.QueryCanceled("a statement that takes too long")),
    ],
    ids=["data", "lock", "deadlock", "timeout"],
)
def test_a_step_that_fails_as_a_whole_holds_up_no_mail(
    step, error, workshop, register, smtp, monkeypatch, now
):
    def fail(now):
        raise error

    register(workshop)
    monkeypatch.setattr(f"registrations.worker.{step}", fail)
    assert run_once(now=now)[State.SENT] == 1


def test_a_round_without_housekeeping_sends_and_answers_alone(make_workshop, register, now):
    workshop = make_workshop(capacity=0)
    register(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(capacity=1)

    tallies = [dict(run_once(now=now, housekeeping=each)) for each in (False, True)]

    zeros = {"reminders written": 0, "taken up again": 0, "mails about what stays": 0}
    assert tallies == [{State.SENT: 1}, {**zeros, "seats given": 1, State.SENT: 1}]


@pytest.mark.real_time
def test_work_once_says_when_nothing_was_due(start_worker, server):
    worker = start_worker("--once", port=server.port)

    assert (worker.wait(), worker.lines) == (0, ["INFO praxis.work nothing was due"])
    assert server.dialogues == []


@pytest.fixture
def register_people(transactional_db, make_workshop, register):
    """Register so many people at a coming workshop, by the real clock; their mails."""

    def act(count):
        now = timezone.now()
        workshop = make_workshop(start=(now + timedelta(days=70)).replace(tzinfo=None))
        return [
            register(workshop, email=f"p{number}@example.org", now=now).mails.get()
            for number in range(count)
        ]

    return act


@pytest.mark.real_time
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_worker_told_to_end_ends_after_the_mail_in_hand(
    signum, register_people, start_worker, server
):
    mails = register_people(8)
    told = threading.Event()

    def tell(dialogue, message):
        worker.process.send_signal(signum)
        told.wait(0.5)  # the signal is there before the receipt
        dialogue.keep(message)
        dialogue.say("250 kept")

    server.script["BODY"] = ["250 kept", "250 kept", tell]
    worker = start_worker(port=server.port, WORK_CONNECTIONS="1")

    assert (worker.wait(), worker.lines) == (0, [READY, "INFO praxis.work 3 sent"])
    assert server.arrived == [mail.message_id for mail in mails[:3]]
    left = OutgoingMail.objects.order_by("pk").values_list("state", "attempts")
    assert list(left) == [(State.SENT, 1)] * 3 + [(State.QUEUED, 0)] * 5


def somebody_waits():
    """Does another process wait for a lock of this database (PostgreSQL)?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database"
            " WHERE NOT granted AND datname = current_database()"
        )
        return cursor.fetchone() == (1,)


@pytest.mark.real_time
def test_a_worker_waits_for_a_locked_database(register_people, start_worker, server):
    [mail] = register_people(1)
    is_sqlite = connection.vendor == "sqlite"

    with transaction.atomic():
        if not is_sqlite:
            connection.cursor().execute("LOCK TABLE registrations_outgoingmail")
        worker = start_worker(port=server.port, DJANGO_SETTINGS_MODULE="tests.impatient_settings")
        wait_for(lambda: AWAY in worker.lines if is_sqlite else somebody_waits())
    wait_for(lambda: "INFO praxis.work 1 sent" in worker.lines)
    worker.tell_to_end()

    assert worker.wait() == 0
    assert said(worker) == [READY, *([AWAY] if is_sqlite else []), "INFO praxis.work 1 sent"]
    assert server.arrived == [mail.message_id]


class Absence:
    """The database goes away from a worker: SQLite locked, PostgreSQL's sessions ended."""

    def __enter__(self):
        if connection.vendor == "sqlite":
            self.locker = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
            self.locker.execute("BEGIN IMMEDIATE")
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()

    def __exit__(self, *_error):
        if connection.vendor == "sqlite":
            self.locker.close()


@pytest.mark.real_time
def test_a_mail_that_leaves_while_the_database_is_away_leaves_once(
    register_people, start_worker, server
):
    [mail] = register_people(1)
    connection.close()
    is_back = threading.Event()

    def keep_without_a_database(dialogue, message):
        dialogue.keep(message)
        with Absence():
            dialogue.say("250 kept")
            time.sleep(1)
        is_back.set()

    server.script["BODY"] = [keep_without_a_database]
    worker = start_worker(
        "--sweep-every", "1", port=server.port, DJANGO_SETTINGS_MODULE="tests.impatient_settings"
    )
    is_back.wait(PATIENCE)
    wait_for(lambda: OutgoingMail.objects.filter(state=State.SENT).exists())
    worker.tell_to_end()

    assert worker.wait() == 0
    assert server.arrived == [mail.message_id]
    assert [line for line in worker.lines if "Traceback" in line] == []


SIGN_UP_TWO = """
from datetime import timedelta
from django.core.management import call_command
from django.utils import timezone
from events.models import Workshop
from registrations.domain import signup
from registrations.models import OutgoingMail
call_command("migrate", verbosity=0)
call_command("load_praxis", "--upcoming", verbosity=0)
workshop = Workshop.objects.latest("starts_at")
for number in (0, 1):
    person = {"first_name": "Zoé", "last_name": "Tremblay", "email": f"p{number}@example.org"}
    signup.register(workshop, now=timezone.now(), **person)
second = OutgoingMail.objects.order_by("pk").last()
OutgoingMail.objects.filter(pk=second.pk).update(due_at=timezone.now() + timedelta(days=1))
print(*OutgoingMail.objects.order_by("pk").values_list("message_id", flat=True))
"""


@pytest.mark.real_time
@pytest.mark.one_database
def test_a_worker_survives_a_restart_of_postgresql(tmp_path, start_worker, server):
    with Cluster() as cluster:
        where = {"DATA_DIR": tmp_path, "DATABASE_URL": cluster.url}
        first, second = manage("shell", "--verbosity", "0", "--command", SIGN_UP_TWO, **where)[-2:]
        worker = start_worker(port=server.port, DATABASE_URL=cluster.url)
        wait_for(lambda: "INFO praxis.work 1 sent" in worker.lines)

        cluster.stop()
        wait_for(lambda: AWAY in worker.lines)
        cluster.start()
        with psycopg.connect(cluster.url) as client:
            client.execute(
                "UPDATE registrations_outgoingmail SET due_at = now() WHERE state = 'queued'"
            )
        wait_for(lambda: len(server.arrived) == 2)
        worker.tell_to_end()

        assert worker.wait() == 0
    assert said(worker) == [READY, "INFO praxis.work 1 sent", AWAY, "INFO praxis.work 1 sent"]
    assert server.arrived == [first, second]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has a limit of its own")
def test_a_worker_waits_ten_seconds_for_a_row(monkeypatch):
    found, options = [], connection.settings_dict["OPTIONS"]

    def end(**_facts):
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            found.append(cursor.fetchone()[0])
        raise KeyboardInterrupt

    monkeypatch.setitem(connection.settings_dict, "OPTIONS", dict(options))
    monkeypatch.setattr("registrations.worker.run_once", end)
    monkeypatch.setattr(signal, "signal", lambda *_arguments: None)

    with pytest.raises(KeyboardInterrupt):
        call_command("work")
    connection.close()

    assert found == ["10s"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file is not locked by the row")
def test_a_workshop_whose_row_is_held_keeps_no_mail_of_another(
    make_workshop, crowd, register, caplog, now
):
    stuck, other = make_workshop(capacity=1), make_workshop()
    crowd(stuck, 2)
    Workshop.objects.filter(pk=stuck.pk).update(capacity=2)
    Headcount.objects.update(checked_at=now - timedelta(days=1))
    mail = register(other).mails.get()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '2s'")
    with psycopg.connect(database_url()) as psql:
        psql.execute("SELECT 1 FROM events_workshop WHERE id = %s FOR UPDATE", [stuck.pk])
        began = time.monotonic()
        run_once(now=now)
        seconds = time.monotonic() - began
        psql.rollback()
    held = stuck.registrations.confirmed().count()
    run_once(now=now)
    connection.close()

    mail.refresh_from_db()
    assert (mail.state, held, stuck.registrations.confirmed().count()) == ("sent", 1, 2)
    assert seconds < 2
    assert "failed" not in caplog.text
