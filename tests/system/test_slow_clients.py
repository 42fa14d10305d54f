"""Clients that send a byte now and then hold no thread for long, and leave nothing half done."""

import re
import socket
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from tests.helpers.pages import form_of
from tests.helpers.people import typed
from tests.helpers.site import get, gunicorn

pytestmark = [
    pytest.mark.real_time,
    pytest.mark.one_database,
    pytest.mark.django_db(transaction=True),
]
THREADS = 4
DRIPS = 12  # more than the threads of both processes
PATIENCE = 20  # seconds


@pytest.fixture
def site(tmp_path):
    flags = ["--worker-class", "tests.helpers.impatient.Impatient"]
    with gunicorn(tmp_path, *flags, WEB_THREADS=str(THREADS)) as port:
        yield port


def drip(port, head, rest, ended):
    """Send `head` at once, and then of `rest` a byte each quarter of a second, while it is read."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(head)
        client.settimeout(0.25)
        for byte in rest:
            try:
                if not client.recv(4096):
                    break
            except TimeoutError:
                pass
            except OSError:
                break
            try:
                client.sendall(bytes([byte]))
            except OSError:
                break
        ended.append(time.monotonic())


BODY = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n"
HEADERS = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.mark.parametrize("head", [BODY, HEADERS], ids=["a body", "headers"])
def test_what_drips_holds_the_threads_for_as_long_as_one_request_may_be_read(head, site):
    began, ended = time.monotonic(), []
    clients = [
        threading.Thread(target=drip, args=(site, head, b"X" * 60, ended)) for _ in range(DRIPS)
    ]
    with ExitStack() as stack:
        for client in clients:
            client.start()
            stack.callback(client.join)
        time.sleep(0.5)
        alive = get(site, "/healthz")

    assert alive.status == 200
    assert alive.seconds < 5
    assert len(ended) == DRIPS
    assert max(ended) - began < 12


def test_a_form_that_breaks_off_registers_nobody(workshop, site):
    page = get(site, form_of(workshop))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    body = urlencode(typed(csrfmiddlewaretoken=token) | {"organisation": "Maison"}).encode()
    head = (
        f"POST {form_of(workshop)} HTTP/1.1\r\nHost: localhost\r\n"
        f"Cookie: {page.headers['Set-Cookie'].partition(';')[0]}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", site), timeout=PATIENCE) as client:
        client.sendall(head.encode() + body[:-3])
        client.shutdown(socket.SHUT_WR)
        answer = client.makefile("rb").read()

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not workshop.registrations.exists()


def all_of(port, path):
    """Each byte that the server sends in answer, until it hangs up."""
    asked = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
        client.sendall(asked.encode())
        return client.makefile("rb").read()


def test_a_long_answer_arrives_whole_as_long_as_it_says_that_it_goes_on(tmp_path):
    flags = ["--worker-class", "tests.helpers.impatient.Enduring"]
    with gunicorn(tmp_path, *flags) as port:
        long, stuck = all_of(port, "/long"), all_of(port, "/stuck")

    end = b"\r\n0\r\n\r\n"
    assert [answer.endswith(end) for answer in (long, stuck)] == [True, False]
    assert re.findall(rb"\n1\r\n([a-z])", long) == [b"p", b"r", b"a", b"x", b"i", b"s"]
