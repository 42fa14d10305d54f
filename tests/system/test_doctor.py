"""manage.py doctor: what it says of a database, a mail server and a worker that fail."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from registrations.models import Heartbeat, heartbeat
from tests.helpers.network import free_port
from tests.helpers.processes import python
from tests.helpers.scripted_smtp import silence

pytestmark = pytest.mark.real_time
WELL = [
    "ok    the database",
    "ok    the mail server",
    "ok    the mailbox",
    "ok    the clocks",
    "ok    the worker",
]


def examine():
    """What doctor says, line by line, and whether it found anything wrong."""
    output = StringIO()
    try:
        call_command("doctor", stdout=output)
    except CommandError as error:
        return [*output.getvalue().splitlines(), str(error)]
    return output.getvalue().splitlines()


@pytest.mark.django_db
def test_all_is_well_and_no_mail_is_sent(server, settings):
    heartbeat.beat()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "praxis", "right"
    server.script["EHLO"] = ["250-fine\r\n250 AUTH PLAIN"]

    assert examine() == WELL
    assert server.dialogues == [["EHLO", "AUTH", "QUIT"]]


@pytest.mark.django_db
def test_a_missing_worker_is_named(server):
    heartbeat.beat()
    Heartbeat.objects.update(beat_at=F("beat_at") - timedelta(minutes=6))

    assert examine() == [
        *WELL[:4],
        "WRONG the worker: no worker runs, so that no mail leaves: start `manage.py work`",
        "1 of 5 wrong",
    ]


@pytest.mark.django_db
def test_a_refused_password_is_named(server, settings):
    heartbeat.beat()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "praxis", "wrong"
    server.script["EHLO"] = ["250-fine\r\n250 AUTH PLAIN"]
    server.script["AUTH"] = ["535 5.7.8 Authentication credentials invalid"]

    assert examine()[1] == (
        f"WRONG the mail server: 127.0.0.1:{server.port} refuses the user name or the password in "
        "EMAIL_URL (535 5.7.8 Authentication credentials invalid)"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["refuses", "never answers"])
def test_a_mail_server_that_is_away_is_named(server, settings, fault):
    settings.EMAIL_TIMEOUT = 0.2
    server.script["CONNECT"] = [silence]
    if fault == "refuses":
        settings.EMAIL_PORT = free_port()

    line = examine()[1]

    error = {"refuses": "ConnectionRefusedError", "never answers": "SMTPServerDisconnected"}[fault]
    start = f"WRONG the mail server: 127.0.0.1:{settings.EMAIL_PORT} does not serve us ({error}"
    assert (line[: len(start)], line.endswith("Look at EMAIL_URL")) == (start, True)


@pytest.mark.django_db
def test_a_mailbox_that_cannot_be_read_is_named(settings):
    settings.INBOX = f"imap://praxis:secret@127.0.0.1:{free_port()}"

    assert examine()[2].startswith("WRONG the mailbox: it cannot be read (ConnectionRefusedError")


@pytest.mark.django_db
def test_clocks_that_are_apart_are_named(server, time_machine):
    heartbeat.beat()
    time_machine.move_to(timedelta(seconds=90))

    assert examine()[3].startswith("WRONG the clocks: this machine and the database are ")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://praxis@127.0.0.1:{port}/praxis", "WRONG the database: it does not answer ("),
        ("sqlite:///{folder}/empty.sqlite3", "WRONG the database: "),
    ],
)
def test_a_database_that_is_away_or_empty_is_named(tmp_path, url, said):
    url = url.format(port=free_port(), folder=tmp_path)

    doctor = python(tmp_path, "manage.py", "doctor", DATABASE_URL=url)
    lines = doctor.communicate(timeout=60)[0].splitlines()

    assert (lines[0][: len(said)], doctor.returncode) == (said, 1)
    assert lines[1:] == [
        "ok    the mail server",
        "ok    the mailbox",
        "WRONG the clocks: the database does not say its time",
        "WRONG the worker: the database does not say",
        "CommandError: 3 of 5 wrong",
    ]
