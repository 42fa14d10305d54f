"""The stamp of a form serves once: sent again it is refused with a new one, and loses nothing."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registrations import worker
from registrations.domain import signup
from registrations.forms import honeypot
from registrations.forms.honeypot import HoneypotForm
from registrations.models import OutgoingMail, Registration, UsedStamp, used_stamp
from tests.helpers.database import at_once, every_row
from tests.helpers.pages import form_of, page_text, shown
from tests.helpers.people import typed

SENT_ALREADY = "Ce formulaire a déjà été envoyé. Rien n’est perdu : envoyez-le de nouveau."
LOST = "/lien-perdu/"


@pytest.fixture
def stamp(now):
    return HoneypotForm.stamp(now - timedelta(minutes=1))


def addresses():
    return list(Registration.objects.order_by("pk").values_list("email", flat=True))


def test_two_forms_opened_at_the_same_moment_have_two_stamps(now):
    assert HoneypotForm.stamp(now) != HoneypotForm.stamp(now)


def test_a_stamp_serves_one_registration(workshop, client, stamp, time_machine, now):
    first = client.post(form_of(workshop), typed(opened=stamp))

    second = client.post(
        form_of(workshop), typed(opened=stamp, email="b@example.org", organisation="Théâtre")
    )
    time_machine.move_to(now + timedelta(seconds=3))
    again = client.post(form_of(workshop), shown(second))

    assert [each.status_code for each in (first, second, again)] == [302, 200, 302]
    assert page_text(second).count(SENT_ALREADY) == 1
    assert [shown(second)[name] for name in ("email", "organisation")] == [
        "b@example.org",
        "Théâtre",
    ]
    assert shown(second)["opened"] not in ("", stamp)
    assert addresses() == ["zoe@example.org", "b@example.org"]
    assert Registration.objects.last().organisation == "Théâtre"


def test_neither_does_it_serve_at_another_workshop(make_workshop, client, stamp):
    for workshop in (make_workshop(), other := make_workshop()):
        answer = client.post(form_of(workshop), typed(opened=stamp))

    assert page_text(answer).count(SENT_ALREADY) == 1
    assert other.registrations.count() == 0


def test_nor_on_the_form_for_lost_links(workshop, register, client, stamp):
    register(workshop)
    client.post(form_of(workshop), typed(opened=stamp, email="b@example.org"))

    answer = client.post(LOST, typed(opened=stamp))

    assert page_text(answer).count(SENT_ALREADY) == 1
    assert Registration.objects.filter(links_asked_at__isnull=False).count() == 0


def test_a_stamp_serves_one_request_for_lost_links(workshop, register, client, stamp):
    for name in ("a", "b"):
        register(workshop, email=f"{name}@example.org")

    answers = [client.post(LOST, typed(opened=stamp, email=f"{n}@example.org")) for n in "ab"]

    assert [page_text(answer).count(SENT_ALREADY) for answer in answers] == [0, 1]
    assert [shown(answers[1])["email"], shown(answers[1])["opened"] == stamp] == [
        "b@example.org",
        False,
    ]
    asked = Registration.objects.filter(links_asked_at__isnull=False)
    assert [each.email for each in asked] == ["a@example.org"]


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.one_database
def test_a_stamp_that_has_served_says_nothing_of_the_address(known, workshop, register, stamp):
    if known:
        register(workshop, email="b@example.org")
    Client().post(form_of(workshop), typed(opened=stamp))

    with CaptureQueriesContext(connection) as statements:
        answer = Client().post(form_of(workshop), typed(opened=stamp, email="b@example.org"))

    assert (answer.status_code, page_text(answer).count(SENT_ALREADY)) == (200, 1)
    # The limit of the network and the stamp, each in a transaction.
    assert [s["sql"] for s in statements if "registrations_registration" in s["sql"]] == []


@pytest.mark.parametrize("path", ["sign-up", "lost links"])
def test_a_button_pressed_twice_ends_on_the_same_page(path, workshop, register, client, stamp):
    if path == "lost links":
        register(workshop)
    path = LOST if path == "lost links" else form_of(workshop)

    answers = [client.post(path, typed(opened=stamp), follow=True) for _ in range(3)]

    assert [answer.redirect_chain for answer in answers] == [answers[0].redirect_chain] * 3
    assert len({page_text(answer) for answer in answers}) == 1
    assert SENT_ALREADY not in page_text(answers[0])
    assert OutgoingMail.objects.exclude(state="dropped").count() == 1
    assert UsedStamp.objects.get().times == 3


def test_the_same_form_of_the_same_person_is_an_old_one_after_two_minutes(
    workshop, client, stamp, time_machine, now
):
    client.post(form_of(workshop), typed(opened=stamp))
    time_machine.move_to(now + timedelta(minutes=2, seconds=1))

    answer = client.post(form_of(workshop), typed(opened=stamp))

    assert page_text(answer).count(SENT_ALREADY) == 1


@pytest.mark.parametrize(
    "broken", ["registrations.mail.queue.enqueue", "registrations.domain.signup.lock_seats"]
)
@pytest.mark.one_database
def test_a_form_whose_sending_failed_may_be_sent_again(
    broken, workshop, client, stamp, monkeypatch
):
    def fail(*args, **kwargs):
        raise RuntimeError("the database went away")

    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(broken, fail)
        first = client.post(form_of(workshop), typed(opened=stamp))

    second = client.post(form_of(workshop), typed(opened=stamp))

    assert [first.status_code, second.status_code] == [500, 302]


def test_a_form_that_was_refused_may_be_sent_again(workshop, client, stamp):
    workshop.registration_open = False
    workshop.save()
    refused = client.post(form_of(workshop), typed(opened=stamp))
    workshop.registration_open = True
    workshop.save()

    assert refused.status_code == 409
    assert client.post(form_of(workshop), typed(opened=stamp)).status_code == 302


def test_the_stamp_is_noted_in_one_statement_before_the_workshop_is_locked(workshop, client, stamp):
    with CaptureQueriesContext(connection) as statements:
        client.post(form_of(workshop), typed(opened=stamp))

    written = [each["sql"] for each in statements]
    noted = [n for n, sql in enumerate(written) if "usedstamp" in sql]
    locked = [n for n, sql in enumerate(written) if 'FROM "events_workshop"' in sql]
    assert len(noted) == 1
    assert noted[0] < locked[-1]


@pytest.mark.django_db(transaction=True)
def test_of_many_who_send_one_stamp_at_once_one_registers(transactional_db, workshop, stamp, now):
    def send(number):
        try:
            person = {"first_name": "A", "last_name": "B", "email": f"p{number}@example.org"}
            signup.register(workshop, **person, stamp=stamp, now=now)
        except used_stamp.StampUsed:
            return "refused"
        return "registered"

    answers = at_once(*[partial(send, number) for number in range(6)])

    assert sorted(answers) == ["refused"] * 5 + ["registered"]
    assert workshop.registrations.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_presses_of_one_button_at_once_none_fails(transactional_db, workshop, stamp, now):
    def press():
        person = {"first_name": "A", "last_name": "B", "email": "zoe@example.org"}
        return signup.register(workshop, **person, stamp=stamp, now=now)

    assert at_once(*[press] * 6) == [None] * 6
    assert OutgoingMail.objects.exclude(state="dropped").count() == 1


def test_what_is_noted_holds_no_readable_address(workshop, client, stamp):
    client.post(form_of(workshop), typed(opened=stamp))

    rows = "".join(every_row()["registrations_usedstamp"])

    assert [rows.count(word) for word in ("zoe", "example", stamp[:20])] == [0] * 3


def test_the_worker_forgets_stamps_once_they_have_expired(workshop, client, stamp, now):
    client.post(form_of(workshop), typed(opened=stamp))

    worker.run_once(now=now + timedelta(days=2, minutes=59))
    kept = UsedStamp.objects.count()
    worker.run_once(now=now + timedelta(days=2, hours=1, minutes=1))

    assert (kept, UsedStamp.objects.count()) == (1, 0)


def test_a_stamp_is_remembered_for_longer_than_it_lasts():
    minutes = (used_stamp.KEPT - HoneypotForm.MAX_AGE) / timedelta(minutes=1)

    assert minutes > 2 * HoneypotForm.CLOCKS_DIFFER / 60


@pytest.fixture
def other_machine(monkeypatch):
    """Stamp a form on another machine than the one it is sent to."""

    def act(at):
        with monkeypatch.context() as patch:
            patch.setattr(honeypot, "machine", lambda: "other")
            return HoneypotForm.stamp(at)

    return act


@pytest.mark.parametrize(("ahead", "seconds", "code"), [(60, 2, 302), (60, 0, 200), (0, 0, 302)])
def test_a_form_of_a_machine_whose_clock_is_a_minute_ahead_is_no_robots(
    ahead, seconds, code, workshop, client, other_machine, time_machine, now
):
    """What was open for two seconds passes; so does a faster one, where the clocks agree."""
    opened = other_machine(now + timedelta(seconds=ahead - seconds))
    time_machine.move_to(now, tick=False)

    assert client.post(form_of(workshop), typed(opened=opened)).status_code == code


def test_on_one_machine_two_seconds_are_two_seconds(workshop, client, time_machine, now):
    opened = HoneypotForm.stamp(now - timedelta(seconds=1))
    time_machine.move_to(now, tick=False)

    assert client.post(form_of(workshop), typed(opened=opened)).status_code == 200


@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.one_database
def test_a_stamp_from_further_in_the_future_is_replaced(
    elsewhere, workshop, client, other_machine, time_machine, now
):
    """A clock was set back: nobody has to wait until it has caught up."""
    make = other_machine if elsewhere else HoneypotForm.stamp
    first = client.post(form_of(workshop), typed(opened=make(now + timedelta(hours=1))))
    time_machine.move_to(now + timedelta(seconds=5))

    assert client.post(form_of(workshop), shown(first)).status_code == 302
