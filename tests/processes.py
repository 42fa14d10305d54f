"""Other processes on the database of this test, which must be committed to it (django_db(transaction=True))."""

import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def database_url():
    """The database of this very test, as DATABASE_URL says it."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def python(folder, *arguments, root=ROOT, **variables):
    """Python in a process of its own, started in `root`, with DATA_DIR in `folder`; nothing else is inherited."""
    environment = {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
        "DEBUG": "false",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url(),
        "SITE_URL": settings.SITE_URL,
        "DEFAULT_FROM_EMAIL": settings.DEFAULT_FROM_EMAIL,
        **variables,
    }
    line = [sys.executable, "-u", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(line, cwd=root, env=environment, text=True, **pipes)
