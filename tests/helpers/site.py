"""Praxis served by gunicorn on the test's own database, as a server runs it, and its visitors."""

import http.client
import re
import signal
import time
from contextlib import contextmanager
from urllib.parse import urlencode

from tests.helpers.network import free_port, wait_for
from tests.helpers.people import typed
from tests.helpers.processes import Process, database_url, environment, manage
from tests.helpers.shared import made_once

PATIENCE = 60  # seconds


@contextmanager
def gunicorn(folder, *flags, **variables):
    """A running web server; its port. Its DATA_DIR is `folder`, its log the file `log` in there."""
    port = free_port()
    facts = {
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url(),
        "PORT": str(port),
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PLAIN_HTTP": "true",
        # Each visitor says by X-Forwarded-For where they come from.
        "TRUSTED_PROXIES": "127.0.0.1",
    }
    known = environment(**facts | variables)
    if not (folder / "static").exists():
        collect_static(folder)
    with (folder / "log").open("w") as log:
        process = Process("-m", "gunicorn", "praxis.wsgi", *flags, env=known, stdout=log)
    try:
        wait_for(lambda: status(port, "/healthz") == 200)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def collect_static(folder):
    """Put the static files into `folder` as `collectstatic` leaves them there.

    To compress them takes longer than most tests.
    """
    (folder / "static").symlink_to(made_once("collected", run_collectstatic) / "static")


def run_collectstatic(folder):
    manage("collectstatic", "--no-input", "--verbosity", "0", DATA_DIR=str(folder))


def status(port, path):
    """The status of the answer; None where nobody answers."""
    try:
        return Answer(port, "GET", path).status
    except OSError:
        return None


class Answer:
    """What the server answered: `status`, `headers`, `text`, and after how many `seconds`."""

    def __init__(self, port, method, path, body=None, headers=None):
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        self.text = response.read().decode(errors="replace")
        self.status, self.headers = response.status, response.headers
        self.seconds = time.monotonic() - began
        connection.close()


def get(port, path):
    return Answer(port, "GET", path)


def send_form(port, path, **facts):
    """Open the form at `path` and send it, as Zoé Tremblay unless told otherwise."""
    fields = typed(**facts)
    network = "10.0.{}.{}".format(*divmod(abs(hash(fields["email"])) % 60_000, 250))
    return press(port, path, path, fields, {"X-Forwarded-For": network})


def press(port, page_path, path, fields=None, headers=None):
    """Open the page at `page_path` and send `fields` to `path`, as a button on that page does."""
    page = get(port, page_path)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    known = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": page.headers["Set-Cookie"].partition(";")[0],
    }
    body = urlencode((fields or {}) | {"csrfmiddlewaretoken": token})
    return Answer(port, "POST", path, body, known | (headers or {}))
