"""What takes long to make, and is made once for all processes of a run."""

import fcntl
import tempfile
from pathlib import Path

from django.conf import settings


def made_once(name, make):
    """The folder `name`, which all processes of a run share; the first to ask has `make(folder)`
    fill it, while the others wait.
    """
    shared = Path(settings.SHARED)
    folder = shared / name
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = Path(tempfile.mkdtemp(dir=shared))
            make(unfinished)
            unfinished.rename(folder)
    return folder
