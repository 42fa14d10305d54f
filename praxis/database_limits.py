"""How long a process waits for the database, and how many connections a web process holds.

A worker may wait longer: nobody sits before its screen. But all mail waits for it.
"""

from django.db import connection

WORKER_LOCK_SECONDS = 10  # for a row, in the mail worker
LOCK_SECONDS = 4  # for a row that another process holds
STATEMENT_SECONDS = 6  # for a whole statement: it may wait for two locks, one after the other
CONNECTIONS = 10  # of a process, however many threads it has
CONNECTION_SECONDS = 3  # for one of these connections to become free


def limit(database):
    """Write the limits into `database`, one of settings.DATABASES, before a connection is made."""
    options = database.setdefault("OPTIONS", {})
    if database["ENGINE"] == "django.db.backends.sqlite3":
        options["timeout"] = LOCK_SECONDS
        database["CONN_MAX_AGE"] = 60
        return
    say(
        options,
        lock_timeout=LOCK_SECONDS,
        statement_timeout=STATEMENT_SECONDS,
        idle_in_transaction_session_timeout=STATEMENT_SECONDS,
    )
    # The pool keeps connections open in the place of CONN_MAX_AGE.
    database["CONN_MAX_AGE"] = 0
    options["pool"] = {
        "min_size": 1,
        "max_size": CONNECTIONS,
        "timeout": CONNECTION_SECONDS,
        "reconnect_timeout": CONNECTION_SECONDS,
    }


def limit_worker(database):
    """Write the worker's limit into `database`, as limit() does. SQLite has its own (settings)."""
    if database["ENGINE"] == "django.db.backends.postgresql":
        say(database.setdefault("OPTIONS", {}), lock_timeout=WORKER_LOCK_SECONDS)


def say(options, **seconds):
    """Add PostgreSQL's parameters `seconds` to those that a new connection sets at its start."""
    limits = [f"-c {name}={value}s" for name, value in seconds.items()]
    options["options"] = " ".join([options.get("options", ""), *limits]).strip()


def give_connection_back():
    """Give this thread's connection back to the pool; the next query takes one again.

    A process has few of them: those who only wait must leave them to those who are served. SQLite
    has no pool, and costs more to open again.
    """
    if connection.vendor == "postgresql" and not connection.in_atomic_block:
        connection.close()
