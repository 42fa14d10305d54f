"""Turns at a workshop: how many threads at once, and who gives up."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection, connections

from events.models import Workshop
from praxis.unavailable import Unavailable
from registrations.domain import turns
from tests.helpers.database import at_once
from tests.helpers.network import wait_for

PEOPLE = 30


@pytest.fixture(autouse=True)
def a_line(monkeypatch):
    monkeypatch.setattr(turns, "lines", type(turns.lines)(turns.Line))
    monkeypatch.setattr(turns, "LOOK_EVERY", 0.05)


def test_as_many_threads_as_may_hold_a_turn_and_all_get_theirs():
    inside, most, lock = [], [], threading.Lock()

    def act():
        with turns.turn(1):
            with lock:
                inside.append(1)
                most.append(len(inside))
            time.sleep(0.005)
            with lock:
                inside.pop()
        return True

    assert at_once(*[act] * PEOPLE) == [True] * PEOPLE
    assert max(most) == turns.AT_ONCE


def test_who_waits_for_a_turn_that_does_not_end_gives_up_and_another_workshop_is_free(monkeypatch):
    monkeypatch.setattr(turns, "STUCK_AFTER", 0.3)
    release = threading.Event()

    def hold():
        with turns.turn(1):
            release.wait(10)

    holders = [threading.Thread(target=hold) for _number in range(turns.AT_ONCE)]
    for holder in holders:
        holder.start()
    began = time.monotonic()
    with pytest.raises(Unavailable), turns.turn(1):
        pass
    waited = time.monotonic() - began
    with turns.turn(2):
        release.set()
    for holder in holders:
        holder.join()

    assert 0.3 < waited < 5
    with turns.turn(1):
        pass


def test_who_waits_while_turns_end_waits_on(monkeypatch):
    monkeypatch.setattr(turns, "STUCK_AFTER", 0.3)

    def act():
        with turns.turn(1):
            time.sleep(0.1)
        return True

    # The last of them waits for longer than a turn that is stuck would be waited for.
    assert at_once(*[act] * 10 * turns.AT_ONCE) == [True] * 10 * turns.AT_ONCE


def test_an_error_in_a_turn_ends_it():
    for _number in range(turns.AT_ONCE + 1):
        with suppress(ValueError), turns.turn(1):
            raise ValueError


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has no pool")
def test_who_waits_for_a_turn_keeps_no_connection(workshop):
    held, of_one_who_waits = [turns.turn(workshop.pk) for _each in range(turns.AT_ONCE)], []

    def wait():
        before = Workshop.objects.count()
        of_one_who_waits.append(connections["default"])
        with turns.turn(workshop.pk):
            after = Workshop.objects.count()
        connection.close()
        return before, after

    for each in held:
        each.__enter__()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(wait)
        wait_for(lambda: of_one_who_waits and of_one_who_waits[0].connection is None)
        for each in held:
            each.__exit__(None, None, None)
        counts = waiting.result()

    assert counts == (1, 1)
