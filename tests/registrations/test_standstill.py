"""/readyz while mail stands still for each reason there is, and while it only seems to.

The minutes are compressed: the worker's own rounds are run at the moments at which it would run.
"""

import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Workshop
from registrations.management.commands import work
from registrations.models import Heartbeat, OutgoingMail, heartbeat
from registrations.worker import run_once
from tests.helpers.clock import NOW
from tests.helpers.network import free_port, wait_for
from tests.helpers.scripted_smtp import silence

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OK = (200, "ok\n")
NO_WORKER = (503, "no worker runs, so that no mail leaves: start `manage.py work`\n")
STANDS_STILL = (
    503,
    "mail stands still: one has been due since 2027-01-15 12:00 UTC, and none has left for 7 "
    "minutes. The worker's log and « Courriels sortants » at the desk say why\n",
)
MANY = 200  # answers, more than are asked for
OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


@pytest.fixture(autouse=True)
def running_for_an_hour(settings):
    settings.STARTED = time.monotonic() - 3600


@pytest.fixture
def readyz(client):
    """What /readyz says: (status, body)."""

    def ask():
        response = client.get("/readyz")
        return response.status_code, response.content.decode()

    return ask


@pytest.fixture
def pass_minutes(time_machine, readyz):
    """Let so many minutes pass, a worker running; what /readyz says at the end of each.

    The worker sends each minute. It sweeps in each tenth, as there is nothing to sweep up here.
    `skew` is how far the worker's clock is ahead of the web server's.
    """

    def act(count, *, first=0, skew=timedelta(0), meanwhile=lambda: None):
        said = []
        for minute in range(first + 1, first + count + 1):
            meanwhile()
            time_machine.move_to(NOW + minute * MINUTE)
            heartbeat.beat()
            run_once(now=timezone.now() + skew, housekeeping=minute % 10 == 0)
            said.append(readyz())
        return said

    return act


def age_heartbeat(period):
    Heartbeat.objects.update(beat_at=F("beat_at") - period)


def refuse_connections(settings, server):
    settings.EMAIL_PORT = free_port()


def never_answer(settings, server):
    settings.EMAIL_TIMEOUT = 0.05
    server.script["CONNECT"] = [silence] * MANY


def refuse_the_password(settings, server):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "praxis", "wrong"
    server.script["EHLO"] = ["250-fine\r\n250 AUTH PLAIN"] * MANY
    server.script["AUTH"] = ["535 5.7.8 Authentication credentials invalid"] * MANY


def refuse_everybody_for_now(settings, server):
    server.script["MAIL"] = ["451 4.3.0 Over quota"] * MANY


FAULTS = [refuse_connections, never_answer, refuse_the_password, refuse_everybody_for_now]


@pytest.mark.parametrize("fault", FAULTS)
def test_red_within_ten_minutes_of_mail_standing_still_and_green_once_it_leaves(
    fault, workshop, register, settings, server, pass_minutes
):
    port = settings.EMAIL_PORT
    for domain in ("example.org", "example.com", "example.net"):
        register(workshop, email=f"zoe@{domain}")
    fault(settings, server)

    said = pass_minutes(10)

    assert (said[:5], said[-1]) == ([OK] * 5, STANDS_STILL)
    settings.EMAIL_PORT = port
    settings.EMAIL_TIMEOUT = 20
    server.script.clear()
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    register(workshop, email="new@example.org", now=timezone.now())
    assert pass_minutes(1, first=10) == [OK]
    assert pass_minutes(40, first=11)[-1] == OK
    assert OutgoingMail.objects.unsettled().count() == 0


@pytest.mark.one_database
def test_mail_that_comes_to_a_standstill_amid_a_crowd_is_seen(
    workshop, crowd, settings, server, pass_minutes
):
    crowd(workshop, 3)
    assert pass_minutes(1) == [OK]
    crowd(workshop, 6, first=3)
    refuse_connections(settings, server)

    said = pass_minutes(9, first=1)

    assert (said[0], said[-1]) == (OK, STANDS_STILL)


@pytest.mark.parametrize("ahead", [-3, 3])
def test_clocks_three_minutes_apart_are_no_standstill_and_hide_none(
    ahead, workshop, register, settings, server, pass_minutes
):
    skew = ahead * MINUTE

    def sign_up():
        register(workshop, email=f"p{OutgoingMail.objects.count()}@example.org", now=timezone.now())

    assert pass_minutes(15, skew=skew, meanwhile=sign_up) == [OK] * 15
    refuse_connections(settings, server)
    sign_up()
    assert pass_minutes(10, first=15, skew=skew)[-1][0] == 503


@pytest.mark.one_database  # which mails count is told in Python
@pytest.mark.long_walk
def test_a_mail_that_its_recipients_server_refuses_for_hours_is_no_standstill(
    workshop, register, server, pass_minutes
):
    server.script["RCPT"] = ["451 4.7.1 Greylisted, try again"] * MANY
    person = register(workshop)
    assert pass_minutes(5) == [OK] * 5
    register(workshop, email="ana@example.org", now=timezone.now())
    register(workshop, now=timezone.now())  # once more; this mail waits for the first

    assert pass_minutes(180, first=5) == [OK] * 180
    assert list(person.mails.values_list("state", "attempts")) == [("queued", 0), ("queued", 5)]


@pytest.mark.one_database  # which mails count is told in Python
@pytest.mark.long_walk
def test_mistyped_domains_that_gather_while_others_get_their_mail_are_no_standstill(
    workshop, register, server, pass_minutes
):
    for hour, domain in enumerate(["gmial.example", "yaho.example", "outlok.example"]):
        register(workshop, email=f"zoe@{domain}", now=timezone.now())
        server.script["RCPT"] = ["450 4.1.2 Domain not found"] * MANY
        assert pass_minutes(40, first=90 * hour) == [OK] * 40
        server.script["RCPT"].clear()
        register(workshop, email=f"p{hour}@example.org", now=timezone.now())
        server.script["RCPT"] = ["250 fine"] + ["450 4.1.2 Domain not found"] * MANY
        assert pass_minutes(50, first=90 * hour + 40) == [OK] * 50

    assert len(server.arrived) == 3
    assert OutgoingMail.objects.unsettled().count() == 3


@pytest.mark.one_database
def test_mails_that_are_put_off_are_no_standstill(workshop, make_workshop, register, pass_minutes):
    limited = [register(make_workshop()) for _each in range(6)]
    register(workshop, email="held@example.org")
    Workshop.objects.filter(pk=workshop.pk).update(state=Workshop.State.DRAFT)

    assert pass_minutes(30) == [OK] * 30
    assert limited[-1].mails.get().state == OutgoingMail.State.QUEUED


def test_a_mail_that_no_worker_takes_is_a_standstill(workshop, register, readyz, time_machine):
    register(workshop)
    for minute, said in [(6, OK), (8, STANDS_STILL)]:
        time_machine.move_to(NOW + minute * MINUTE)
        heartbeat.beat()
        assert readyz() == said


@pytest.mark.django_db
def test_no_worker_is_red_even_while_no_mail_is_owed(readyz):
    heartbeat.beat()
    said = [readyz()]
    for period in (4 * MINUTE, 2 * MINUTE):
        age_heartbeat(period)
        said.append(readyz())
    heartbeat.beat()

    assert [*said, readyz()] == [OK, OK, NO_WORKER, OK]


@pytest.mark.django_db
def test_a_worker_has_five_minutes_to_start_beside_the_web_server(readyz, settings):
    said = []
    for seconds in (240, 360):
        settings.STARTED = time.monotonic() - seconds
        said.append(readyz())

    assert said == [OK, NO_WORKER]


@pytest.mark.django_db
def test_a_load_balancer_keeps_the_web_server_while_mail_stands_still(client, readyz):
    assert readyz() == NO_WORKER
    assert client.get("/readyz/web").content == b"ok\n"


@pytest.mark.django_db
def test_readiness_costs_three_statements_while_mail_is_owed_too(
    workshop, register, readyz, time_machine, django_assert_num_queries
):
    heartbeat.beat()
    with django_assert_num_queries(3):
        assert readyz() == OK
    register(workshop)
    time_machine.move_to(NOW + 9 * MINUTE)
    with django_assert_num_queries(3):
        assert readyz() == STANDS_STILL


@pytest.mark.real_time
def test_a_worker_is_missed_once_it_is_killed_and_not_any_more_once_it_runs(start_worker, readyz):
    worker = start_worker(port=free_port())
    wait_for(lambda: Heartbeat.objects.exists())
    worker.kill()
    assert readyz() == OK
    age_heartbeat(6 * MINUTE)
    assert readyz() == NO_WORKER

    start_worker(port=free_port())

    wait_for(lambda: readyz() == OK)


@pytest.mark.django_db
@pytest.mark.one_database
def test_a_worker_notes_that_it_runs_in_a_long_round_too(workshop, crowd, server, monkeypatch):
    monkeypatch.setattr(work, "BEAT_EVERY", 0)
    crowd(workshop, 8)

    with CaptureQueriesContext(connection) as queries:
        call_command("work", "--once")

    notes = [query for query in queries if '"registrations_heartbeat"' in query["sql"]]
    assert (len(server.arrived), len(notes) > 8) == (8, True)


@pytest.mark.django_db
def test_a_worker_notes_that_it_runs_once_in_half_a_minute(django_assert_num_queries):
    command = work.Command()
    command.next_beat = time.monotonic()

    command.note_heartbeat()

    with django_assert_num_queries(0):
        command.note_heartbeat()


def query():
    """The query that a monitor asks, from docs/operations.md."""
    [found] = re.findall(r"```sql\n(.+?);\n *```", OPERATIONS.read_text(), re.DOTALL)
    return found


def moments():
    """What the query answers: (since when a mail is owed, when the last one left)."""
    with connection.cursor() as cursor:
        cursor.execute(query())
        [row] = cursor.fetchall()
    return [as_moment(value) for value in row]


def as_moment(value):
    if isinstance(value, str):
        return datetime.fromisoformat(f"{value}+00:00")
    return value


@pytest.mark.real_time
def test_the_query_of_the_manual_tells_a_standstill_on_both_databases(
    workshop, register, settings, server
):
    long_ago = timezone.now() - 11 * MINUTE
    assert moments() == [None, None]
    mail = register(workshop, now=long_ago).mails.get()
    assert moments() == [mail.due_since, None]
    refuse_connections(settings, server)
    run_once(now=timezone.now())  # it is tried again in some minutes
    assert moments() == [mail.due_since, None]
    settings.EMAIL_PORT = server.port
    run_once(now=timezone.now() + HOUR)
    mail.refresh_from_db()
    assert moments() == [None, mail.sent_at]


@pytest.mark.real_time
def test_the_query_of_the_manual_leaves_out_mails_that_are_put_off(make_workshop, register):
    for _each in range(6):
        register(make_workshop(), now=timezone.now())
    OutgoingMail.objects.filter(due_since__lte=timezone.now()).delete()

    assert (OutgoingMail.objects.count(), moments()) == (1, [None, None])
