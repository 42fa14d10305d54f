"""The last seats, asked for at once: by threads, by processes, and where nothing is locked."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from registrations.domain import signup, waiting_list
from registrations.domain.seats import lock_seats, lock_workshop
from registrations.models import Headcount, OutgoingMail
from tests.helpers.database import at_once
from tests.helpers.network import wait_for
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import typed
from tests.helpers.processes import python

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 2
MOST_ROUNDS = 20


def states(workshop):
    return list(workshop.registrations.order_by("pk").values_list("state", flat=True))


def mails(workshop):
    return sorted(
        OutgoingMail.objects.filter(registration__workshop=workshop).values_list("kind", flat=True)
    )


def test_twenty_people_ask_for_seven_seats_and_each_is_told_the_truth(make_workshop):
    workshop = make_workshop(capacity=7)

    def ask(number):
        answer = Client().post(
            form_of(workshop), typed(email=f"p{number}@example.org"), follow=True
        )
        rank = re.findall(r"en (\d+)r?e position", page_text(answer))
        return answer.redirect_chain[0][1], answer.status_code, rank

    answers = at_once(*(partial(ask, number) for number in range(20)))

    assert [answer[:2] for answer in answers] == [(302, 200)] * 20
    assert states(workshop) == ["confirmed"] * 7 + ["waiting"] * 13
    line = [int(row.email[1:].partition("@")[0]) for row in workshop.registrations.waiting()]
    assert [answers[number][2] for number in line] == [[str(rank)] for rank in range(1, 14)]
    assert mails(workshop) == ["confirmation"] * 7 + ["waiting"] * 13


def test_people_of_two_communities_race_for_their_seats_and_the_common_ones(
    make_workshop, communities
):
    workshop = make_workshop(capacity=8)
    for place, seats in (("Québec", 3), ("France", 2)):
        workshop.hostings.filter(community__place=place).update(reserved_seats=seats)
    of = [
        communities[place].pk if place else ""
        for place in ["Québec"] * 6 + ["France"] * 6 + [None] * 6
    ]

    def ask(number):
        person = typed(email=f"p{number}@example.org", community=of[number])
        return Client().post(form_of(workshop), person).status_code

    codes = at_once(*(partial(ask, number) for number in range(18)))

    confirmed = list(workshop.registrations.confirmed().values_list("community__place", flat=True))
    assert codes == [302] * 18
    assert (len(confirmed), workshop.registrations.waiting().count()) == (8, 10)
    assert [
        confirmed.count("Québec") >= 3,
        confirmed.count("France") >= 2,
        confirmed.count(None) <= 3,
    ] == [True] * 3


def test_seats_given_back_while_others_ask_go_to_those_in_line(make_workshop, register, now):
    workshop = make_workshop(capacity=6)
    seated = [register(workshop, email=f"seated{number}@example.org") for number in range(6)]
    first = [register(workshop, email=f"first{number}@example.org") for number in range(4)]

    def ask(number):
        return Client().post(form_of(workshop), typed(email=f"p{number}@example.org")).status_code

    acts = [partial(signup.cancel, registration, now=now) for registration in seated[:4]]
    answers = at_once(*acts, *(partial(ask, number) for number in range(8)))

    assert answers == [True] * 4 + [302] * 8
    assert states(workshop) == ["cancelled"] * 4 + ["confirmed"] * 6 + ["waiting"] * 8
    assert [row.email for row in workshop.registrations.confirmed()] == [
        row.email for row in seated[4:] + first
    ]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file has one writer at a time")
def test_who_has_waited_for_the_lock_decides_by_the_headcount_of_then(make_workshop, register, now):
    """Workshop and headcount are locked in one statement; the wait is for the first of the two."""
    workshop = make_workshop(capacity=2)
    register(workshop)

    def decide():
        with closing(connection), transaction.atomic():
            _workshop, seats = lock_seats(workshop.pk, now=now)
            return seats.headcount.confirmed, seats.free

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        lock_workshop(workshop.pk)
        decided = pool.submit(decide)
        wait_for(somebody_waits_for_a_lock)
        # As each act does that holds the lock; it would wait for ever if the other came first.
        Headcount.objects.filter(pk=workshop.pk).update(confirmed=2)

    assert decided.result() == (2, 0)


def somebody_waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()


def test_three_organisers_and_the_worker_give_an_added_seat_once(make_workshop, register, now):
    workshop = make_workshop(capacity=1)
    for number in range(6):
        register(workshop, email=f"p{number}@example.org")
    type(workshop).objects.filter(pk=workshop.pk).update(capacity=4)

    promoted = at_once(
        *[partial(waiting_list.promote, workshop, now=now)] * 3,
        partial(waiting_list.promote_everywhere, now=now),
    )

    assert sum(promoted) == 3
    assert states(workshop) == ["confirmed"] * 4 + ["waiting"] * 2
    assert mails(workshop) == ["confirmation"] + ["promotion"] * 3 + ["waiting"] * 5


def race(workshop, names, folder, *defects, processes):
    """The codes that people get who ask at once, spread over so many processes with these of
    tests.helpers.race.DEFECTS.
    """
    started = [
        python(
            folder / str(number),
            "-m",
            "tests.helpers.race",
            *defects,
            form_of(workshop),
            *names[number::processes],
            DJANGO_SETTINGS_MODULE="tests.settings",
        )
        for number in range(processes)
    ]
    try:
        assert [process.stdout.readline() for process in started] == ["ready\n"] * processes
        # All are up before the first may go.
        for process in started:
            process.stdin.write("go\n")
            process.stdin.flush()
        outputs = [process.communicate(timeout=50)[0] for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()
    return sorted(code for output in outputs for code in json.loads(output.splitlines()[-1]))


@pytest.mark.real_time
def test_twenty_people_on_five_processes_ask_for_seven_seats(soon, tmp_path):
    workshop = soon(capacity=7)

    codes = race(workshop, [f"p{number}" for number in range(20)], tmp_path, processes=5)

    assert codes == [302] * 20
    assert states(workshop) == ["confirmed"] * 7 + ["waiting"] * 13
    assert mails(workshop) == ["confirmation"] * 7 + ["waiting"] * 13


def outcomes(soon, folder, *defects, until=None):
    """(codes, how many were confirmed) of each round in which eight people ask for three seats.

    A race need not show in a round: those with `defects` go on until one is as `until` says.
    """
    found = []
    for number in range(ROUNDS if until is None else MOST_ROUNDS):
        if until and any(until(*each) for each in found):
            break
        workshop = soon(capacity=3)
        waiting_list.promote(workshop, now=timezone.now())  # stores its headcount
        names = [f"p{each}" for each in range(8)]
        codes = race(workshop, names, folder / str(number), "--slow", *defects, processes=1)
        found.append((codes, workshop.registrations.confirmed().count()))
    return found


@pytest.mark.real_time
def test_a_slow_copy_with_the_lock_gives_as_many_seats_as_there_are(soon, tmp_path):
    assert outcomes(soon, tmp_path) == [([302] * 8, 3)] * ROUNDS


@pytest.mark.real_time
def test_the_same_copy_without_the_lock_fails_the_race(soon, tmp_path):
    def is_seen(codes, count):
        return 503 in codes if connection.vendor == "sqlite" else count > 3

    found = outcomes(soon, tmp_path, "--no-row-lock", "--deferred", "--no-stamp", until=is_seen)

    # PostgreSQL sells too many; SQLite finds out while it writes, and those people may try again.
    oversold, failed = (
        any(count > 3 for _codes, count in found),
        any(503 in codes for codes, _count in found),
    )
    assert (oversold, failed) == ((False, True) if connection.vendor == "sqlite" else (True, False))


# What SQLite does of its own accord is one writer at a time; a count made outside of the writing is
# not held up by it.
@pytest.mark.real_time
def test_the_same_copy_without_lock_and_transaction_sells_more_seats_than_there_are(soon, tmp_path):
    found = outcomes(
        soon,
        tmp_path,
        *("--no-row-lock", "--no-transaction"),
        until=lambda _codes, count: count > 3,
    )

    assert max(count for _codes, count in found) > 3
