"""Pictures and PDFs that are slow to make: kept in files for all processes, made one at a time."""

import threading

from django.core.cache import caches

from praxis.database_limits import give_connection_back
from praxis.microcache import cache_key
from praxis.unavailable import Unavailable

KEPT = 24 * 3600  # seconds
WAIT_AT_MOST = 10  # seconds
# Of this process, the one that draws among them: whoever else asks is told to come back.
THREADS_AT_MOST = 8

pen = threading.Lock()
places = threading.BoundedSemaphore(THREADS_AT_MOST)


def drawn(make, *key):
    """The bytes that `make()` returned for the same `key` (JSON values) within the last day.

    Whatever the drawing says must be in its key. Raises Unavailable where too many wait already.
    """
    name = cache_key("drawing", *key)

    def keep():
        # Whoever had the pen before may have drawn just this.
        content = caches["drawings"].get(name)
        if content is None:
            content = make()
            caches["drawings"].set(name, content, KEPT)
        return content

    return caches["drawings"].get(name) or in_turn(keep)


def in_turn(make):
    """What `make()` returns, once nobody else draws; nothing of it is kept. Raises Unavailable."""
    if not places.acquire(blocking=False):
        raise Unavailable
    try:
        if not pen.acquire(blocking=False):
            give_connection_back()
            if not pen.acquire(timeout=WAIT_AT_MOST):
                raise Unavailable
        try:
            return make()
        finally:
            pen.release()
    finally:
        places.release()
