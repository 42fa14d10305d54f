"""The waiting list: the rank on the page and by mail, the promotion, the way out."""

from datetime import timedelta

import icalendar
import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from events.models import Workshop
from registrations import worker
from registrations.domain import privacy, signup, waiting_list
from registrations.models import OutgoingMail
from tests.helpers.desk import desk
from tests.helpers.mails import WHEN, html, leaf, text, words
from tests.helpers.pages import FieldsOf, form_of, page_text
from tests.helpers.people import typed
from tests.helpers.seats import in_line, seated


@pytest.fixture
def full(make_workshop, arrive):
    """A workshop of two seats: ada and bo have them, cy, di and ed wait."""
    workshop = make_workshop(capacity=2)
    arrive(workshop, "ada", "bo", "cy", "di", "ed")
    return workshop


def person(workshop, name):
    return workshop.registrations.filter(first_name=name).order_by("pk").last()


def cancel(workshop, name, now):
    return signup.cancel(person(workshop, name), now=now)


def page_of(registration, verb="manage"):
    return reverse(f"registrations:{verb}", args=[registration.manage_token])


def last_mail_to(name, smtp):
    """All that is due leaves; what `name` got last."""
    worker.run_once(now=timezone.now())
    [*_earlier, last] = [mail for mail in smtp.messages if mail["To"].addresses[0].username == name]
    return last


def types(message):
    return [part.get_content_type() for part in message.walk() if not part.is_multipart()]


RANK = "Toutes les places sont prises pour le moment. Vous êtes en 4e position."


@pytest.mark.one_database
def test_who_comes_to_a_full_workshop_is_told_the_rank_on_the_page_and_by_mail(full, client, smtp):
    page = client.post(form_of(full), typed(email="flo@example.org"), follow=True)
    mail = last_mail_to("flo", smtp)

    assert page_text(page).count("la voici en 4e position sur la liste d’attente.") == 1
    assert (text(mail).replace("\u00a0", " ").count(RANK), words(html(mail)).count(RANK)) == (1, 1)
    assert mail["Subject"].replace("\u00a0", " ") == f"Liste d’attente : {WHEN}"


@pytest.mark.one_database
def test_who_waits_gets_no_invite_and_no_link_to_the_room(full, client, smtp):
    mail = last_mail_to("cy", smtp)
    waiting = person(full, "cy")

    assert types(mail) == ["text/plain", "text/html"]
    assert [text(mail).count(link) for link in (waiting.join_path, waiting.manage_path)] == [0, 1]
    assert client.get(page_of(waiting, "invite")).status_code == 410
    assert waiting.sequence is None


@pytest.mark.one_database
def test_the_form_of_a_full_workshop_says_so_before_one_types(full, client):
    page = client.get(form_of(full))

    assert page_text(page).count("C’est complet pour le moment.") == 1
    assert page.content.decode().count("S’inscrire sur la liste d’attente</button>") == 1


def test_the_own_page_tells_the_rank_as_it_is_now(full, client, now):
    found = [page_text(client.get(page_of(person(full, "ed")))).count("en 3e position")]

    cancel(full, "di", now)

    found.append(page_text(client.get(page_of(person(full, "ed")))).count("en 2e position"))
    assert found == [1, 1]


def test_a_cancelled_place_goes_to_the_first_waiting(full, client):
    client.post(page_of(person(full, "ada"), "cancel"))

    assert (seated(full), in_line(full)) == (["bo", "cy"], ["di", "ed"])


@pytest.mark.one_database
def test_the_mail_that_gives_the_seat_brings_the_invite_and_the_link_to_the_room(full, smtp, now):
    worker.run_once(now=now)
    cancel(full, "ada", now)

    mail = last_mail_to("cy", smtp)

    promoted = person(full, "cy")
    [event] = icalendar.Calendar.from_ical(
        leaf(mail, "text/calendar").get_payload(decode=True)
    ).events
    assert types(mail) == ["text/plain", "text/html", "text/calendar", "application/ics"]
    assert (event["UID"], event["SEQUENCE"], event.start) == (str(promoted.uid), 0, full.starts_at)
    assert text(mail).count("Vous avez une place") == 1
    assert text(mail).count(promoted.join_path) == 1
    assert list(promoted.mails.order_by("pk").values_list("kind", "state")) == [
        ("waiting", "sent"),
        ("promotion", "sent"),
    ]


def test_a_seat_given_before_the_word_of_the_list_left_is_told_once(full, smtp, now):
    cancel(full, "ada", now)

    last_mail_to("cy", smtp)

    assert list(
        person(full, "cy").mails.order_by("pk").values_list("kind", "state", "last_error")
    ) == [
        ("waiting", "dropped", "overtaken: a seat became free before it left"),
        ("promotion", "sent", ""),
    ]


def test_a_newcomer_passes_nobody_where_the_limit_was_lifted_unseen(full, arrive):
    Workshop.objects.filter(pk=full.pk).update(capacity=None)

    arrive(full, "flo")

    mails = OutgoingMail.objects.order_by("pk").values_list("registration__first_name", "kind")
    assert (seated(full), in_line(full)) == (["ada", "bo", "cy", "di", "ed", "flo"], [])
    assert list(mails)[5:] == [
        *[(name, "promotion") for name in ("cy", "di", "ed")],
        ("flo", "confirmation"),
    ]


@pytest.mark.one_database
def test_who_leaves_the_list_is_told_so_and_the_others_move_up(full, client, smtp):
    client.post(page_of(person(full, "cy"), "cancel"))
    mail = last_mail_to("cy", smtp)

    assert (seated(full), in_line(full)) == (["ada", "bo"], ["di", "ed"])
    assert types(mail) == ["text/plain", "text/html"]
    assert text(mail).count("Vous avez quitté la liste d’attente") == 1
    assert [person(full, name).rank for name in ("di", "ed")] == [1, 2]


@pytest.mark.one_database
def test_who_left_the_list_has_no_seat_to_take_back(full, client, now):
    cancel(full, "cy", now)
    for name in ("di", "ed", "ada"):
        cancel(full, name, now)

    client.post(page_of(person(full, "cy"), "reinstate"))

    assert (seated(full), in_line(full)) == (["bo"], [])


def test_who_cancelled_and_comes_back_stands_last_in_line(full, arrive, now):
    cancel(full, "ada", now)
    arrive(full, "ada")

    cancel(full, "bo", now)

    assert (seated(full), in_line(full)) == (["cy", "di"], ["ed", "ada"])


def test_nobody_gets_back_at_once_what_they_just_gave(make_workshop, arrive, now):
    workshop = make_workshop(capacity=1)
    gone = arrive(workshop, "ada")

    answers = [
        signup.cancel(gone, now=now),
        signup.cancel(gone, now=now),
        waiting_list.promote(workshop, now=now),
    ]

    assert answers == [True, False, 0]
    assert list(gone.mails.order_by("pk").values_list("kind", flat=True)) == [
        "confirmation",
        "cancellation",
    ]


def test_a_seat_is_taken_back_only_while_nobody_else_has_it(full, client, now):
    gone = person(full, "ada")
    cancel(full, "ada", now)
    client.post(page_of(gone, "reinstate"))
    refused = seated(full)
    for name in ("ed", "di", "cy"):
        cancel(full, name, now)

    client.post(page_of(gone, "reinstate"))

    assert (refused, seated(full)) == (["bo", "cy"], ["ada", "bo"])


def test_an_erased_persons_seat_goes_to_the_first_waiting(full, now):
    privacy.erase(person(full, "ada"), now=now)

    assert (seated(full), in_line(full)) == (["bo", "cy"], ["di", "ed"])


def test_closed_registration_gives_a_freed_seat_to_the_first_waiting_all_the_same(full, now):
    Workshop.objects.filter(pk=full.pk).update(registration_open=False)

    cancel(full, "ada", now)

    assert (seated(full), in_line(full)) == (["bo", "cy"], ["di", "ed"])


@pytest.mark.parametrize("state", ["draft", "cancelled"])
@pytest.mark.one_database
def test_nobody_is_given_a_seat_in_a_workshop_that_does_not_take_place(state, full, now):
    Workshop.objects.filter(pk=full.pk).update(state=state)

    cancel(full, "ada", now)

    assert (seated(full), in_line(full)) == (["bo"], ["cy", "di", "ed"])


@pytest.mark.one_database
def test_after_the_start_a_freed_or_added_seat_is_given_to_nobody(full, time_machine):
    time_machine.move_to(full.starts_at, tick=False)

    cancel(full, "ada", full.starts_at)
    Workshop.objects.filter(pk=full.pk).update(capacity=10)
    call_command("work", "--once")

    assert waiting_list.promote(full, now=full.starts_at) == 0
    assert (seated(full), in_line(full)) == (["bo"], ["cy", "di", "ed"])


def test_a_second_before_the_start_a_freed_seat_is_given(full):
    cancel(full, "ada", full.starts_at - timedelta(seconds=1))

    assert (seated(full), in_line(full)) == (["bo", "cy"], ["di", "ed"])


@pytest.mark.one_database
def test_after_the_start_nobody_takes_a_seat_back(full, client, time_machine, now):
    Workshop.objects.filter(pk=full.pk).update(capacity=10)
    cancel(full, "ada", now)
    time_machine.move_to(full.starts_at, tick=False)

    client.post(page_of(person(full, "ada"), "reinstate"))

    assert person(full, "ada").state == "cancelled"


def saved_at_the_desk(client, workshop, **changed):
    """What the organiser's browser sends of the workshop's page, with something changed."""
    page = client.get(desk(workshop)).content.decode()
    return FieldsOf(page, "workshop_form").fields | changed


def test_seats_added_at_the_desk_go_to_the_first_waiting_at_once(full, admin_client):
    page = reverse("admin:events_workshop_change", args=[full.pk])
    fields = saved_at_the_desk(admin_client, full)
    found = {}

    for capacity in (1, 2, 4, ""):
        with transaction.atomic():
            response = admin_client.post(page, fields | {"capacity": capacity})
            found[capacity] = response.status_code, seated(full), in_line(full)
            transaction.set_rollback(True)

    assert found == {
        1: (302, ["ada", "bo"], ["cy", "di", "ed"]),
        2: (302, ["ada", "bo"], ["cy", "di", "ed"]),
        4: (302, ["ada", "bo", "cy", "di"], ["ed"]),
        "": (302, ["ada", "bo", "cy", "di", "ed"], []),
    }


def test_seats_kept_at_the_desk_give_way_to_the_communitys_first_waiting(
    make_workshop, arrive, admin_client
):
    workshop = make_workshop(capacity=1)
    arrive(workshop, "ada", "bo", "cy@France", "di@France")
    page = reverse("admin:events_workshop_change", args=[workshop.pk])

    kept = {"capacity": 2, "hostings-1-reserved_seats": 1}
    admin_client.post(page, saved_at_the_desk(admin_client, workshop, **kept))

    assert (seated(workshop), in_line(workshop)) == (["ada", "cy"], ["bo", "di"])


@pytest.mark.one_database
def test_the_worker_gives_a_seat_that_was_added_by_any_other_way(full):
    Workshop.objects.filter(pk=full.pk).update(capacity=3)

    call_command("work", "--once")

    assert (seated(full), in_line(full)) == (["ada", "bo", "cy"], ["di", "ed"])


@pytest.mark.one_database
def test_a_known_address_is_told_on_the_page_what_a_new_one_would_be(full):
    pages = [
        Client().post(form_of(full), typed(email=f"{name}@example.org"), follow=True)
        for name in ("ada", "cy")
    ]

    assert [page_text(page).count("en 4e position") for page in pages] == [1, 1]
    assert (seated(full), in_line(full)) == (["ada", "bo"], ["cy", "di", "ed"])


def test_the_last_seat_taken_by_two_clicks_is_still_a_seat_on_the_page(
    make_workshop, client, time_machine
):
    workshop = make_workshop(capacity=1)
    for _click in range(2):
        page = client.post(form_of(workshop), typed(), follow=True)

    assert "C’est complet" not in page_text(page)
    time_machine.shift(timedelta(minutes=3))
    assert "C’est complet" in page_text(client.post(form_of(workshop), typed(), follow=True))


@pytest.fixture
def five_in_line(make_workshop, crowd, monkeypatch):
    """Five people wait, ten seats were added unseen, and two seats are given at a time."""
    monkeypatch.setattr(waiting_list, "BATCH", 2)
    workshop = make_workshop(capacity=1)
    crowd(workshop, 6)
    Workshop.objects.update(capacity=20)
    return workshop


def test_many_get_their_seats_in_batches(five_in_line, now):
    assert waiting_list.promote(five_in_line, now=now) == 5
    assert five_in_line.registrations.confirmed().count() == 6


def test_who_comes_while_a_batch_is_seated_passes_nobody_in_line(five_in_line, register, now):
    newcomer = register(five_in_line, email="new@example.org")

    assert (newcomer.state, newcomer.rank) == ("waiting", 4)
    assert waiting_list.promote(five_in_line, now=now) == 4


def test_who_takes_a_seat_back_while_a_batch_is_seated_passes_nobody_in_line(five_in_line, now):
    first = five_in_line.registrations.earliest("pk")
    signup.cancel(first, now=now)

    assert signup.reinstate(first, now=now) is False
    assert waiting_list.promote(five_in_line, now=now) == 1
    assert signup.reinstate(first, now=now) is True
