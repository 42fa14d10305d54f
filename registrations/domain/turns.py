"""Turns: how many threads of this process may do something to one workshop at a time.

The workshop's lock lets one transaction at a time decide, in all processes. Without turns, each
thread of a process could end up waiting for that lock, and none would be left for other workshops.
"""

import threading
import time
from collections import defaultdict
from contextlib import contextmanager

from django.db import connection

from praxis.database_limits import give_connection_back
from praxis.unavailable import Unavailable

# Threads that hold a turn at one workshop: one works while the next one prepares. SQLite lets one
# transaction at a time write, and those that wait for it are served in no order.
AT_ONCE = 1 if connection.vendor == "sqlite" else 2
# A turn takes some ten milliseconds. Where none has ended for so many seconds, another process
# holds the workshop's row.
STUCK_AFTER = 3
WAIT_AT_MOST = 12  # seconds, while turns do end
LOOK_EVERY = 0.5  # seconds


class Line:
    """The turns at one workshop, and when the last one ended."""

    def __init__(self):
        self.turns, self.ended_at = threading.Semaphore(AT_ONCE), 0


lines = defaultdict(Line)  # by workshop (pk)


@contextmanager
def turn(workshop_pk):
    """Run the block in a turn at the workshop.

    Raises Unavailable if the turns before it do not end, or only after WAIT_AT_MOST.
    """
    line = lines[workshop_pk]
    if not line.turns.acquire(blocking=False):
        give_connection_back()
        wait(line)
    try:
        yield
    finally:
        line.ended_at = time.monotonic()
        line.turns.release()


def wait(line):
    """Take a turn in `line` as soon as there is one; Unavailable as turn() says."""
    asked_at = time.monotonic()
    while not line.turns.acquire(timeout=LOOK_EVERY):
        now = time.monotonic()
        is_stuck = now - max(asked_at, line.ended_at) > STUCK_AFTER
        if is_stuck or now - asked_at > WAIT_AT_MOST:
            raise Unavailable
