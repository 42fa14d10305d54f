"""A database with many registrations, and what a sweep costs there.

It is imported once Django is set up.
"""

import os
import time
import uuid
from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.clients import Wrong
from bench.processes import cpu_seconds
from events.models import Workshop
from registrations import worker
from registrations.mail import snapshots
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from registrations.models.search import search_text

SEATS = 1000  # registrations per workshop
ROUNDS = 5
# Far enough that nothing is due before a session, or after it.
NEAR, FAR = 60, 330  # days
BATCH = 1000  # rows per INSERT


def fill(first, last, now):
    """Add the registrations number `first` to `last` (excluded), each with a sent confirmation.

    Every second workshop is past.
    """
    for begin in range(first, last, SEATS):
        workshop = add_workshop(begin // SEATS, now)
        registrations = [
            Registration(
                workshop=workshop,
                state=Registration.State.CONFIRMED,
                first_name="Maëlle",
                last_name=f"Tremblay {number}",
                email=f"person-{number}@example.org",
                email_key=f"person-{number}@example.org",
                created_at=workshop.created_at,
                confirmed_at=workshop.created_at,
            )
            for number in range(begin, min(begin + SEATS, last))
        ]
        told = snapshots.snapshot(workshop, Registration.State.CONFIRMED)
        for registration in registrations:
            registration.told, registration.sequence = told, 0
            registration.search_text = search_text(registration)
        Registration.objects.bulk_create(registrations, batch_size=BATCH)
        mails = [mail(registration, OutgoingMail.State.SENT, now) for registration in registrations]
        OutgoingMail.objects.bulk_create(mails, batch_size=BATCH)


def add_workshop(number, now):
    """A stored copy of an announced session, with the same hosts, on a day of its own.

    An even `number` gives a coming workshop, an odd one a past one.
    """
    workshop = Workshop.objects.order_by("pk").first()
    hostings = list(workshop.hostings.all())
    days = NEAR + number * 7 % (FAR - NEAR)
    if number % 2:
        days = -days
    workshop.pk, workshop._state.adding = None, True
    workshop.import_key, workshop.slug = None, f"crowd-{number}"
    workshop.uid = Workshop._meta.get_field("uid").get_default()
    workshop.starts_at = now + timedelta(days=days)
    workshop.ends_at = workshop.starts_at + timedelta(hours=2)
    workshop.save()
    for hosting in hostings:
        hosting.pk, hosting.workshop, hosting._state.adding = None, workshop, True
        hosting.save()
    return workshop


def mail(registration, state, now):
    """A confirmation of `registration` in `state`, dated yesterday, not stored yet."""
    stored = now - timedelta(days=1)
    return OutgoingMail(
        registration=registration,
        kind=Kind.CONFIRMATION,
        state=state,
        sequence=0,
        message_id=f"<{uuid.uuid4()}@example.org>",
        created_at=stored,
        due_since=stored,
        due_at=stored,
        attempts=1,
        sent_at=stored if state == OutgoingMail.State.SENT else None,
    )


def best_sweep(now):
    """How many milliseconds the quickest of ROUNDS sweeps takes while nothing is due."""
    times = []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        sent = worker.run_once(now=now)[OutgoingMail.State.SENT]
        times.append(1000 * (time.perf_counter() - started))
        if sent:
            raise Wrong(f"the sweep sent {sent} mails where none was due")
    return min(times)


def busy_sweep(now, due):
    """How many milliseconds of CPU a sweep takes while `due` mails are due.

    CPU time is counted, of this process and of its database process, since other programs disturb
    the time on the wall of so long a sweep.
    """
    coming = Registration.objects.filter(workshop__starts_at__gt=now)[:due]
    OutgoingMail.objects.bulk_create([mail(one, OutgoingMail.State.QUEUED, now) for one in coming])
    before = cpu_seconds(*own_processes())
    sent = worker.run_once(now=now)[OutgoingMail.State.SENT]
    if sent != due:
        raise Wrong(f"the sweep sent {sent} mails where {due} were due")
    return 1000 * (cpu_seconds(*own_processes()) - before)


def own_processes():
    """The pids of this process and of its database process, where it has one."""
    if connection.vendor == "postgresql":
        return [os.getpid(), connection.connection.info.backend_pid]
    return [os.getpid()]


def sweeps(sizes, due):
    """What a sweep costs with so many registrations, one dict for each of `sizes`.

    "statements" and "idle_ms" are those of a sweep with nothing due, "busy_ms" is that of one with
    `due` mails due.
    """
    now, found, filled = timezone.now(), [], 0
    for size in sizes:
        fill(filled, size, now)
        filled = size
        if connection.vendor == "postgresql":
            # Autovacuum would have done it by the time there were so many.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        # The first sweep also does what the new rows may have made due.
        worker.run_once(now=now)
        with CaptureQueriesContext(connection) as asked:
            worker.run_once(now=now)
        found.append(
            {
                "size": size,
                "statements": len(asked),
                "idle_ms": best_sweep(now),
                "busy_ms": busy_sweep(now, due),
            }
        )
    return found
