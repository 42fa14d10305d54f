"""Mails that leave on several connections at once."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from registrations import worker
from registrations.mail import delivery
from registrations.mail.server import MailServer
from registrations.models import OutgoingMail
from tests.helpers.network import wait_for
from tests.helpers.scripted_smtp import PATIENCE, cut

State = OutgoingMail.State


@pytest.fixture(autouse=True)
def five(settings):
    settings.WORK_CONNECTIONS = 5


@pytest.fixture
def known(now):
    """A MailServer that has just taken a mail."""
    server = MailServer()
    server.took(now=now)
    return server


@pytest.fixture
def busy():
    """An answer to BODY that takes 0.2 s; `busy.most` is how many were given at once at most."""

    class Busy:
        def __init__(self):
            self.now = self.most = 0
            self.lock = threading.Lock()

        def __call__(self, dialogue, message):
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.2)
            with self.lock:
                self.now -= 1
            dialogue.keep(message)
            dialogue.say("250 kept")

    return Busy()


def ids():
    return sorted(OutgoingMail.objects.values_list("message_id", flat=True))


def test_as_many_mails_are_on_their_way_as_there_are_connections(
    workshop, crowd, server, busy, known, now
):
    crowd(workshop, 12)
    server.script["BODY"] = [busy] * 12

    tally = worker.run_once(now=now, server=known, housekeeping=False)

    assert (tally, busy.most, len(server.dialogues)) == ({State.SENT: 12}, 5, 5)
    assert sorted(server.arrived) == ids()


def test_one_mail_opens_one_connection(workshop, crowd, server, known, now):
    crowd(workshop, 1)

    worker.run_once(now=now, server=known)

    assert len(server.dialogues) == 1


@pytest.mark.parametrize("answer", ["421 4.7.0 Too many connections", "554 5.7.0 No", cut])
@pytest.mark.one_database
def test_a_server_that_takes_two_connections_gets_two_and_is_not_away(
    answer, workshop, crowd, server, busy, known, now
):
    crowd(workshop, 12)
    server.script["CONNECT"] = ["220 ready", "220 ready", *[answer] * 99]
    server.script["BODY"] = [busy] * 12

    tally = worker.run_once(now=now, server=known, housekeeping=False)

    assert (tally, busy.most, known.is_away) == ({State.SENT: 12}, 2, False)
    assert sorted(server.arrived) == ids()
    soon, later = (now + timedelta(minutes=minutes) for minutes in (1, 3))
    assert [known.connections(now=moment) for moment in (soon, later)] == [2, 5]


def test_a_server_that_goes_away_under_many_connections_leaves_every_mail_to_a_minute_later(
    workshop, crowd, server, known, now
):
    crowd(workshop, 12)
    server.script["BODY"] = [cut] * 99

    worker.run_once(now=now, server=known, housekeeping=False)

    states = OutgoingMail.objects.values_list("state", flat=True)
    assert (set(states), known.is_away, server.arrived) == ({State.QUEUED}, True, [])
    assert OutgoingMail.objects.filter(due_at__gt=now).count() <= 5
    # Five connections that break together are one failure: it is tried again as soon as after one.
    assert known.misses == 1
    assert known.connections(now=now + timedelta(minutes=1)) == 5
    server.script.clear()
    minute = now + timedelta(minutes=1, seconds=5)
    assert worker.run_once(now=minute, server=known, housekeeping=False)[State.SENT] == 12


def test_a_server_that_restarts_in_the_midst_has_all_its_connections_afterwards(
    workshop, crowd, server, busy, known, now
):
    crowd(workshop, 30)
    # Four of five connections break, and cannot be opened again while the fifth goes on.
    server.script["BODY"] = [busy] * 5 + [cut] + [busy] * 99
    server.script["CONNECT"] = ["220 ready"] * 5 + [cut] * 2

    worker.run_once(now=now, server=known, housekeeping=False)

    assert not known.is_away
    assert known.connections(now=now + timedelta(minutes=1)) == 5


def test_a_server_of_which_nothing_is_known_is_tried_with_one_mail_after_another(
    workshop, crowd, server, now
):
    crowd(workshop, 12)
    server.script["BODY"] = [cut] * 99

    worker.run_once(now=now, server=MailServer(), housekeeping=False)

    assert OutgoingMail.objects.filter(due_at__gt=now).count() == 2


def test_two_mails_about_one_registration_are_never_on_their_way_together(
    workshop, register, server, busy, known, now
):
    for minutes in (0, 3, 6):
        register(workshop, now=now + timedelta(minutes=minutes))
    server.script["BODY"] = [busy] * 3

    worker.run_once(now=now, server=known)

    stored = OutgoingMail.objects.order_by("pk").values_list("message_id", flat=True)
    assert (server.arrived, busy.most) == (list(stored), 1)


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_stored_in_the_midst_of_many_others_leaves_within_a_second(
    transactional_db, workshop, crowd, register, server, busy, known, now
):
    crowd(workshop, 60)
    OutgoingMail.objects.update(priority=3)
    stored = []

    def register_and_keep(dialogue, message):
        stored.append((register(workshop, email="late@example.org"), time.monotonic()))
        connection.close()
        dialogue.keep(message)
        dialogue.say("250 kept")

    def note_when(dialogue, message):
        if b"late@example.org" in message:
            stored.append(time.monotonic())
        busy(dialogue, message)

    server.script["BODY"] = [note_when] * 9 + [register_and_keep] + [note_when] * 51

    worker.run_once(now=now, server=known)

    (_person, began), left = stored
    assert left - began < 1
    assert len(server.arrived) == 61


def test_what_a_batch_costs_in_statements(
    workshop, crowd, server, known, now, django_assert_num_queries, settings, monkeypatch
):
    settings.WORK_CONNECTIONS = 20
    # On a busy machine twenty answers take longer to come in than outcomes are gathered.
    monkeypatch.setattr(delivery, "GATHER", 1)
    crowd(workshop, 20)

    # A look; two that claim, between two that begin and end a transaction; three that read mails,
    # workshops and hosts; one that writes what has left; a last look.
    with django_assert_num_queries(10):
        delivery.deliver_due(now=now, server=known)

    assert len(server.arrived) == 20


@pytest.mark.real_time
def test_a_worker_told_to_end_ends_after_the_mails_in_hand(
    transactional_db, make_workshop, register, start_worker, server
):
    now = timezone.now()
    coming = make_workshop(start=(now + timedelta(days=70)).replace(tzinfo=None))
    for number in range(30):
        register(coming, email=f"p{number}@example.org", now=now)
    in_hand, told = [], threading.Event()

    def think(dialogue, message):
        in_hand.append(message)
        told.wait(PATIENCE)
        dialogue.keep(message)
        dialogue.say("250 kept")

    server.script["BODY"] = ["250 kept"] + [think] * 29
    process = start_worker(port=server.port, WORK_CONNECTIONS="5", EMAIL_TIMEOUT="10")
    wait_for(lambda: len(in_hand) == 5)
    process.tell_to_end()
    time.sleep(0.5)
    told.set()

    assert process.wait() == 0
    assert (len(server.arrived), len(in_hand)) == (6, 5)
    left = OutgoingMail.objects.exclude(state=State.SENT).values_list("state", "attempts")
    assert list(left) == [(State.QUEUED, 0)] * 24
