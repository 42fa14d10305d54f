"""What is slow to draw is drawn once, one at a time, and holds few threads."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from praxis import drawings
from praxis.unavailable import Unavailable

pytestmark = [pytest.mark.real_time, pytest.mark.one_database]


@pytest.fixture
def kept(settings, tmp_path):
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = settings.CACHES | {"drawings": {"BACKEND": backend, "LOCATION": tmp_path}}


def test_many_who_ask_for_the_same_drawing_get_one(kept, db):
    made = []

    def make():
        made.append(1)
        time.sleep(0.2)
        return b"drawing"

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(lambda _number: drawings.drawn(make, "same"), range(3)))

    assert (found, len(made)) == ([b"drawing"] * 3, 1)


def test_a_hundred_drawings_at_once_hold_eight_threads_and_are_made_one_by_one(kept, db):
    running, most, refused = [], [], []
    lock, start = threading.Lock(), threading.Barrier(100)

    def make():
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.2)
        with lock:
            running.pop()
        return b"drawing"

    def ask(number):
        start.wait()
        try:
            drawings.drawn(make, "each", number)
        except Unavailable:
            refused.append(number)

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(ask, range(100)))

    assert set(most) == {1}
    assert len(most) + len(refused) == 100
    assert drawings.THREADS_AT_MOST <= len(most) < 30


def test_a_drawing_that_fails_leaves_the_pen_to_the_next(kept, db):
    with pytest.raises(ZeroDivisionError):
        drawings.drawn(lambda: 1 / 0, "broken")

    assert drawings.drawn(lambda: b"drawing", "whole") == b"drawing"
