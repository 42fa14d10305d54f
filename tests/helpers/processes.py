"""Python, manage.py and the worker as other processes on the test's database.

What they are to see must be committed.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def database_url():
    """The database of this very test, as DATABASE_URL says it."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    return f"postgres://{facts['USER']}@{facts['HOST']}:{facts['PORT']}/{facts['NAME']}"


def environment(**variables):
    """What a process of its own inherits: next to nothing."""
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
        "DEBUG": "false",
        "SECRET_KEY": settings.SECRET_KEY,
        "SITE_URL": settings.SITE_URL,
        "DATABASE_URL": "sqlite",
        "EMAIL_URL": "files",
        "DEFAULT_FROM_EMAIL": settings.DEFAULT_FROM_EMAIL,
        "TRUSTED_PROXIES": "none",
        **variables,
    }


def python(folder, *arguments, **variables):
    """Python in a process of its own, with DATA_DIR in `folder`, its words in a pipe."""
    facts = {"DATA_DIR": str(folder), "DATABASE_URL": database_url()}
    line = [sys.executable, "-u", *arguments]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(
        line, cwd=ROOT, env=environment(**facts | variables), text=True, **pipes
    )


def manage(*arguments, **variables):
    """The words that manage.py says, run to its end."""
    line = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(
        line, cwd=ROOT, env=environment(**variables), text=True, check=True, stdout=subprocess.PIPE
    )
    return done.stdout.split()


class Worker:
    """A running `manage.py work`, which writes to the file `log`."""

    def __init__(self, log, *arguments, port, **variables):
        self.log = log
        facts = {
            "DATA_DIR": str(log.parent),
            "DATABASE_URL": variables.get("DATABASE_URL") or database_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "EMAIL_TIMEOUT": "1",
        }
        line = [sys.executable, "-u", "manage.py", "work", *arguments]
        with log.open("w") as output:
            self.process = subprocess.Popen(
                line,
                cwd=ROOT,
                env=environment(**facts | variables),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    @property
    def lines(self):
        """What it has said so far."""
        return self.log.read_text().splitlines()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def tell_to_end(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self):
        """Its exit code, once it has ended."""
        return self.process.wait(timeout=60)
