"""The worker: looks each second for mails that are due, and sweeps once a minute.

Any number of workers may run at once.
"""

import logging
import signal
import threading
import time

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connection

from praxis import database_clock, database_limits
from praxis.attempt import attempt
from registrations import worker
from registrations.domain import bulk_acts, headcounts
from registrations.domain.open_agenda_api import Courier
from registrations.mail.server import MailServer
from registrations.models import heartbeat

logger = logging.getLogger("praxis.work")

SWEEP_EVERY = 60  # seconds
LOOK_EVERY = 1  # seconds
SEND_AT_MOST = 10  # seconds without looking at anything else
WAIT_FOR_DATABASE = 5  # seconds
BEAT_EVERY = 30  # seconds


class Command(BaseCommand):
    help = "Sends the mails that are due, until it is stopped. Run as many as you like."
    # `make check` runs them. Here they took a quarter of the time in which a worker starts, and
    # since Django 6 they ask the database too: it may be locked or away, and handle() waits for it.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due now and end")
        parser.add_argument(
            "--sweep-every",
            type=float,
            default=SWEEP_EVERY,
            metavar="SECONDS",
            help="default: %(default)s",
        )

    def handle(self, *, once, sweep_every, **options):
        self.stopping = threading.Event()
        self.next_sweep = self.next_beat = time.monotonic()
        self.server, self.courier = MailServer(), None
        self.is_first_round = True
        if once:
            report(self.do_what_is_due(sweep_every, act_at_most=float("inf")), always=True)
            return
        self.courier = Courier()
        database_limits.limit_worker(connection.settings_dict)
        connection.close()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self.stop)
        logger.info("the mail worker is ready")
        while not self.stopping.is_set():
            # The worker waits for a database that restarts or stays locked.
            try:
                report(self.do_what_is_due(sweep_every, send_at_most=SEND_AT_MOST))
            except Error as error:
                logger.warning(
                    "the database does not answer (%s); trying again", type(error).__name__
                )
                connection.close()
                self.stopping.wait(WAIT_FOR_DATABASE)
            # A round that fails must not end the worker.
            except Exception:
                logger.exception("this round failed; trying again")
            close_old_connections()
            self.stopping.wait(LOOK_EVERY)

    def stop(self, signum, frame):
        """End after the mail in hand."""
        self.stopping.set()

    def do_what_is_due(self, sweep_every, send_at_most=float("inf"), act_at_most=bulk_acts.SECONDS):
        """Do one round, with the sweep if it is time; a Counter of what was done.

        No mail is begun after `send_at_most` seconds. Acts on very many people go on for
        `act_at_most` seconds.
        """
        self.note_heartbeat()
        began = time.monotonic()
        is_time = began >= self.next_sweep
        if is_time:
            # It is set before anything can fail: a sweep that fails must not return each second.
            self.next_sweep = began + sweep_every

        # It is asked between two mails, so that a long round does not look like no worker.
        def stop():
            self.note_heartbeat()
            return self.stopping.is_set() or time.monotonic() - began > send_at_most

        now = database_clock.now()
        if self.is_first_round:
            # The release that ran until now may have kept no headcounts.
            attempt("the check of the headcounts", headcounts.check_all, now=now)
            self.is_first_round = False
        return worker.run_once(
            now=now,
            server=self.server,
            courier=self.courier,
            housekeeping=is_time,
            stop=stop,
            act_at_most=act_at_most,
        )

    def note_heartbeat(self):
        """Note for /readyz that this worker runs, once in BEAT_EVERY."""
        if time.monotonic() >= self.next_beat:
            self.next_beat = time.monotonic() + BEAT_EVERY
            attempt("the heartbeat", heartbeat.beat)


def report(tally, *, always=False):
    """Log what was done in one line. If nothing was, log that only where `always` is true."""
    done = [f"{count} {what}" for what, count in sorted(tally.items()) if count]
    if done or always:
        logger.info(", ".join(done) or "nothing was due")
