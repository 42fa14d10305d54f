"""Threads that send mails, each on its own connection to the mail server. None asks the database.

Whoever hands mails over reads their outcomes, and writes them on the rows.
"""

import threading
import time
from collections import deque
from contextlib import nullcontext
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from django.core.mail import get_connection

from registrations.models import OutgoingMail


@dataclass
class Outcome:
    """How the sending of one mail ended: with `error`, or well.

    If `is_unreached`, nobody could connect and the mail was not tried. `may_have_arrived` says that
    the mail server may have the mail all the same.
    """

    mail: OutgoingMail
    error: Exception | None = None
    is_unreached: bool = False
    may_have_arrived: bool = False


class Senders:
    """At most `limit` threads. The first one has `connection`, which is open.

    A further thread starts when there is more to send than others have hands for. If it cannot
    connect while others are, the mail server takes no more connections: `limit` becomes lower.
    """

    def __init__(self, connection, limit):
        self.limit, self.in_hand, self.is_over = limit, 0, False
        self.waiting, self.outcomes = deque(), SimpleQueue()
        self.changed = threading.Condition()
        self.idle = self.working = 0
        self.threads = []
        self.start(connection)

    def start(self, connection):
        """Start one more thread."""
        self.working += 1
        self.threads.append(threading.Thread(target=self.run, args=[connection], daemon=True))
        self.threads[-1].start()

    def give(self, mail, message):
        """Let a thread send `message`, that of the OutgoingMail `mail`."""
        self.in_hand += 1
        with self.changed:
            self.waiting.append((mail, message, time.monotonic()))
            if len(self.waiting) > self.idle and self.working < max(self.limit, 1):
                self.start(get_connection())
            self.changed.notify()

    def ended(self, *, wait, gather=0):
        """The Outcomes of mails that are not in hand any more.

        It waits so many seconds (`wait`) for the first one, and `gather` seconds for others.
        """
        found, until = [], time.monotonic() + wait
        while len(found) < self.in_hand:
            try:
                found.append(self.outcomes.get(timeout=max(0, until - time.monotonic())))
            except Empty:
                break
            if len(found) == 1:
                until = time.monotonic() + gather
        self.in_hand -= len(found)
        return found

    def take_back(self, *, after=0):
        """The mails that have waited so many seconds for a thread; none will send them."""
        began = time.monotonic() - after
        with self.changed:
            late = [mail for mail, _message, since in self.waiting if since <= began]
            self.waiting = deque(item for item in self.waiting if item[2] > began)
        self.in_hand -= len(late)
        return late

    def close(self):
        """End the threads and their connections, after the mails that they have in hand."""
        with self.changed:
            self.is_over = True
            self.changed.notify_all()
        for thread in self.threads:
            thread.join()

    def run(self, connection):
        """What each thread does: send one mail after another on `connection`."""
        try:
            while item := self.next():
                # To connect and to send have one deadline: the lease is no longer than twice that.
                with getattr(connection, "deadline", nullcontext)():
                    outcome = self.outcome(connection, item)
                if outcome is None:
                    return
                self.outcomes.put(outcome)
        finally:
            connection.close()

    def next(self):
        """The next of `waiting`, once there is one; None when all is over."""
        with self.changed:
            self.idle += 1
            self.changed.wait_for(lambda: self.waiting or self.is_over)
            self.idle -= 1
            return self.waiting.popleft() if self.waiting else None

    def outcome(self, connection, item):
        """The Outcome of sending `item` on `connection`; None if others go on with it."""
        mail, message, _since = item
        try:
            connection.open()
        # Whatever prevents it, it is no fault of the mail.
        except Exception as error:  # noqa: BLE001
            if self.leaves_it_to_others(item):
                return None
            return Outcome(mail, error, is_unreached=True)
        return sent(connection, mail, message)

    def leaves_it_to_others(self, item):
        """Whether other threads go on with `item`, where this one could not connect."""
        with self.changed:
            if self.working == 1:
                return False
            self.working -= 1
            self.limit = min(self.limit, self.working)
            self.waiting.appendleft(item)
            self.changed.notify()
            return True


def sent(connection, mail, message):
    """The Outcome of sending `message` on the open `connection`."""
    try:
        connection.send_messages([message])
    except Exception as error:  # noqa: BLE001 (it is the outcome)
        may_have_arrived = getattr(connection, "may_have_arrived", False)
        return Outcome(mail, error, may_have_arrived=may_have_arrived)
    return Outcome(mail)
