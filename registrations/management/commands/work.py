"""The worker: the task engine and the sweep in one process. Any number of them may run."""

import logging
import signal
import threading
import time
from datetime import timedelta

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from registrations import outbox

logger = logging.getLogger("praxis.work")

SWEEP_EVERY = 60  # seconds
LOOK_EVERY = 1  # seconds
KEEP_FINISHED_TASKS = timedelta(days=1)


class Command(BaseCommand):
    help = "Sends the mails that are due, until it is stopped. Run as many as you like."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due now and end")

    def handle(self, *, once, **options):
        self.stopping = threading.Event()
        self.engine = Worker(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        if once:
            self.engine.run()
            self.sweep()
            return
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self.stop)
        logger.info("the mail worker is ready")
        self.work()

    def stop(self, signum, frame):
        """End after the mail in hand."""
        self.stopping.set()
        self.engine.running = False

    def work(self):
        last_sweep = float("-inf")
        while not self.stopping.is_set():
            # A database that restarts or stays locked is waited for, not died of.
            try:
                self.engine.run()
                if time.monotonic() - last_sweep >= SWEEP_EVERY:
                    last_sweep = time.monotonic()
                    self.sweep()
            except DatabaseError as error:
                logger.warning("the database does not answer (%s); trying again", type(error).__name__)
                connection.close()
                self.stopping.wait(LOOK_EVERY * 4)
            close_old_connections()
            self.stopping.wait(LOOK_EVERY)

    def sweep(self):
        now = timezone.now()
        sent = outbox.sweep(now=now)
        if sent:
            logger.info("the sweep sent %s mails", sent)
        DBTaskResult.objects.finished().filter(finished_at__lt=now - KEEP_FINISHED_TASKS).delete()
