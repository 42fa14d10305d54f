"""Says what is wrong with the database, the mail server, the clocks and the worker."""

import imaplib
import smtplib
from datetime import timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.functions import Now
from django.utils import timezone

from registrations.mail import inbox, standstill
from registrations.models import Heartbeat, heartbeat

CLOCKS_APART_AT_MOST = timedelta(minutes=1)


class Command(BaseCommand):
    help = (
        "Asks the database, logs in at the mail server without sending a mail, and says what is "
        "wrong. Its exit status is 1 if anything is."
    )
    requires_system_checks = []

    def handle(self, **options):
        wrong = 0
        for name, ask in STEPS.items():
            complaint = ask()
            wrong += bool(complaint)
            self.stdout.write(f"WRONG {name}: {complaint}" if complaint else f"ok    {name}")
        if wrong:
            raise CommandError(f"{wrong} of {len(STEPS)} wrong")


def ask_database():
    """What is wrong with the database; "" for nothing."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        return f"it does not answer ({' '.join(str(error).split())}). Look at DATABASE_URL"
    if missing:
        return f"{len(missing)} migrations are not applied. Run: manage.py migrate"
    return ""


def ask_mail_server():
    """What is wrong with the mail server; "" for nothing, and where mails are files."""
    if settings.EMAIL_BACKEND != "praxis.mail_backends.smtp.EmailBackend":
        return ""
    server, backend = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}", get_connection()
    try:
        with backend.deadline():
            backend.open()
    except smtplib.SMTPAuthenticationError as error:
        said = f"{error.smtp_code} {error.smtp_error.decode(errors='replace')}"
        return f"{server} refuses the user name or the password in EMAIL_URL ({said})"
    except OSError as error:  # smtplib's own errors are OSErrors, too
        return f"{server} does not serve us ({type(error).__name__}: {error}). Look at EMAIL_URL"
    finally:
        backend.close()
    return ""


def ask_mailbox():
    """What is wrong with the mailbox of INBOX_URL; "" for nothing, and without one."""
    if not settings.INBOX:
        return ""
    try:
        with inbox.opened():
            return ""
    except (imaplib.IMAP4.error, OSError) as error:
        return f"it cannot be read ({type(error).__name__}: {error}). Look at INBOX_URL"


def ask_clocks():
    """How far this machine's clock is from the database's; "" for less than a minute."""
    try:
        heartbeats = Heartbeat.objects.filter(name=heartbeat.WORKER)
        there = heartbeats.annotate(now=Now()).values_list("now", flat=True).first()
    except Error:
        return "the database does not say its time"
    apart = abs(timezone.now() - there) if there else timedelta(0)
    if apart > CLOCKS_APART_AT_MOST:
        return f"this machine and the database are {apart.total_seconds():.0f} seconds apart"
    return ""


def ask_worker():
    """Why no mail leaves; "" if mail leaves."""
    try:
        facts = {"now": timezone.now(), "running_for": timedelta.max}
        return standstill.why_mail_stands_still(**facts)
    except Error:
        return "the database does not say"


STEPS = {
    "the database": ask_database,
    "the mail server": ask_mail_server,
    "the mailbox": ask_mailbox,
    "the clocks": ask_clocks,
    "the worker": ask_worker,
}
