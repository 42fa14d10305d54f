"""People who ask for seats at once.

`python -m tests.helpers.race [DEFECT…] ADDRESS NAME…` says it is ready, starts at a line on its
standard input, and prints the codes of the answers as JSON. What is to go wrong is planted in
this process alone.
"""

import argparse
import json
import sys
import time
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace

import django
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models import QuerySet
from django.test import Client

from tests.helpers.database import at_once
from tests.helpers.people import typed


def wait_before_the_insert():
    """Widen the moment between the count of the seats and the row that takes one."""

    def wait(execute, sql, *rest):
        if sql.startswith('INSERT INTO "registrations_registration"'):
            time.sleep(0.2)
        return execute(sql, *rest)

    connection_created.connect(
        lambda connection, **_facts: connection.execute_wrappers.append(wait), weak=False
    )


def lock_no_row():
    """SELECT … FOR UPDATE, which PostgreSQL alone has, becomes SELECT."""
    from registrations.domain import turns

    QuerySet.select_for_update = lambda queryset, **_options: queryset.all()
    # All threads come to where the lock would be, as many processes would.
    turns.AT_ONCE = 1000


def begin_deferred():
    """SQLite's BEGIN IMMEDIATE becomes BEGIN."""
    connections.settings["default"]["OPTIONS"].pop("transaction_mode", None)


def note_no_stamp():
    """The form's stamp is not noted: on SQLite that write holds up all others by itself."""
    from registrations.models import used_stamp

    used_stamp.use = lambda stamp, purpose, now: 1


def commit_each_statement():
    """What signup does together is done one by one."""
    from registrations.domain import signup

    signup.transaction = SimpleNamespace(atomic=nullcontext)


DEFECTS = {
    "--slow": wait_before_the_insert,
    "--no-row-lock": lock_no_row,
    "--deferred": begin_deferred,
    "--no-stamp": note_no_stamp,
    "--no-transaction": commit_each_statement,
}


def ask(form, name):
    """What `name` gets who sends `form`."""
    return Client(raise_request_exception=False).post(
        form, typed(email=f"{name}@example.org"), follow=False
    )


def main(form, *names):
    print("ready", flush=True)
    sys.stdin.readline()
    print(
        json.dumps(
            [
                answer.status_code
                for answer in at_once(*(partial(ask, form, name) for name in names))
            ]
        )
    )


if __name__ == "__main__":
    django.setup()
    parser = argparse.ArgumentParser()
    for option, plant in DEFECTS.items():
        parser.add_argument(option, dest="defects", action="append_const", const=plant)
    parser.add_argument("words", nargs="+")
    options = parser.parse_args()
    for plant in options.defects or []:
        plant()
    main(*options.words)
