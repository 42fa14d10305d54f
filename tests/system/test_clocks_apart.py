"""Leases and due times while the machines' clocks are minutes apart.

The other processes have clocks of their own (tests/skewed_settings.py). Several machines share a
PostgreSQL; a SQLite has one machine, and one clock.
"""

import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone

from registrations.mail import queue
from registrations.models import OutgoingMail
from tests.helpers.network import wait_for
from tests.helpers.scripted_smtp import PATIENCE

State = OutgoingMail.State
ON_ITS_WAY = 4  # seconds for which the mail server thinks about the first mail

pytestmark = pytest.mark.real_time


@pytest.fixture
def coming(transactional_db, make_workshop):
    start = timezone.now() + timedelta(days=70)
    return make_workshop(start=start.replace(tzinfo=None))


@pytest.fixture
def start_skewed(start_worker, server):
    """Start a worker on a machine whose clock is so many seconds ahead."""
    if connection.vendor == "sqlite":
        pytest.skip("one machine has one clock")
    variables = {"DJANGO_SETTINGS_MODULE": "tests.skewed_settings", "EMAIL_TIMEOUT": "25"}
    start = partial(start_worker, "--sweep-every", "1", port=server.port, **variables)
    return lambda ahead: start(CLOCK_AHEAD=str(ahead))


@pytest.mark.parametrize(("first", "second"), [(0, 180), (0, 300), (-180, 0), (-300, 0)])
def test_a_mail_that_one_machine_sends_is_left_alone_by_one_that_is_minutes_ahead(
    first, second, coming, register, start_skewed, server
):
    mail = register(coming, now=timezone.now()).mails.get()
    taken, go_on = threading.Event(), threading.Event()

    def think(dialogue, message):
        taken.set()
        go_on.wait(60)
        dialogue.keep(message)
        dialogue.say("250 kept")

    server.script["BODY"] = [think]
    start_skewed(first)
    assert taken.wait(60)
    start_skewed(second)
    later = register(coming, email="later@example.org", now=timezone.now()).mails.get()
    # The second worker has swept, too, once this one has left.
    wait_for(lambda: OutgoingMail.objects.filter(pk=later.pk, state=State.SENT).exists())
    time.sleep(ON_ITS_WAY)
    go_on.set()
    wait_for(lambda: OutgoingMail.objects.filter(pk=mail.pk, state=State.SENT).exists())

    assert server.arrived == [later.message_id, mail.message_id]


@pytest.mark.parametrize("worker", [-300, 0, 300])
@pytest.mark.parametrize("web", [-300, 300])
def test_what_a_machine_minutes_off_stores_leaves_at_once(
    web, worker, coming, register, start_skewed, server
):
    start_skewed(worker)
    stored = timezone.now()
    register(coming, now=stored + timedelta(seconds=web))

    wait_for(lambda: server.arrived)

    assert timezone.now() - stored < timedelta(seconds=PATIENCE)


@pytest.mark.parametrize("worker", [-300, 300])
def test_what_is_put_off_waits_as_long_on_a_machine_that_is_minutes_off(
    worker, coming, register, start_skewed, server
):
    mail = register(coming, now=timezone.now()).mails.get()
    server.script["RCPT"] = ["450 4.2.1 Greylisted"]
    start_skewed(worker)

    wait_for(lambda: OutgoingMail.objects.filter(pk=mail.pk, attempts=1, state="queued").exists())

    mail.refresh_from_db()
    pause = (mail.due_at - timezone.now()).total_seconds()
    assert 50 < pause <= 60


def test_a_mail_stored_ahead_and_refused_waits_its_minute(workshop, register, now):
    ahead = timedelta(minutes=5)
    mail = register(workshop, now=now + ahead).mails.get()
    [claimed] = queue.claim([mail.pk], now=now)

    queue.finish(claimed, state=State.QUEUED, due_at=now + timedelta(minutes=1))

    due = [queue.next_to_leave(9, now=now + timedelta(seconds=after)) for after in (0, 59, 60)]
    assert due == [[], [], [mail.pk]]
