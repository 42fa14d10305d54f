"""Python, manage.py and the worker as other processes on the test's database.

What they are to see must be committed.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile

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


@cache
def warm_python():
    """The socket on which warm_python.py, which runs until these tests end, is asked."""
    ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
    # -P: what is imported of ours stands in the folder of the process that is asked for.
    line = [sys.executable, "-u", "-P", Path(__file__).with_name("warm_python.py")]
    with theirs:
        program = subprocess.Popen(
            line, cwd=ROOT, env=environment(), stdin=theirs, start_new_session=True
        )
    atexit.register(program.wait)
    atexit.register(ours.close)
    return ours


class Process:
    """Python in a process of its own, as subprocess.Popen starts it, but forked from
    warm_python.py. It writes to the file `stdout`, errors to `stderr` if there is one.
    """

    def __init__(self, *arguments, env, stdout, stderr=None, stdin=None, cwd=ROOT):
        order = [[*map(str, arguments)], str(cwd), {name: str(env[name]) for name in env}]
        line, theirs = socket.socketpair()
        with theirs, open(os.devnull) as nothing:
            files = [theirs, stdin or nothing, stdout, stderr or stdout]
            descriptors = [each.fileno() for each in files]
            socket.send_fds(warm_python(), [json.dumps(order).encode()], descriptors)
        with line:
            answers = line.makefile()
        self.pid, self.returncode = int(answers.readline()), None
        self.ended = threading.Event()
        threading.Thread(target=self.await_end, args=[answers], daemon=True).start()

    def await_end(self, answers):
        with answers:
            self.returncode = int(answers.readline())
        self.ended.set()

    def poll(self):
        """Its exit code; None as long as it runs."""
        return self.returncode

    def wait(self, timeout=None):
        """Its exit code, once it has ended."""
        if not self.ended.wait(timeout):
            raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return self.returncode

    def send_signal(self, signum):
        if self.poll() is None:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, signum)

    def kill(self):
        self.send_signal(signal.SIGKILL)


def run(*arguments, env, cwd=ROOT):
    """What subprocess.run returns, of a Process run to its end: its words as text, too."""
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        process = Process(*arguments, env=env, stdout=output, stderr=errors, cwd=cwd)
        try:
            process.wait(timeout=60)
        finally:
            process.kill()
        words = [words.seek(0) or words.read() for words in (output, errors)]
    return subprocess.CompletedProcess(arguments, process.returncode, *words)


class Talker(Process):
    """A Process whose words are read, and which is talked to, while it runs."""

    def __init__(self, *arguments, env):
        (reads, says), (hears, writes) = os.pipe(), os.pipe()
        self.stdout, self.stdin = os.fdopen(reads), os.fdopen(writes, "w")
        with open(hears) as stdin, open(says, "w") as words:
            super().__init__(*arguments, env=env, stdin=stdin, stdout=words)

    def communicate(self, timeout=None):
        """(the rest of what it says, None), once it has ended."""
        self.stdin.close()
        self.wait(timeout)
        with self.stdout as words:
            return words.read(), None


def python(folder, *arguments, **variables):
    """A Talker with DATA_DIR in `folder`."""
    facts = {"DATA_DIR": str(folder), "DATABASE_URL": database_url()}
    return Talker(*arguments, env=environment(**facts | variables))


def manage(*arguments, **variables):
    """The words that manage.py says, run to its end."""
    done = run("manage.py", *arguments, env=environment(**variables))
    assert done.returncode == 0, done.stderr
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
        with log.open("w") as output:
            env = environment(**facts | variables)
            self.process = Process("manage.py", "work", *arguments, env=env, stdout=output)

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
