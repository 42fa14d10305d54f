"""Keeps a step of the worker's round that fails from stopping the others."""

import logging
from pathlib import Path
from traceback import extract_tb

from django.db import InterfaceError, OperationalError

logger = logging.getLogger("praxis.work")


def attempt(step, act, *args, **kwargs):
    """What `act` returns, a count; 0 where it fails, which is logged as the failure of `step`.

    Raises what says that the database is away: no other step would succeed, and the worker waits for it.
    """
    try:
        return act(*args, **kwargs)
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001
        # Not the error's own words: they may hold a name or an address.
        places = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in extract_tb(error.__traceback__)
        ]
        logger.error("%s failed (%s), at %s", step, type(error).__name__, " > ".join(places))
        return 0
