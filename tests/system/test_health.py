"""The addresses that a monitor asks, while the database is away."""

import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.helpers.network import free_port, wait_for
from tests.helpers.postgresql import Cluster
from tests.helpers.processes import ROOT, environment, manage

pytestmark = [pytest.mark.real_time, pytest.mark.one_database]
AWAY = "the database does not answer, or does not hold our tables (`manage.py migrate`)\n"
PATHS = ("/healthz", "/readyz/web", "/readyz")
WELL = [(200, "ok\n")] * 3
DATABASE_AWAY = [(200, "ok\n"), (503, AWAY), (503, AWAY)]


@pytest.fixture
def start_web(tmp_path):
    """Start the web server on the database at a URL; a function that asks all of PATHS."""
    servers = []

    def start(url):
        port = free_port()
        variables = environment(
            DATA_DIR=str(tmp_path), DATABASE_URL=url, PORT=str(port), WEB_CONCURRENCY="1"
        )
        program = Path(sys.executable).with_name("gunicorn")
        with (tmp_path / "log").open("a") as log:
            servers.append(
                subprocess.Popen(
                    [program, "praxis.wsgi"], cwd=ROOT, env=variables, stdout=log, stderr=log
                )
            )

        def ask():
            return [answer(f"http://127.0.0.1:{port}{path}") for path in PATHS]

        wait_for(lambda: answer(f"http://127.0.0.1:{port}/healthz"))
        return ask

    yield start
    for server in servers:
        server.terminate()
        server.wait(timeout=60)


def answer(address):
    """(status, body); None where nobody listens."""
    host = {"Host": "ateliers.example.org"}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=host), timeout=30) as r:
            return r.status, r.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except urllib.error.URLError:
        return None


def test_a_database_that_goes_is_a_503_until_it_is_back(start_web, tmp_path):
    with Cluster() as cluster:
        manage("migrate", "-v", "0", DATABASE_URL=cluster.url, DATA_DIR=str(tmp_path))
        ask = start_web(cluster.url)
        said = [ask()]
        cluster.stop()
        said.append(ask())
        cluster.start()
        assert [*said, ask()] == [WELL, DATABASE_AWAY, WELL]


def test_a_database_without_our_tables_is_a_503(start_web, tmp_path):
    assert start_web(f"sqlite:///{tmp_path / 'empty.sqlite3'}")() == DATABASE_AWAY


def test_a_database_that_never_answers_is_a_503_too(start_web, silent_port):
    assert start_web(f"postgres://praxis@127.0.0.1:{silent_port}/praxis")() == DATABASE_AWAY


@pytest.fixture
def silent_port():
    """A port at which connections are accepted, and nothing is ever said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
