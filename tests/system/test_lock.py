"""One workshop's row is held: everything else answers, and nobody loses what they typed."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from praxis.database_limits import LOCK_SECONDS
from tests.helpers.pages import form_of
from tests.helpers.processes import database_url
from tests.helpers.site import get, gunicorn, press, send_form

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
needs_a_server = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a file is neither locked by the row nor away"
)
CROWD = 40  # people who register at the workshop whose row is held
LEAVING = 30  # people who cancel there, each by a link of their own
HELD = 8  # seconds


@pytest.fixture
def site(tmp_path):
    with gunicorn(tmp_path) as port:
        yield port


@contextmanager
def held(workshop):
    """As if somebody had begun to change the workshop in psql and gone to lunch."""
    with psycopg.connect(database_url()) as other:
        other.execute("SELECT 1 FROM events_workshop WHERE id = %s FOR UPDATE", [workshop.pk])
        yield
        other.rollback()


@needs_a_server
def test_who_registers_elsewhere_notices_nothing_of_a_row_that_is_held(soon, register, site):
    stuck, free = soon(capacity=50), soon(capacity=50)
    join = register(free, now=timezone.now()).join_path
    leaving = [
        register(stuck, now=timezone.now(), email=f"l{number}@example.org").manage_path
        for number in range(LEAVING)
    ]
    ask = partial(send_form, site, form_of(stuck))
    get(site, "/")

    with held(stuck), ThreadPoolExecutor(CROWD + LEAVING) as crowd:
        cancels = [crowd.submit(press, site, path, f"{path}annuler/") for path in leaving]
        waiting = [
            crowd.submit(ask, email=f"p{number}@example.org", last_name=f"Nom {number}")
            for number in range(CROWD)
        ]
        others = []
        until = time.monotonic() + HELD
        while time.monotonic() < until:
            paths = ["/", free.get_absolute_url(), "/healthz", "/readyz", join, form_of(stuck)]
            others += [get(site, path) for path in paths]
            address = f"q{len(others)}@example.org"
            others.append(send_form(site, form_of(free), email=address))
        answers = [each.result() for each in waiting]
        refused = [each.result().status for each in cancels]

    assert refused == [503] * LEAVING
    assert {answer.status for answer in others} == {200, 302}
    # Whoever waits for the row waits as long as this; a busy machine alone takes a second or two.
    assert max(answer.seconds for answer in others) < LOCK_SECONDS
    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < 15
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    kept = [f"Nom {n}" in answer.text for n, answer in enumerate(answers)]
    assert kept == [True] * CROWD
    assert send_form(site, form_of(stuck), email="p0@example.org").status == 302


def test_a_rush_on_one_workshop_leaves_threads_for_all_else(soon, site):
    """Nobody is refused while the lock moves on, however many people wait for it."""
    busy, other = soon(capacity=10), soon()
    get(site, "/")
    ask = partial(send_form, site, form_of(busy))
    with ThreadPoolExecutor(60) as crowd:
        rush = [crowd.submit(ask, email=f"p{number}@example.org") for number in range(120)]
        pages = []
        while not all(each.done() for each in rush):
            pages += [get(site, path) for path in ("/healthz", other.get_absolute_url())]
        answers = [each.result() for each in rush]

    assert {answer.status for answer in answers} == {302}
    assert max(page.seconds for page in pages) < LOCK_SECONDS
    assert busy.registrations.confirmed().count() == 10


@needs_a_server
def test_without_the_database_each_page_is_503_within_seconds(soon, tmp_path):
    workshop = soon()
    away = database_url().rpartition(":")[0] + ":1/nowhere"
    with gunicorn(tmp_path, DATABASE_URL=away) as port:
        paths = ["/", form_of(workshop), "/i/secret/", "/readyz"]
        pages = [get(port, path) for path in paths]

    assert [page.status for page in pages] == [503] * 4
    assert [int(page.headers["Retry-After"]) > 0 for page in pages[:3]] == [True] * 3
    assert max(page.seconds for page in pages) < 15
