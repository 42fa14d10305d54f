"""Starts and stops what is measured: a fresh database, gunicorn, the mail worker."""

import contextlib
import json
import os
import platform
import random
import re
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import psycopg

from bench import processes
from bench.clients import PATIENCE, Visitor, Wrong
from bench.sink import Sink

ROOT = Path(__file__).resolve().parent.parent
WEB_WORKERS = 4
GRACE = 10  # seconds that a process gets to end


def machine(server):
    """One line that names the machine and its software; `server` as for fresh_database()."""
    cpus = Path("/proc/cpuinfo").read_text()
    model = re.search(r"^model name\s*: (.+)$", cpus, re.MULTILINE)
    memory = processes.field_kib(Path("/proc/meminfo"), "MemTotal") / processes.KIB_PER_MIB / 1024
    database = f"SQLite {sqlite3.sqlite_version}"
    if server:
        with psycopg.connect(server) as connection:
            database = f"PostgreSQL {connection.info.parameter_status('server_version')}"
    return (
        f"{os.cpu_count()} cores ({model[1] if model else platform.machine()}), {memory:.0f} GiB, "
        f"Python {platform.python_version()}, Django {django.__version__}, {database}"
    )


def free_port():
    """A TCP port of 127.0.0.1 that no process listens on.

    It is below those that the kernel gives to clients, so that none of ours takes it meanwhile.
    """
    while True:
        port = random.randrange(10_000, 30_000)  # noqa: S311
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def fresh_database(server, folder):
    """(the URL of an empty database, the pids of its server).

    `server` is the postgres:// URL of a server, or "" for SQLite.
    """
    if not server:
        yield f"sqlite:///{folder}/praxis.sqlite3", []
        return
    name = f"bench_{os.getpid()}_{time.monotonic_ns()}"
    with psycopg.connect(server, autocommit=True) as admin:
        # The process that started our backend is the postmaster.
        postmaster = processes.parent_of(admin.info.backend_pid)
        admin.execute(f"CREATE DATABASE {name}")
    yield server.rpartition("/")[0] + f"/{name}", [postmaster]
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Place:
    """A folder, a fresh database and the environment variables that lead Praxis to them.

    They last as long as the `with` block.
    """

    def __init__(self, server):
        self.server = server
        self.stack = contextlib.ExitStack()

    def __enter__(self):
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="praxis-bench-"))
        self.url, self.database = self.stack.enter_context(fresh_database(self.server, self.folder))
        self.port, self.mail_port = free_port(), free_port()
        self.environment = {
            key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"
        } | {
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": self.url,
            "DATA_DIR": self.folder,
            "DEBUG": "false",
            "DEFAULT_FROM_EMAIL": "Praxis <praxis@ateliers.example.org>",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "PLAIN_HTTP": "true",
            "PORT": str(self.port),
            "SECRET_KEY": "0123456789-loopback-0123456789-0123456789",
            "SITE_URL": f"http://127.0.0.1:{self.port}",
            "TRUSTED_PROXIES": "127.0.0.1",
        }
        return self

    def __exit__(self, *error):
        return self.stack.__exit__(*error)

    def run(self, *arguments, **environment):
        """What `python` with `arguments` prints; Wrong if it fails."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise Wrong(f"{' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def inside(self, act, **arguments):
        """What the function `act` of bench.inside returns, called with `arguments`.

        It runs in a Praxis process that sends no mail.
        """
        command = ["-m", "bench.inside", act, json.dumps(arguments)]
        printed = self.run(*command, EMAIL_URL="memorymail://")
        return json.loads(printed.splitlines()[-1])

    def prepare(self):
        """Make the tables, static files, the announced workshop and its coming session.

        Returns the addresses of the session's pages, by name.
        """
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        self.run("manage.py", "load_praxis", "--upcoming")
        return self.inside("paths")

    @contextlib.contextmanager
    def process(self, *arguments):
        """The pid of `python` with `arguments`, which is ended after the `with` block.

        What it prints goes to the folder's log.
        """
        with (Path(self.folder) / "log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )
        try:
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(timeout=GRACE)
            except subprocess.TimeoutExpired:
                # A sweep sends all that is due before it ends. Nobody waits for those mails.
                process.kill()
                process.wait()

    @contextlib.contextmanager
    def web(self, application, path):
        """The pid of a gunicorn that serves `application` with sync workers; `path` answers 200."""
        flags = ["--worker-class", "sync", "--threads", "1", "--workers", str(WEB_WORKERS)]
        with self.process("-m", "gunicorn", application, *flags) as pid:
            deadline = time.monotonic() + PATIENCE
            while len(processes.children(pid)) < WEB_WORKERS or not answers(self.port, path):
                if time.monotonic() > deadline:
                    raise Wrong(
                        f"{application} does not answer: {(Path(self.folder) / 'log').read_text()}"
                    )
                time.sleep(0.1)
            yield pid


def answers(port, path):
    try:
        return Visitor(port, {}).get(path) == 200
    except OSError:
        return False


class Site(Place):
    """Praxis with its coming session, its web server, its worker and a sink for its mail."""

    def __enter__(self):
        super().__enter__()
        with contextlib.ExitStack() as unfinished:
            unfinished.push(self.stack.__exit__)
            self.paths = self.prepare()
            self.sink = self.stack.enter_context(Sink(self.mail_port))
            self.web_pid = self.stack.enter_context(self.web("praxis.wsgi", "/readyz"))
            self.worker_pid = self.stack.enter_context(self.process("manage.py", "work"))
            unfinished.pop_all()
        return self

    def visitors(self, count):
        return [Visitor(self.port, self.paths) for _number in range(count)]


class Bare(Place):
    """The bare project under the same web server."""

    def __enter__(self):
        super().__enter__()
        with contextlib.ExitStack() as unfinished:
            unfinished.push(self.stack.__exit__)
            self.run("-m", "bench.bare")
            self.web_pid = self.stack.enter_context(self.web("bench.bare", "/ok"))
            unfinished.pop_all()
        return self
