"""The page for whoever cannot be served now: what was typed is sent again by its button."""

import os
import socket

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection

from praxis.unavailable import Unavailable
from tests.helpers.pages import FieldsOf, form_of, page_text
from tests.helpers.people import typed
from tests.helpers.processes import database_url

NAME = 'Le "Gall"\n<b>&amp;'


@pytest.fixture
def fail(monkeypatch):
    """Let the form's view raise an error before it has looked at anything."""

    def arrange(error):
        def view(*_arguments, **_facts):
            raise error

        monkeypatch.setattr("registrations.views.sign_up.workshop_or_404", view)
        return monkeypatch.undo

    return arrange


@pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("shut"), Unavailable()])
def test_what_was_typed_is_sent_again_by_the_button(error, fail, workshop, client):
    mend = fail(error)
    answer = client.post(form_of(workshop), typed(last_name=NAME))
    page = answer.content.decode()
    fields = FieldsOf(page.replace("<form method", '<form id="again" method'), "again").fields
    mend()

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert fields == {
        "csrfmiddlewaretoken": fields["csrfmiddlewaretoken"],
        **typed(last_name=NAME, opened=fields["opened"]),
    }
    again = client.post(form_of(workshop), fields | {"last_name": "Le Gall"})
    assert again.status_code == 302


def test_a_page_that_was_only_asked_for_is_asked_for_again(fail, workshop, client):
    fail(OperationalError("away"))
    answer = client.get(form_of(workshop) + "?a=1")
    assert answer.status_code == 503
    assert f'href="{form_of(workshop)}?a=1"' in answer.content.decode()
    assert "Réessayer" in page_text(answer)


def test_a_password_is_not_written_into_the_page(fail, workshop, client):
    fail(OperationalError("away"))
    answer = client.post(form_of(workshop), {"username": "lea", "password": "soleil"})
    assert answer.status_code == 503
    assert "soleil" not in answer.content.decode()


def test_another_error_stays_an_error_of_ours(fail, workshop, client):
    client.raise_request_exception = False
    fail(ValueError("a mistake of ours"))
    assert client.get(form_of(workshop)).status_code == 500


def test_an_error_that_a_middleware_raises_is_answered_too(workshop, client, monkeypatch):
    def fail(*_arguments):
        raise OperationalError("away")

    monkeypatch.setattr(
        "django.contrib.sessions.middleware.SessionMiddleware.process_response", fail
    )
    client.raise_request_exception = False
    answer = client.get(form_of(workshop))
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")


def test_the_log_says_it_in_a_line_without_the_errors_own_words(fail, workshop, client, caplog):
    fail(OperationalError("Key (email)=(zoe@example.org) is locked"))
    client.get(form_of(workshop))
    assert caplog.messages[0] == "a request could not be served now (OperationalError)"
    assert "zoe@" not in caplog.text


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file has no peer")
def test_a_database_whose_machine_is_gone_is_noticed_within_fifteen_seconds():
    connection.ensure_connection()
    asked = ["TCP_USER_TIMEOUT", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT"]

    with socket.socket(fileno=os.dup(connection.connection.fileno())) as peer:
        values = [peer.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in asked]
        is_alive_asked = peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)

    milliseconds, idle, every, times = values
    assert (bool(is_alive_asked), milliseconds) == (True, 10_000)
    assert idle + every * times < 15


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a file's statements are never prepared")
def test_a_column_that_changes_its_type_beside_a_running_site_costs_one_page(workshop, client):
    path = workshop.get_absolute_url()
    before = [client.get(path).status_code for _each in range(4)]

    try:
        with psycopg.connect(database_url(), autocommit=True) as other:
            other.execute("ALTER TABLE events_workshop ALTER COLUMN title TYPE varchar(777)")
            after = [client.get(path).status_code for _each in range(4)]
    finally:
        with psycopg.connect(database_url(), autocommit=True) as other:
            other.execute("ALTER TABLE events_workshop ALTER COLUMN title TYPE varchar(200)")
        connection.close()

    assert (before, after) == ([200] * 4, [503, 200, 200, 200])
