"""Signing in to the desk: limits of guesses, known devices, sessions, a new password by mail."""

import re
import threading
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from praxis.accounts import devices
from praxis.redaction import redact
from registrations import worker
from registrations.domain import sign_in_limits
from tests.helpers.clock import NOW
from tests.helpers.database import at_once
from tests.helpers.mails import plain
from tests.helpers.pages import page_text

SIGN_IN = "/admin/login/"
RIGHT = "correct-horse-battery"
TOO_MANY = "Trop d’essais erronés : celui-ci n’a pas été vérifié. Réessayez dans 60 minutes."
pytestmark = pytest.mark.one_database


def whole(message):
    """The text of a mail."""
    part = message.get_payload(0) if message.is_multipart() else message
    return part.get_payload(decode=True).decode()


def links(message):
    return re.findall(
        r"https://ateliers.example.org(/admin/password/[\w-]+/[\w-]+/)", whole(message)
    )


@pytest.fixture
def organiser(db):
    return User.objects.create_user(
        "marie", "marie@example.org", RIGHT, is_staff=True, last_login=timezone.now()
    )


def enter(client, password, account="marie", address="192.0.2.1", **headers):
    fields = {"username": account, "password": password, "next": "/admin/"}
    return client.post(SIGN_IN, fields, REMOTE_ADDR=address, headers=headers)


def signed_in(response):
    return response.status_code == 302 and response.url == "/admin/"


def wait_for_mails():
    """Wait until the threads that send mail have ended."""
    for thread in threading.enumerate():
        if thread.name == "account mail":
            thread.join()


def test_ten_wrong_passwords_an_hour_are_checked_and_no_more(organiser, time_machine, now):
    time_machine.move_to(now, tick=False)
    wrong = [
        enter(Client(), f"guess {number}", address=f"192.0.2.{number}") for number in range(10)
    ]

    refused = enter(Client(), RIGHT, address="192.0.2.99")
    time_machine.move_to(now + timedelta(hours=1, seconds=1), tick=False)
    later = enter(Client(), RIGHT, address="192.0.2.99")

    assert {response.status_code for response in wrong} == {200}
    assert (page_text(refused).count(TOO_MANY), signed_in(refused)) == (1, False)
    assert signed_in(later)


def test_the_limit_is_the_same_for_an_account_that_is_not_there(db, time_machine, now):
    time_machine.move_to(now, tick=False)
    for number in range(10):
        enter(Client(), "guess", account="Nobody", address=f"192.0.2.{number}")

    assert page_text(enter(Client(), "guess", account="nobody")).count(TOO_MANY) == 1


def test_whoever_guesses_elsewhere_does_not_keep_out_a_known_device(organiser):
    known = Client()
    enter(known, RIGHT)
    known.post("/admin/logout/")
    for number in range(11):
        enter(Client(), "guess", address=f"192.0.2.{number}")

    assert not signed_in(enter(Client(), RIGHT))
    assert signed_in(enter(known, RIGHT))


def test_whoever_guesses_in_the_same_office_does_not_keep_out_a_known_device(organiser):
    known = Client()
    enter(known, RIGHT)
    known.post("/admin/logout/")
    for number in range(30):
        enter(Client(), "guess", account=f"account-{number}")

    assert not signed_in(enter(Client(), RIGHT))
    assert signed_in(enter(known, RIGHT))


def test_nobody_writes_a_line_of_their_own_into_the_log(organiser, caplog):
    client = Client()
    client.force_login(organiser)

    client.get("/admin/auth/user/x%0D2026-11-30T12:00:00Z%20signed%20in%20account=1%1B[2K/change/")

    lines = [record.getMessage() for record in caplog.records if record.name == "praxis.audit"]
    assert [line.count("signed in") + line.count("\r") + line.count("\x1b") for line in lines] == [
        0
    ]


def test_right_passwords_are_not_counted(organiser):
    for _ in range(12):
        assert signed_in(enter(Client(), RIGHT))


def test_thirty_wrong_passwords_an_hour_come_from_one_network(organiser):
    for number in range(30):
        enter(Client(), "guess", account=f"account-{number}")

    assert not signed_in(enter(Client(), RIGHT))
    assert signed_in(enter(Client(), RIGHT, address="198.51.100.7"))


def test_a_form_without_name_or_password_is_no_guess(organiser):
    for _ in range(31):
        enter(Client(), "")

    assert signed_in(enter(Client(), RIGHT))


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_instant_are_counted_each():
    def guess(number):
        try:
            now = timezone.now()
            with sign_in_limits.password_guess("marie", f"network {number}", now=now):
                raise ValueError
        except (ValueError, sign_in_limits.TooManyGuesses) as error:
            return type(error).__name__

    outcomes = at_once(*(partial(guess, number) for number in range(20)))

    assert sorted(outcomes) == ["TooManyGuesses"] * 10 + ["ValueError"] * 10


def test_a_device_that_is_new_to_the_account_is_told_by_mail(organiser, smtp):
    known = Client()
    for client in (known, known, Client()):
        enter(client, RIGHT, **{"User-Agent": "Mozilla/5.0 … Firefox/150.0"})
        client.post("/admin/logout/")
        wait_for_mails()

    assert [(m["To"], m["Auto-Submitted"]) for m in smtp.messages] == [
        ("marie@example.org", "auto-generated")
    ] * 2
    text = plain(whole(smtp.messages[0]))
    assert text.count("un appareil que nous ne connaissions pas (Firefox)") == 1
    assert text.count("/admin/password/") == 1


def test_the_first_sign_in_of_an_account_is_no_news(organiser, smtp):
    User.objects.update(last_login=None)

    enter(Client(), RIGHT)
    wait_for_mails()

    assert smtp.messages == []


def test_the_cookie_of_a_device_names_nobody_and_cannot_be_made_up(organiser):
    client = Client()
    enter(client, RIGHT)
    cookie = client.cookies[settings.DEVICE_COOKIE_NAME]

    assert (cookie["httponly"], cookie["samesite"], cookie.value.count("marie")) == (True, "Lax", 0)
    assert devices.key_of(request_with(cookie.value), "Marie") != ""
    assert devices.key_of(request_with(cookie.value), "paul") == ""
    assert devices.key_of(request_with(cookie.value[:-1] + "?"), "marie") == ""


def request_with(cookie):
    request = RequestFactory().get("/")
    request.COOKIES[settings.DEVICE_COOKIE_NAME] = cookie
    return request


def test_a_session_ends_after_twelve_hours_and_is_forgotten(organiser, time_machine, now):
    time_machine.move_to(now, tick=False)
    client = Client()
    enter(client, RIGHT)
    count = Session.objects.count()

    time_machine.move_to(now + timedelta(hours=12, seconds=1), tick=False)
    response = client.get("/admin/")
    worker.run_once(now=timezone.now())

    assert (count, response.status_code, response.url[:13]) == (1, 302, "/admin/login/")
    assert Session.objects.count() == 0


@pytest.mark.parametrize("asked", ["marie@example.org", "MARIE@example.org", "nobody@example.org"])
def test_a_new_password_is_chosen_by_a_link_that_serves_once(asked, organiser, smtp):
    answer = Client().post("/admin/password/", {"email": asked}, follow=True)
    wait_for_mails()

    assert answer.redirect_chain == [("/admin/password/sent/", 302)]
    if asked.startswith("nobody"):
        assert smtp.messages == []
        return
    (message,) = smtp.messages
    (link,) = links(message)
    client = Client()
    page = client.get(link, follow=True)
    new = {"new_password1": "another-long-phrase", "new_password2": "another-long-phrase"}
    done = client.post(page.redirect_chain[0][0], new, follow=True)
    again = Client().get(link, follow=True)

    assert done.redirect_chain == [("/admin/login/", 302)]
    assert page_text(again).count("Ce lien ne sert plus") == 1
    assert signed_in(enter(Client(), "another-long-phrase"))
    assert not signed_in(enter(Client(), RIGHT))


def test_who_was_invited_and_has_no_password_yet_asks_for_the_link_alone(organiser, smtp):
    User.objects.create_user("awa", "awa@example.org", is_staff=True)
    User.objects.create_user("visitor", "visitor@example.org")
    User.objects.create_user("gone", "gone@example.org", is_staff=True, is_active=False)
    for name in ("awa", "visitor", "gone"):
        Client().post("/admin/password/", {"email": f"{name}@example.org"})
    wait_for_mails()

    assert [(m["To"], len(links(m))) for m in smtp.messages] == [("awa@example.org", 1)]


def test_who_asks_for_a_link_gets_the_look_of_our_mails(organiser, smtp):
    Client().post("/admin/password/", {"email": "marie@example.org"})
    wait_for_mails()

    (message,) = smtp.messages
    text = plain(whole(message))
    assert message["Auto-Submitted"] == "auto-generated"
    kinds = [part.get_content_type() for part in message.get_payload()]
    assert kinds == ["text/plain", "text/html"]
    assert text.count("Un nouveau mot de passe a été demandé pour votre compte") == 1
    assert text.count("dans les trois jours") == 1
    assert text.count("marie") == 1


def test_the_log_names_the_file_of_a_mail_to_an_account(organiser, settings, tmp_path, caplog):
    settings.EMAIL_BACKEND = "praxis.mail_backends.files.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    caplog.set_level("INFO", "praxis.mail")
    Client().post("/admin/password/", {"email": "marie@example.org"})
    wait_for_mails()

    [file] = tmp_path.iterdir()
    assert re.fullmatch(r"\d{8}T\d{12}\.[0-9a-f]{24}\.eml", file.name)
    [line] = [record.getMessage() for record in caplog.records if record.name == "praxis.mail"]
    assert redact(line) == f"mail written to {file}"


def test_the_answer_is_the_same_whoever_asks_and_however_often(organiser, smtp):
    answers = [
        Client().post("/admin/password/", {"email": address})
        for address in ["marie@example.org"] * 5 + ["nobody@example.org"] * 5
    ]
    wait_for_mails()

    assert {(a.status_code, a.url) for a in answers} == {(302, "/admin/password/sent/")}
    assert len(smtp.messages) == 3


def test_the_log_says_who_signed_in_failed_was_refused_and_left(organiser, caplog):
    client = Client()
    enter(client, "guess")
    enter(client, RIGHT)
    client.get("/admin/registrations/registration/")
    client.post("/admin/logout/")

    lines = [record.getMessage() for record in caplog.records if record.name == "praxis.audit"]
    at = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    who = f"account={organiser.pk} network="
    assert [line.partition(who)[0] for line in lines[1:]] == [
        f"{at} {event} " for event in ("signed in", "new device", "refused", "signed out")
    ]
    assert lines[0] == f"{at} wrong password account=unknown network=192.0.2.1"
    assert lines[3].endswith("path=/admin/registrations/registration/")


NEW = {"new_password1": "another-long-phrase", "new_password2": "another-long-phrase"}
PASSWORD_PAGES = {
    "/admin/password_change/": "old_password",
    "/admin/second-factor/codes/": "password",
}


@pytest.mark.parametrize("path", PASSWORD_PAGES)
def test_a_password_that_is_asked_once_more_is_guessed_ten_times_an_hour_and_logged(
    path, organiser, caplog
):
    TOTPDevice.objects.create(user=organiser, key="00" * 20)
    client = Client()
    client.force_login(organiser)
    field = PASSWORD_PAGES[path]
    for _ in range(10):
        client.post(path, NEW | {field: "guess"})

    refused = client.post(path, NEW | {field: RIGHT})

    assert page_text(refused).count("celui-ci n’a pas été vérifié") == 1
    lines = [record.getMessage() for record in caplog.records if record.name == "praxis.audit"]
    who = f"account={organiser.pk} network=127.0.0.1"
    assert [line.partition(" ")[2] for line in lines] == [
        *[f"wrong password {who}"] * 10,
        f"password refused {who}",
    ]


def test_a_password_is_changed_with_the_one_until_now(organiser, caplog):
    client = Client()
    client.force_login(organiser)

    client.post("/admin/password_change/", NEW | {"old_password": RIGHT})

    assert signed_in(enter(Client(), "another-long-phrase"))
    assert client.get("/admin/").status_code == 200
    assert any(" password changed " in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("elevenchars", "password_too_short"),
        ("twelve-chars", None),
        ("mon-Praxis-à-moi", "own_word"),
        ("les ateliers du lundi", "own_word"),
        ("nuage-TESTSERVER-vert", "own_word"),
    ],
)
def test_a_password_is_long_and_holds_no_word_of_the_site(password, code, settings):
    settings.SITE_URL = "https://testserver.example.org"

    assert refusal_of(password) == code


def refusal_of(password):
    try:
        validate_password(password)
    except ValidationError as error:
        return " ".join(each.code for each in error.error_list)
    return None
