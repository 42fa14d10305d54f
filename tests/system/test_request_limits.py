"""Requests that no page of ours sends: answered 400 in our layout, logged in one line."""

import logging
from encodings.aliases import aliases
from io import StringIO
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from events.models import Workshop
from praxis.redaction import RedactTokens
from praxis.request_limits import LONGEST_PATH
from praxis.wsgi import application
from tests.helpers.pages import page_text
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

IS_UTF_8 = {"u8", "utf", "utf8", "utf8_ucs2", "utf8_ucs4", "cp65001", "utf_8", "utf-8", "UTF-8"}
UNKNOWN = [
    "",
    "klingon",
    "x" * 300,
    "../etc/passwd",
    "utf-9",
    "undefined",
    "unicode_escape",
    "raw_unicode_escape",
    "punycode",
]
CHARSETS = (
    sorted(
        (set(aliases) | set(aliases.values()) | {"utf-16", "latin-1", "utf-7", "idna"}) - IS_UTF_8
    )
    + UNKNOWN
)
FORM = "application/x-www-form-urlencoded"
TOO_LONG = 2**20 + 1


@pytest.fixture
def browser(forms):
    """A client to which a failure is an answer.

    Like a browser it has the cookie of the form, so that what it sends is read.
    """
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.get(forms[0])
    return client


@pytest.fixture
def log():
    """What the settings' handler writes."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["plain"]["format"]))
    handler.addFilter(RedactTokens())
    logging.getLogger().addHandler(handler)
    yield handler.stream
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def forms(workshop):
    """Addresses that a form may be sent to: one's own, the desk's, and one that leads nowhere."""
    return [f"/ateliers/{workshop.slug}/inscription/", "/admin/login/", "/nope/"]


def send(browser, path, kind, body=b"first_name=Zo%C3%A9", **more):
    return browser.generic("POST", path, body, content_type=kind, **more)


@pytest.mark.long_walk
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "text/plain"])
def test_a_form_in_any_other_charset_than_utf_8_is_refused(kind, forms, browser):
    answers = [
        (c, path, send(browser, path, f'{kind}; charset="{c}"')) for c in CHARSETS for path in forms
    ]

    assert [(charset, path) for charset, path, answer in answers if answer.status_code != 400] == []
    # Nearly all pages are the same to the byte; each that differs is read.
    pages = {answer.content: answer for _charset, _path, answer in answers}
    assert {page_text(page).startswith("Requête non comprise ") for page in pages.values()} == {
        True
    }
    assert len(answers) > 900


@pytest.mark.parametrize("charset", sorted(IS_UTF_8))
def test_a_form_in_utf_8_is_read_however_that_is_spelled(charset, forms, workshop, client):
    body = "&".join(f"{name}={value}" for name, value in typed(first_name="Zo%C3%A9").items())

    response = send(client, forms[0], f"{FORM}; charset={charset}", body.encode())

    assert (response.status_code, workshop.registrations.get().first_name) == (302, "Zoé")


@pytest.mark.parametrize("kind", [FORM, "multipart/form-data; boundary=x", "text/plain"])
@pytest.mark.parametrize(
    "length", ["abc", "-1", "1e3", " ", "12, 12", str(TOO_LONG), "9" * 30, "9" * 5000]
)
def test_a_length_that_is_none_or_longer_than_any_form_is_refused(length, kind, forms, browser):
    answers = [send(browser, path, kind, CONTENT_LENGTH=length) for path in forms]

    assert [(answer.status_code, page_text(answer)[:20]) for answer in answers] == [
        (400, "Requête non comprise")
    ] * 3


@pytest.mark.parametrize("part", [b"", b'; filename="a.txt"'], ids=["a field", "a file"])
def test_a_long_body_in_parts_is_refused(part, forms, browser):
    head = b'--x\r\nContent-Disposition: form-data; name="first_name"' + part + b"\r\n\r\n"

    answers = [
        send(
            browser,
            path,
            "multipart/form-data; boundary=x",
            head + b"a" * TOO_LONG + b"\r\n--x--\r\n",
        )
        for path in forms
    ]

    assert [answer.status_code for answer in answers] == [400] * 3


def test_a_long_body_in_one_piece_is_refused(forms, browser):
    answers = [send(browser, path, FORM, b"first_name=" + b"a" * TOO_LONG) for path in forms]

    assert [answer.status_code for answer in answers] == [400] * 3


def test_a_request_without_a_length_is_served(workshop, client):
    assert client.get(workshop.get_absolute_url(), CONTENT_LENGTH="").status_code == 200


def test_a_nul_in_the_query_or_in_a_cookie_is_refused(forms, browser):
    queries = [browser.get(path + "?q=%00").status_code for path in forms]
    # By hand: newer releases of Python refuse to write such a cookie, not to read it.
    cookie = {"HTTP_COOKIE": 'praxis_registered="a\\000b"'}
    cookies = [browser.get(path, **cookie).status_code for path in forms]

    assert (queries, cookies) == ([400] * 3, [400] * 3)


@pytest.mark.parametrize(
    "parameter", ["charset=idna", "charset=utf-16", "charset*=klingon''utf-8", "charset*=''%00"]
)
def test_a_charset_that_django_cannot_even_read_a_query_in_is_refused(parameter, db):
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "page=%C3%A9",
        "HTTP_HOST": "testserver",
    }
    environ["CONTENT_TYPE"] = f"{FORM}; {parameter}"
    setup_testing_defaults(environ)
    said = []

    page = b"".join(application(environ, lambda status, headers: said.append(status)))

    assert (said, page.count("Requête non comprise</h1>".encode())) == (["400 Bad Request"], 1)


def test_a_refusal_speaks_the_language_of_its_address(forms, browser):
    answers = [
        send(browser, path, f"{FORM}; charset=utf-7")
        for path in ("/en/nope/", "/nope/", "/en/nope/")
    ]

    assert [page_text(answer)[:10] for answer in answers] == [
        "Request no",
        "Requête no",
        "Request no",
    ]


REFUSED = {
    "charset": {"content_type": f"{FORM}; charset=utf-7", "data": b"a"},
    "length": {"content_type": FORM, "data": b"a", "CONTENT_LENGTH": "abc"},
    "parts": {"content_type": "multipart/form-data", "data": b"a"},
    "fields": {"content_type": FORM, "data": b"a=&" * 20_001},
    "host": {"HTTP_HOST": "evil.example"},
}


@pytest.mark.parametrize("facts", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_is_logged_in_one_line(facts, forms, browser, log):
    answer = browser.generic("POST", forms[0], **facts)

    assert (answer.status_code, log.getvalue().count("\n")) == (400, 1)
    assert "Traceback" not in log.getvalue()


def test_a_failure_of_ours_keeps_its_traceback_in_the_log(forms, browser, log, monkeypatch):
    monkeypatch.setattr("registrations.views.sign_up.require_open", lambda workshop, now: 1 / 0)

    answer = browser.get(forms[0])

    assert (answer.status_code, log.getvalue().count("ZeroDivisionError: division by zero")) == (
        500,
        1,
    )


@pytest.mark.parametrize("path", ["/", "/ateliers/", "/admin/", "/i/", "/en/", "//evil.example/"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_path_longer_than_any_of_ours_is_answered_414_at_little_cost(
    path, method, db, browser, log, django_assert_num_queries
):
    with django_assert_num_queries(0):
        answer = browser.generic(method, path + "é" * LONGEST_PATH)

    assert (answer.status_code, len(answer.content)) == (414, 0)
    assert len(log.getvalue()) < 1200


def test_a_path_of_the_greatest_length_is_looked_for(db, browser):
    path = "/ateliers/".ljust(LONGEST_PATH - 1, "a") + "/"

    assert browser.get(path).status_code == 404
    assert browser.get("/a" + path[1:]).status_code == 414


def test_our_longest_addresses_are_far_shorter(make_workshop):
    workshop = make_workshop(slug="a" * Workshop._meta.get_field("slug").max_length)
    with translation.override("en"):
        paths = [
            reverse("registrations:sign_up", args=[workshop.slug]),
            reverse("registrations:withdraw_newsletter", args=["t" * 43]),
        ]

    assert max(len(path) for path in paths) < LONGEST_PATH / 2


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_body_without_its_length_is_asked_for_with_it(method, forms, browser, workshop):
    """Django would read it as empty, and what was typed would be lost."""
    answers = [
        browser.generic(method, path, HTTP_TRANSFER_ENCODING="chunked").status_code
        for path in forms
    ]

    assert (answers, workshop.registrations.count()) == ([411] * 3, 0)
