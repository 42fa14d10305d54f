"""The second factor: set up, asked for, required, recovered, and guessed at."""

import re
from base64 import b32decode
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.desk.test_sign_in import RIGHT, enter, signed_in, wait_for_mails, whole
from tests.helpers.pages import page_text

ASK, SET_UP = "/admin/second-factor/ask/", "/admin/second-factor/set-up/"
KEY = "0123456789abcdef0123456789abcdef01234567"
pytestmark = pytest.mark.one_database


@pytest.fixture(autouse=True)
def still(time_machine, now):
    time_machine.move_to(now, tick=False)


@pytest.fixture
def organiser(db):
    return User.objects.create_superuser("marie", "marie@example.org", RIGHT)


@pytest.fixture
def device(organiser):
    return TOTPDevice.objects.create(user=organiser, key=KEY)


def code_of(key=KEY):
    """The six digits that the app shows now."""
    return f"{totp(bytes.fromhex(key)):06}"


def answer(client, code):
    return client.post(f"{ASK}?next=/admin/", {"code": code})


def test_password_and_code_sign_in_and_neither_alone(device):
    client = Client()

    asked = enter(client, RIGHT)
    before = client.get("/admin/")
    draft = client.session.get("_auth_user_id")
    wrong = answer(client, "000000")
    right = answer(client, code_of())

    assert (asked.status_code, asked.url) == (302, f"{ASK}?next=%2Fadmin%2F")
    assert (before.status_code, before.url[:13], draft) == (302, "/admin/login/", None)
    assert (wrong.status_code, page_text(wrong).count("Ce code n’est pas le bon")) == (200, 1)
    assert signed_in(right)
    assert client.get("/admin/").status_code == 200


def test_a_code_serves_once(device):
    code = code_of()
    answers = []
    for _ in range(2):
        client = Client()
        enter(client, RIGHT)
        answers.append(answer(client, code))

    assert [signed_in(each) for each in answers] == [True, False]


def test_the_page_that_asks_is_for_whoever_gave_the_password_lately(device, time_machine, now):
    stranger, late = Client().get(ASK), Client()
    enter(late, RIGHT)
    time_machine.move_to(now + timedelta(minutes=10, seconds=1), tick=False)

    assert (stranger.status_code, stranger.url[:13]) == (302, "/admin/login/")
    assert answer(late, code_of()).url.startswith("/admin/login/")


def test_a_new_password_ends_a_sign_in_that_waits_for_its_code(device, organiser):
    client = Client()
    enter(client, RIGHT)
    organiser.set_password("another-long-phrase")
    organiser.save()

    assert answer(client, code_of()).url.startswith("/admin/login/")


def test_five_wrong_codes_an_hour_are_checked_and_the_holder_is_warned_once(
    device, smtp, time_machine, now
):
    client = Client()
    enter(client, RIGHT)
    for _ in range(5):
        answer(client, "000000")

    refused = [answer(client, code_of()) for _ in range(3)]
    wait_for_mails()
    time_machine.move_to(now + timedelta(hours=1, seconds=1), tick=False)
    enter(client, RIGHT)

    assert [page_text(each).count("n’a pas été vérifié") for each in refused] == [1, 1, 1]
    assert [whole(m).count("plusieurs codes erronés") for m in smtp.messages] == [1]
    assert signed_in(answer(client, code_of()))


class SetUp:
    """The page that shows `client` a key, and what its answer says."""

    def __init__(self, client):
        self.client = client
        html = client.get(SET_UP).content.decode()
        self.signed_key = re.search(r'name="signed_key" value="([^"]+)"', html)[1]
        shown = re.search(r"<code>([A-Z2-7 ]+)</code>", html)[1]
        self.key = b32decode(shown.replace(" ", "")).hex()

    def confirm(self, **typed):
        """Type the code of the key; the recovery codes on the page that follows."""
        fields = {"signed_key": self.signed_key, "code": code_of(self.key), "password": RIGHT}
        page = self.client.post(SET_UP, fields | typed)
        return re.findall(r"<li><code>(\w+)</code></li>", page.content.decode())


def client_of(account="marie"):
    """A browser in which the right password of `account` was given."""
    client = Client()
    enter(client, RIGHT, account=account)
    return client


def test_a_second_factor_is_set_up_and_asked_for_from_then_on(organiser):
    page = SetUp(client_of())

    codes = page.confirm()

    device = TOTPDevice.objects.get()
    assert (device.user, device.key, device.confirmed) == (organiser, page.key, True)
    assert len(set(codes)) == 10
    assert page.client.get("/admin/").status_code == 200
    assert enter(Client(), RIGHT).url.startswith(ASK)


@pytest.mark.parametrize(
    "typed", [{"code": "000000"}, {"code": "²²²²²²"}, {"password": "guess"}, {"signed_key": "x"}]
)
def test_nothing_is_set_up_without_code_password_and_the_key_that_was_shown(typed, organiser):
    assert SetUp(client_of()).confirm(**typed) == []
    assert not TOTPDevice.objects.exists()


def test_a_key_that_was_shown_to_somebody_else_is_not_taken(organiser):
    User.objects.create_superuser("paul", "paul@example.org", RIGHT)
    shown = SetUp(client_of())
    mine = SetUp(client_of("paul"))

    assert mine.confirm(signed_key=shown.signed_key, code=code_of(shown.key)) == []


def test_the_code_that_set_it_up_does_not_sign_in(organiser):
    page = SetUp(client_of())
    page.confirm()
    client = client_of()

    assert not signed_in(answer(client, code_of(page.key)))


def test_a_recovery_code_replaces_the_app_once(organiser):
    codes = SetUp(client_of()).confirm()

    answers = [
        signed_in(answer(client_of(), code)) for code in (codes[3].upper(), codes[3], codes[4])
    ]

    assert answers == [True, False, True]
    assert StaticToken.objects.count() == 8


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (2, "Vous avez utilisé un code de secours : il en reste 2."),
        (1, "Vous avez utilisé un code de secours : il en reste 1."),
        (0, "C’était votre dernier code de secours."),
    ],
)
def test_whoever_signs_in_with_a_recovery_code_reads_how_many_are_left(left, words, organiser):
    codes = SetUp(client_of()).confirm()
    StaticToken.objects.exclude(token__in=codes[: left + 1]).delete()
    client = client_of()

    answer(client, codes[0])

    assert page_text(client.get("/admin/")).count(words) == 1


def test_setting_it_up_ends_the_other_sessions(organiser):
    thief, owner = client_of(), client_of()

    SetUp(owner).confirm()

    assert [client.get("/admin/").status_code for client in (thief, owner)] == [302, 200]


@pytest.fixture
def second_step_owner(device):
    client = client_of()
    answer(client, code_of())
    return client


def test_new_recovery_codes_replace_the_old_ones(second_step_owner, organiser):
    pages = [
        second_step_owner.post("/admin/second-factor/codes/", {"password": RIGHT}) for _ in range(2)
    ]
    first, second = (
        set(re.findall(r"<li><code>(\w+)</code></li>", page.content.decode())) for page in pages
    )

    assert (len(first), len(second), first & second) == (10, 10, set())
    assert set(StaticToken.objects.values_list("token", flat=True)) == second


def test_it_is_switched_off_with_the_password(second_step_owner):
    path = "/admin/second-factor/remove/"
    wrong = second_step_owner.post(path, {"password": "guess"})
    count = TOTPDevice.objects.count()
    second_step_owner.post(path, {"password": RIGHT})

    assert (page_text(wrong).count("Ce n’est pas votre mot de passe"), count) == (1, 1)
    assert not TOTPDevice.objects.exists()
    assert signed_in(enter(Client(), RIGHT))


def test_where_it_is_required_nobody_works_without_it(organiser, settings):
    before = client_of()
    settings.REQUIRE_SECOND_FACTOR = True
    client = Client()

    asked = enter(client, RIGHT)
    still_out = client.get("/admin/")
    codes = SetUp(client).confirm()

    assert before.get("/admin/").status_code == 302
    assert (asked.url, still_out.status_code) == (f"{SET_UP}?next=%2Fadmin%2F", 302)
    assert (len(codes), client.get("/admin/").status_code) == (10, 200)
    client.post("/admin/second-factor/remove/", {"password": RIGHT})
    assert TOTPDevice.objects.count() == 1


def test_whoever_manages_the_accounts_helps_who_has_lost_it(device, smtp):
    User.objects.create_superuser("paul", "paul@example.org", RIGHT)
    User.objects.create_user("zoe", "zoe@example.org", RIGHT, is_staff=True)
    path = f"/admin/second-factor/{device.user_id}/remove/"

    refused = client_of("zoe").post(path, {"password": RIGHT})
    count = TOTPDevice.objects.count()
    client_of("paul").post(path, {"password": RIGHT})
    wait_for_mails()

    assert (refused.status_code, count, TOTPDevice.objects.count()) == (403, 1, 0)
    assert [(m["To"], whole(m).count("connexion en deux étapes")) for m in smtp.messages] == [
        ("marie@example.org", 1)
    ]


@pytest.mark.parametrize("path", ["", "set-up/", "codes/", "remove/", "1/remove/"])
def test_the_pages_are_for_those_who_are_signed_in(path, device):
    for client in (Client(), client_of()):
        response = client.get(f"/admin/second-factor/{path}")
        assert (response.status_code, response.url[:13]) == (302, "/admin/login/")


def test_keys_and_codes_are_on_no_page_of_the_desk(second_step_owner):
    assert second_step_owner.get("/admin/otp_totp/totpdevice/").status_code == 404
    assert page_text(second_step_owner.get("/admin/second-factor/")).count(KEY) == 0
