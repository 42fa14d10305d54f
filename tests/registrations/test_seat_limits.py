"""How many seats one network may hold for people who never used a link."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registrations import worker
from registrations.domain import privacy, seat_limits, selfservice, signup
from registrations.domain.seat_limits import UNVERIFIED_SEATS, TooManySeats
from registrations.forms.honeypot import HoneypotForm
from registrations.models import OutgoingMail, Registration
from tests.helpers.database import at_once, every_row
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import typed

REFUSED = (
    f"En une journée, {UNVERIFIED_SEATS} personnes se sont inscrites à cet atelier depuis votre "
    "réseau sans avoir encore utilisé le lien de leur courriel."
)
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"


@pytest.fixture
def workshop(make_workshop):
    return make_workshop(capacity=100)


@pytest.fixture
def school(workshop, now):
    """So many people registered from HOME."""
    return class_of(workshop, UNVERIFIED_SEATS, now)


def class_of(workshop, count, now, network=HOME):
    for number in range(count):
        person = {"first_name": "A", "last_name": "B", "email": f"p{number}@example.org"}
        signup.register(workshop, **person, network=network, now=now)
    return list(workshop.registrations.order_by("pk"))


def send(workshop, network=HOME, **facts):
    facts = {"organisation": "Théâtre"} | facts
    return Client(REMOTE_ADDR=network).post(form_of(workshop), typed(**facts))


@pytest.mark.one_database
def test_a_class_of_thirty_registers_and_the_next_one_is_told_what_to_do(workshop):
    answers = [send(workshop, email=f"p{n}@example.org") for n in range(UNVERIFIED_SEATS + 1)]

    html = answers[-1].content.decode()
    assert [a.status_code for a in answers] == [302] * UNVERIFIED_SEATS + [429]
    assert page_text(answers[-1]).count(REFUSED) == 1
    assert answers[-1]["Retry-After"] == "86400"
    values = ("Zoé", "Tremblay", f"p{UNVERIFIED_SEATS}@example.org", "Théâtre")
    assert [html.count(f'value="{value}"') for value in values] == [1] * 4
    assert workshop.registrations.count() == UNVERIFIED_SEATS


@pytest.mark.one_database
def test_the_form_that_was_refused_may_be_sent_again_once_somebody_used_a_link(
    workshop, school, now
):
    opened = HoneypotForm.stamp(now - timedelta(minutes=1))
    refused = send(workshop, opened=opened)

    selfservice.verify(school[0], now=now)

    assert [refused.status_code, send(workshop, opened=opened).status_code] == [429, 302]


@pytest.mark.parametrize("network", [ELSEWHERE, "2001:db8::1", ""])
@pytest.mark.one_database
def test_another_network_is_not_concerned(network, workshop, school):
    assert send(workshop, network=network).status_code == 302


@pytest.mark.one_database
def test_neither_is_another_workshop(workshop, school, make_workshop):
    assert send(make_workshop(capacity=100)).status_code == 302


def test_nor_a_workshop_without_a_limit_of_seats(make_workshop, now):
    workshop = make_workshop()
    class_of(workshop, UNVERIFIED_SEATS + 1, now)

    assert set(workshop.registrations.values_list("network_key", flat=True)) == {""}


@pytest.mark.one_database
def test_a_place_on_the_waiting_list_counts_as_well(make_workshop, now):
    workshop = make_workshop(capacity=1)
    class_of(workshop, UNVERIFIED_SEATS, now)

    assert send(workshop).status_code == 429


@pytest.mark.one_database
def test_a_seat_that_was_given_back_or_erased_counts_no_more(workshop, school, now):
    signup.cancel(school[0], now=now)
    privacy.erase(school[1], now=now)

    answers = [send(workshop, email=f"q{number}@example.org").status_code for number in range(3)]

    assert answers == [302, 302, 429]


@pytest.mark.one_database
def test_an_address_that_used_a_link_at_another_workshop_counts_no_more(
    workshop, school, register, make_workshop, now
):
    selfservice.verify(register(make_workshop(), email="P0@example.org"), now=now)

    assert [send(workshop, email=f"q{n}@example.org").status_code for n in (1, 2)] == [302, 429]


def test_a_seat_counts_for_a_day(workshop, school, time_machine, now):
    time_machine.move_to(now + timedelta(hours=24, seconds=-1), tick=False)
    before = send(workshop).status_code
    time_machine.move_to(now + timedelta(hours=24), tick=False)

    assert [before, send(workshop).status_code] == [429, 302]


@pytest.mark.parametrize("email", ["p0@example.org", "new@example.org", "old@example.org"])
def test_the_answer_and_its_cost_are_the_same_for_a_known_address(
    email, workshop, school, register, now
):
    selfservice.verify(register(workshop, email="old@example.org"), now=now)

    with CaptureQueriesContext(connection) as statements:
        answer = send(workshop, email=email)

    assert (answer.status_code, len(statements)) == (429, 15)
    assert OutgoingMail.objects.count() == UNVERIFIED_SEATS + 1


def test_the_count_is_one_statement_whether_the_address_is_known_or_not(workshop, register):
    register(workshop, email="first@example.org")
    costs = []
    for email in ("a@example.org", "b@example.org", "b@example.org"):
        with CaptureQueriesContext(connection) as statements:
            send(workshop, email=email)
        costs.append(len(statements))
        asked = [s["sql"] for s in statements if '"network_key" =' in s["sql"]]
        assert len(asked) == 1

    assert costs[0] == costs[1] == costs[2]


@pytest.mark.one_database
def test_the_last_of_the_class_may_press_the_button_twice(workshop, school, now):
    selfservice.verify(school[0], now=now)
    opened = HoneypotForm.stamp(now - timedelta(minutes=1))

    answers = [send(workshop, opened=opened).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert send(workshop, email="q@example.org").status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_exactly_as_many_as_may_have_a_seat(
    transactional_db, make_workshop, now, monkeypatch
):
    monkeypatch.setattr(seat_limits, "UNVERIFIED_SEATS", 3)
    workshop = make_workshop(capacity=100)

    def come(number):
        person = {"first_name": "A", "last_name": "B", "email": f"p{number}@example.org"}
        try:
            signup.register(workshop, **person, network=HOME, now=now)
        except TooManySeats:
            return False
        return True

    answers = at_once(*[partial(come, number) for number in range(8)])

    assert (sum(answers), workshop.registrations.count()) == (3, 3)


def test_nothing_readable_is_kept_of_the_network_and_the_same_one_differs_by_workshop(
    workshop, make_workshop, now
):
    other = make_workshop(capacity=5)
    for each in (workshop, other):
        class_of(each, 1, now)

    keys = set(Registration.objects.values_list("network_key", flat=True))

    assert (len(keys), {len(key) for key in keys}) == (2, {64})
    assert "192.0" not in "".join(every_row()["registrations_registration"])


@pytest.mark.parametrize(
    "forgotten",
    [
        lambda person, now: worker.run_once(now=now + timedelta(days=1, seconds=1)),
        lambda person, now: selfservice.verify(person, now=now),
        lambda person, now: privacy.erase(person, now=now),
    ],
    ids=["after a day", "once a link was used", "on erasure"],
)
def test_what_is_kept_of_the_network_is_forgotten(forgotten, workshop, now):
    [person] = class_of(workshop, 1, now)

    forgotten(person, now)

    person.refresh_from_db()
    assert person.network_key == ""


def test_the_sweep_forgets_no_network_that_still_counts(workshop, now):
    [person] = class_of(workshop, 1, now)

    worker.run_once(now=now + timedelta(days=1))

    person.refresh_from_db()
    assert len(person.network_key) == 64


@pytest.mark.one_database
def test_whoever_registers_people_at_the_desk_meets_no_limit(workshop, register):
    for number in range(UNVERIFIED_SEATS + 1):
        register(workshop, email=f"p{number}@example.org")

    assert workshop.registrations.count() == UNVERIFIED_SEATS + 1


@pytest.mark.parametrize("asked", ["counted", "forgotten"])
def test_neither_reads_the_registrations_of_other_networks(asked, workshop, now):
    counted, outdated = seat_limits.recent_of("a key", now=now), seat_limits.outdated(now=now)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows would be read one by one.
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = (counted if asked == "counted" else outdated.order_by()).explain()

    assert "registration_by_network" in plan
