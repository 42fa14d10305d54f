"""From the page to the calendar, with all the processes that `make run` starts."""

import os
import re
import subprocess
import urllib.request
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar
import psycopg
import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from tests.helpers.mails import Mailbox, display_names
from tests.helpers.network import free_port, wait_for
from tests.helpers.site import collect_static

ROOT = settings.BASE_DIR
PYTHON = ROOT / ".venv" / "bin" / "python"
PATIENCE = 60  # seconds

pytestmark = pytest.mark.real_time


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def database_url(folder):
    """An empty database of its own, of the kind this run tests."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{folder / 'praxis.sqlite3'}"
        return
    server = settings.DATABASES["default"]
    address = {
        "host": server["HOST"],
        "port": server["PORT"],
        "user": server["USER"],
        "dbname": "postgres",
    }
    name = f"praxis_path_{os.getpid()}"
    with psycopg.connect(**address, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"postgres://{server['USER']}@{server['HOST']}:{server['PORT']}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def mailbox():
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


@pytest.fixture(scope="module")
def site(folder, database_url, mailbox):
    """The address of a running Praxis with the upcoming PRAXIS session, its mail going to
    `mailbox`.
    """
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DEBUG", "DJANGO_SETTINGS_MODULE")
    } | {
        "SECRET_KEY": "0123456789-whole-path-0123456789-0123456789",
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "EMAIL_URL": f"smtp://127.0.0.1:{mailbox.port}",
        "DEFAULT_FROM_EMAIL": "Praxis <praxis@ateliers.example.org>",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "PLAIN_HTTP": "true",
        "PORT": str(port),
    }

    def manage(*arguments):
        subprocess.run(
            [PYTHON, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )

    manage("migrate", "--verbosity", "0")
    collect_static(folder)
    manage("load_praxis", "--upcoming")
    log = (folder / "log").open("w")
    commands = [[PYTHON.with_name("gunicorn"), "praxis.wsgi"], [PYTHON, "manage.py", "work"]]
    processes = [
        subprocess.Popen(c, cwd=ROOT, env=environment, stdout=log, stderr=log) for c in commands
    ]
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/readyz"))
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=PATIENCE)
        log.close()


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False


def invite_in(message):
    """The VCALENDAR of a mail: the inline one, which must be the attached one."""
    inline, attached = [
        part.get_payload(decode=True)
        for part in message.walk()
        if part.get_content_type() in ("text/calendar", "application/ics")
    ]
    assert inline == attached
    return icalendar.Calendar.from_ical(inline)


def next_session():
    """The start of the session on the next last Monday of March, 9:30 in Québec, reckoned without
    our code.
    """
    zone, now = ZoneInfo("America/Toronto"), datetime.now(UTC)
    for year in (now.year, now.year + 1):
        mondays = [datetime(year, 3, day, 9, 30, tzinfo=zone) for day in range(25, 32)]
        start = next(day for day in mondays if day.weekday() == 0)
        if start > now:
            return start
    raise AssertionError


@pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, marks=pytest.mark.each_database, id="with JavaScript"),
        pytest.param(False, id="without"),
    ],
)
def test_a_person_registers_gets_the_invite_and_cancels(javascript, site, mailbox, chromium):
    start, before = next_session(), len(mailbox.messages)
    address = f"maelle-{before}@example.org"
    with chromium.new_context(java_script_enabled=javascript, base_url=site) as context:
        page = context.new_page()
        page.goto("/")
        page.locator("article h3 a").first.click()
        page.get_by_role("link", name="Inscrivez-vous ici").first.click()
        page.fill("[name=first_name]", "Maëlle, dite « L’Île »")
        page.fill("[name=last_name]", "O’Nguyễn; 🎭")
        page.fill("[name=email]", address)
        page.wait_for_timeout(2100)  # nobody types faster
        page.get_by_role("button", name="M’inscrire").click()
        assert page.locator(".address").inner_text() == address

        wait_for(lambda: len(mailbox.messages) == before + 1)
        confirmation = mailbox.messages[before]
        event = invite_in(confirmation).walk("VEVENT")[0]
        assert event.start == start
        assert event.start.astimezone(ZoneInfo("Europe/Paris")).hour == 15
        assert display_names(mailbox.raw[before], "To") == [""]

        said = confirmation.get_body(("plain",)).get_content()
        manage_link = re.search(rf"{site}/i/[\w-]+/(?=\s)", said)[0]
        page.goto(manage_link)
        page.get_by_text("Je ne peux pas venir").click()
        page.get_by_role("button", name="Annuler mon inscription").click()

        wait_for(lambda: len(mailbox.messages) == before + 2)
        # Whoever used a link is greeted by name.
        assert display_names(mailbox.raw[before + 1], "To") == [
            "Maëlle, dite « L’Île » O’Nguyễn; 🎭"
        ]
        cancelled = invite_in(mailbox.messages[before + 1])
        gone = cancelled.walk("VEVENT")[0]
        assert (cancelled["METHOD"], gone["STATUS"], gone["UID"], gone["SEQUENCE"]) == (
            "CANCEL",
            "CANCELLED",
            event["UID"],
            1,
        )
