"""Web processes killed while people register: the headcount is what the rows say."""

import random
import time

import pytest

from tests.helpers.pages import form_of
from tests.helpers.processes import python
from tests.helpers.seats import kept, truly

pytestmark = [pytest.mark.real_time, pytest.mark.django_db(transaction=True)]
PEOPLE = 40
KILLS = 3


def test_a_process_killed_at_any_moment_leaves_a_true_headcount(soon, tmp_path):
    workshop = soon(capacity=50)
    seen = []
    for number in range(KILLS):
        names = [f"p{number}-{person}" for person in range(PEOPLE)]
        process = python(
            tmp_path / str(number),
            *("-m", "tests.helpers.race", form_of(workshop), *names),
            DJANGO_SETTINGS_MODULE="tests.settings",
        )
        assert process.stdout.readline() == "ready\n"
        before = workshop.registrations.count()
        process.stdin.write("go\n")
        process.stdin.flush()
        # The kill comes while people are being registered.
        while process.poll() is None and workshop.registrations.count() < before + 3:
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.05))
        process.kill()
        process.communicate()
        seen.append(workshop.registrations.count() - before)
        assert kept(workshop) == truly(workshop)

    assert sum(seen) > 0
    assert min(seen) < PEOPLE
