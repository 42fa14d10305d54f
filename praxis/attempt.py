"""Runs one step of the worker's round, so that its failure does not stop the other steps."""

import logging
from pathlib import Path
from traceback import extract_tb

from django.db import InterfaceError, OperationalError

logger = logging.getLogger("praxis.work")


def attempt(step, act, *args, **kwargs):
    """The count that `act(*args, **kwargs)` returns; 0 if it raises.

    The failure is logged under the name `step`. An InterfaceError or OperationalError is raised
    again: the database is away, so that no other step would succeed, and the worker waits for it.
    """
    try:
        return act(*args, **kwargs)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001
        # The error's own message is not logged: it may hold a name or an address.
        places = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in extract_tb(error.__traceback__)
        ]
        logger.error("%s failed (%s), at %s", step, type(error).__name__, " > ".join(places))
        return 0
