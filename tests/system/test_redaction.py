"""No log line holds a live secret link, whoever writes it and whatever went wrong."""

import logging
import os
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test import Client

from praxis.redaction import LONGEST_LINE, MOST_LINES, RedactTokens, redact
from registrations.domain import signup
from tests.helpers.site import collect_static

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "Ux6zbGdPwEnTjeyFkuvaHue_YTSX2tcd"


@pytest.fixture
def log():
    """What the settings' own handler writes, from every logger."""
    configuration = django_settings.LOGGING
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(logging.Formatter(configuration["formatters"]["plain"]["format"]))
    assert configuration["handlers"]["stderr"]["filters"] == ["redact"]
    handler.addFilter(RedactTokens())
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("said", "written"),
    [
        (f"GET /i/{TOKEN}/", "GET /i/***/"),
        (f"GET /en/i/{TOKEN}/cancel/", "GET /en/i/***/cancel/"),
        (f"https://x.org/j/{TOKEN}?a=1", "https://x.org/j/***?a=1"),
        (f"'/j/{TOKEN}' and \"/i/{TOKEN}\"", "'/j/***' and \"/i/***\""),
        (f"GET /i//{TOKEN}/", "GET /i//***/"),
        (f"/I/{TOKEN}/ and /ateliers/i{TOKEN}/", "/I/***/ and /ateliers/***/"),
        (f"Invalid HTTP Header: 'Referer {TOKEN}'", "Invalid HTTP Header: 'Referer ***'"),
        (f"/attestation/{TOKEN * 9}/", "/attestation/***/"),
        ("/en/certificate/eyJ2Ijox LCJuIjoi Wm_/ x", "/en/certificate/***/ x"),
        (f"/nulle-part/{TOKEN * 9}", "/nulle-part/***"),
        ("/i/short/attestation/", "/i/***/attestation/"),
        ("refused: <zoe.tremblay+x@example.org>", "refused: <***>"),
        ("/ateliers/donnees/inscription/", "/ateliers/donnees/inscription/"),
    ],
)
def test_a_token_is_replaced_and_the_rest_is_kept(said, written):
    assert redact(said) == written


@pytest.mark.parametrize(
    "piece", ["a", "a@", "@", "=@", "/i/", "/attestation/", "a-", "/a", f"{TOKEN}-", "a@b:"]
)
def test_a_text_ten_times_as_long_costs_no_more_than_ten_times_as_much(piece):
    """A hundred would be quadratic, however often one looks.

    Thirty leaves room for a busy machine, and so does the shortest of several times: it is asked
    for again as long as what others do may lie in it.
    """
    text = (piece * 200_000)[:200_000]
    short = text[:20_000]
    for_short, for_long = [], []
    while not for_long or (len(for_long) < 30 and min(for_long) >= 30 * min(for_short) + 0.01):
        for_short.append(seconds(redact, short))
        for_long.append(seconds(redact, text))

    assert min(for_long) < 30 * min(for_short) + 0.01


def seconds(act, *arguments):
    """How long the processor works for `act`."""
    began = time.process_time()
    act(*arguments)
    return time.process_time() - began


@pytest.mark.parametrize("shift", range(60))
@pytest.mark.parametrize("secret", [f"/{TOKEN}", f"/i/{TOKEN}/", " zoe.tremblay@example.org "])
def test_a_long_line_is_cut_and_the_cut_leaves_no_piece_of_a_secret(secret, shift, log):
    said = "Not Found: /" + "x/" * ((LONGEST_LINE - 12) // 2 - 30) + "y" * shift + secret * 30

    logging.getLogger("anyone").warning("%s", said)

    [line] = log.getvalue().splitlines()
    assert len(line) <= LONGEST_LINE + len("WARNING anyone ***")
    assert line.endswith(("…", "/i/***"))
    assert [n for n in range(4, 36) if TOKEN[:n] in line] == []
    assert "zoe" not in line


def test_a_long_word_is_left_out_whole(log):
    logging.getLogger("anyone").warning("Not Found: /%s", "a" * 100_000)

    assert log.getvalue() == "WARNING anyone Not Found: /…\n"


def test_a_traceback_keeps_its_ends_and_has_an_end(log):
    def fall(steps):
        if steps:
            # Two functions in turns: Python shortens only what repeats line by line.
            (lambda: fall(steps - 1))()
        raise ValueError("no such page " + "x " * 100_000)

    try:
        fall(300)
    except ValueError:
        logging.getLogger("anyone").exception("broke")

    lines = log.getvalue().splitlines()
    assert len(lines) <= MOST_LINES + 2
    assert max(len(line) for line in lines) <= LONGEST_LINE + 1
    assert lines[:2] == ["ERROR anyone broke", "Traceback (most recent call last):"]
    assert lines[-1].startswith("ValueError: no such page x x")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", [f"/i/{TOKEN}/", f"/j/{TOKEN}/", f"/en/i/{TOKEN}/", f"/i/{TOKEN}/x/", f"/j/{TOKEN}"]
)
def test_a_link_that_leads_nowhere_is_logged_without_its_token(client, log, path):
    assert client.get(path, follow=True).status_code == 404

    asked_for = redact(path if path.endswith("/") else path + "/")
    assert log.getvalue() == f"WARNING django.request Not Found: {asked_for}\n"


def test_a_cancelled_registrations_join_link_is_logged_without_its_token(
    workshop, register, client, log, now
):
    registration = register(workshop)
    signup.cancel(registration, now=now)

    assert client.get(f"/j/{registration.join_token}/").status_code == 410

    assert log.getvalue() == "WARNING django.request Gone: /j/***/\n"


def test_a_refused_method_is_logged_without_its_token(workshop, register, client, log):
    registration = register(workshop)
    path = f"/i/{registration.manage_token}"

    assert client.delete(f"{path}/annuler/").status_code == 405

    assert registration.manage_token not in log.getvalue()
    assert log.getvalue().count("/i/***/annuler/") == 1


def test_a_forged_post_is_logged_without_its_token(workshop, register, log):
    registration = register(workshop)

    response = Client(enforce_csrf_checks=True).post(f"/i/{registration.manage_token}/annuler/")

    assert response.status_code == 403
    assert registration.manage_token not in log.getvalue()
    assert log.getvalue().count("/i/***/annuler/") == 1


def test_a_crash_is_logged_with_its_traceback_and_without_the_token(
    workshop, register, client, log, settings
):
    """The page breaks on a template folder that is gone.

    The error is Django's own, the token is in the path.
    """
    registration = register(workshop)
    client.raise_request_exception = False
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": []}]

    for path in (f"/i/{registration.manage_token}/", f"/j/{registration.join_token}/"):
        assert client.get(path).status_code == 500

    written = log.getvalue()
    assert written.count("Internal Server Error: /i/***/") == 1
    assert written.count("Internal Server Error: /j/***/") == 1
    assert written.count("TemplateDoesNotExist") >= 2
    assert [t for t in (registration.manage_token, registration.join_token) if t in written] == []


def test_an_exceptions_own_words_are_redacted_with_their_causes(log):
    try:
        try:
            raise ValueError(f"/i/{TOKEN}/")
        except ValueError as cause:
            raise LookupError(f"no such page: '/j/{TOKEN}/'") from cause
    except LookupError:
        logging.getLogger("anyone").exception("broke on %s", f"/i/{TOKEN}/")

    written = log.getvalue()
    assert written.startswith("ERROR anyone broke on /i/***/\nTraceback")
    assert [
        written.count(s)
        for s in (TOKEN, "ValueError: /i/***/", "LookupError: no such page: '/j/***/'")
    ] == [
        0,
        1,
        1,
    ]


SERVED = """
import sys
import django
django.setup()
from django.test import Client
client = Client(raise_request_exception=False, headers={"host": "ateliers.example.org"})
print([client.get(path, secure=True).status_code for path in sys.argv[1:]])
"""


@pytest.mark.real_time
def test_a_process_without_a_database_logs_its_crashes_without_tokens(tmp_path):
    """The settings' logging as it is in earnest, on a database without tables.

    Each lookup is a 503.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "praxis.settings",
        "DEBUG": "false",
        "SECRET_KEY": "tests-only-0123456789-0123456789-0123456789",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
        "SITE_URL": "https://ateliers.example.org",
        "EMAIL_URL": "files",
        "DEFAULT_FROM_EMAIL": "Praxis <praxis@ateliers.example.org>",
    }
    collect_static(tmp_path)
    line = [sys.executable, "-c", SERVED, f"/i/{TOKEN}/", f"/j/{TOKEN}/"]

    done = subprocess.run(
        line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )

    assert done.stdout == "[503, 503]\n"
    counts = [
        done.stderr.count(s)
        for s in (TOKEN, "Service Unavailable: /i/***/", "Service Unavailable: /j/***/")
    ]
    assert counts == [0, 1, 1]
    assert done.stderr.count("could not be served now (OperationalError)") == 2
