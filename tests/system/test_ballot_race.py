"""One person answers several times at once: one answer counts."""

import time
from contextlib import nullcontext
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client

from registrations.domain import ballots, sealed_answers
from registrations.models import BallotBox
from tests.helpers.ballots import ANSWERS, ballot_path
from tests.helpers.database import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(workshop, crowd, time_machine):
    people = crowd(workshop, 4)
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    return people


def race(people, now):
    """Each answers twice at once; (how many answers were taken, how many are stored)."""
    acts = [partial(ballots.answer, person, ANSWERS, now=now) for person in people for _ in "12"]
    taken = at_once(*acts)
    box = BallotBox.objects.get()
    waiting = sealed_answers.unseal(box.sealed, box.secret, ballots.QUESTIONS)
    return sum(taken), len(box.marks), len(waiting["useful"]), box.answers


def test_who_answers_twice_at_once_has_one_answer_and_nobody_loses_theirs(people):
    assert race(people, people[0].workshop.ends_at) == (4, 4, 4, 4)


def test_a_button_that_is_pressed_twice_leads_to_the_same_page(people):
    path = ballot_path(people[0])

    codes = at_once(*[lambda: Client().post(path, ANSWERS).status_code] * 3)

    assert (codes, BallotBox.objects.get().answers) == ([302] * 3, 1)


def test_the_race_is_lost_without_the_lock(people, monkeypatch):
    """SQLite's lock is the transaction, PostgreSQL's that of the row."""
    if connection.vendor == "sqlite":
        monkeypatch.setattr(ballots, "transaction", SimpleNamespace(atomic=nullcontext))
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows.all())

    seal = sealed_answers.seal

    def slowly(*facts):
        time.sleep(0.1)
        return seal(*facts)

    monkeypatch.setattr(sealed_answers, "seal", slowly)

    assert race(people, people[0].workshop.ends_at) != (4, 4, 4, 4)
