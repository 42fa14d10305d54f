"""Runs one step of the worker's round, so that its failure does not stop the other steps."""

import logging
from pathlib import Path
from traceback import extract_tb

from django.db import InterfaceError, OperationalError

from praxis.unavailable import has_old_plan

logger = logging.getLogger("praxis.work")

# What PostgreSQL says to one statement while it serves all others (its manual, Appendix A):
# serialization_failure, deadlock_detected, lock_not_available, query_canceled.
OF_ONE_STATEMENT = ("40001", "40P01", "55P03", "57014")


def attempt(step, act, *args, **kwargs):
    """The count that `act(*args, **kwargs)` returns; 0 if it raises.

    The failure is logged under the name `step`. If the database is away it is raised again: no
    other step would succeed, and the worker waits for it.
    """
    try:
        return act(*args, **kwargs)
    except Exception as error:
        if is_away(error):
            raise
        log_failure(step, error)
        return 0


def log_failure(step, error):
    """Write to the log that `step` failed, and where; not the error's own message.

    It may hold a name or an address.
    """
    places = [
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)
    ]
    logger.error("%s failed (%s), at %s", step, type(error).__name__, " > ".join(places))


def is_away(error):
    """Whether `error` means that the database does not answer, or is locked as a whole (SQLite).

    So does a connection whose plans are of an older schema: the worker opens another one.
    """
    if has_old_plan(error):
        return True
    if not isinstance(error, (InterfaceError, OperationalError)):
        return False
    return getattr(error.__cause__, "sqlstate", None) not in OF_ONE_STATEMENT
