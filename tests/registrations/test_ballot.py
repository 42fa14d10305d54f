"""The ballot after a workshop, as the person who answers meets it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from registrations import worker
from registrations.domain import ballots, privacy, signup
from registrations.models import BallotBox
from tests.helpers.ballots import ANSWERS, ballot_path
from tests.helpers.database import every_row
from tests.helpers.pages import page_text
from tests.helpers.workshops import change

ASKED = "Cet atelier vous a‑t‑il été utile ?"
CLOSED = "Les réponses sont closes"


@pytest.fixture
def person(workshop, register):
    return register(workshop)


@pytest.fixture
def over(person, time_machine):
    """An hour after the end."""
    time_machine.move_to(person.workshop.ends_at + timedelta(hours=1), tick=False)


def stored():
    return list(BallotBox.objects.values_list("answers", flat=True))


def test_both_own_pages_lead_to_it_from_the_end_on_for_thirty_days(person, client, time_machine):
    pages, path = [person.manage_path, person.join_path], ballot_path(person)
    end = person.workshop.ends_at
    moments = [end - timedelta(seconds=1), end, end + timedelta(days=30, seconds=-1)]
    found = []
    for moment in [*moments, end + timedelta(days=30)]:
        time_machine.move_to(moment, tick=False)
        found.append([client.get(page).content.decode().count(path) for page in pages])

    assert found == [[0, 0], [1, 1], [1, 1], [0, 0]]


def test_it_says_before_that_it_is_anonymous_and_final(person, over, client):
    words = page_text(client.get(ballot_path(person)))

    said = [
        "Rien ne les relie à votre inscription",
        "mêlées à celles d’au moins quatre autres personnes",
        "elles ne peuvent être ni modifiées ni reprises",
        "mercredi 28 avril 2027, 12 h 00 (heure du Québec), 18 h 00 (heure de France)",
        "n’y nommez personne, pas même vous",
    ]
    assert [words.count(each) for each in said] == [1] * len(said)


def test_opening_it_changes_nothing_and_a_post_needs_its_token(person, over, client):
    before = every_row()

    page = client.get(ballot_path(person))
    forged = Client(enforce_csrf_checks=True).post(ballot_path(person), ANSWERS)

    assert (page.status_code, forged.status_code, every_row()) == (200, 403, before)
    assert page["Cache-Control"].count("no-store") == 1
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_who_answers_is_thanked_and_then_told_that_they_have(person, over, client):
    first = client.post(ballot_path(person), ANSWERS, follow=True)
    again = client.post(ballot_path(person), ANSWERS | {"useful": "not"}, follow=True)

    assert page_text(first).count("Merci : vos réponses sont dans l’urne.") == 1
    assert page_text(again).count("Vous avez répondu Rien ici ne dit ce que vous avez") == 1
    assert page_text(again).count("Merci : vos réponses") == 0
    assert stored() == [1]


def test_what_was_typed_stays_where_something_is_missing(person, over, client):
    wrong = [
        ({"useful": "very", "remark": "Du temps"}, "Deuxième question : Choisissez une"),
        (ANSWERS | {"useful": "excellent"}, "Première question : Choisissez une"),
        (ANSWERS | {"remark": "é" * 501}, "500 caractères au plus ; vous en avez tapé 501."),
    ]
    for typed, words in wrong:
        page = client.post(ballot_path(person), typed)
        html = page.content.decode()
        assert (page.status_code, page_text(page).count(words) > 0) == (200, True), words
        assert html.count(f">\n{typed['remark']}</textarea>") == 1
        chosen = [
            name for name in ("useful", "took_part") if typed.get(name) not in (None, "excellent")
        ]
        assert html.count(" checked>") == len(chosen)
    assert stored() == []


def test_nobody_answers_too_early_or_too_late_and_the_page_says_so(person, client, time_machine):
    end, path = person.workshop.ends_at, ballot_path(person)
    for moment, words in [
        (end - timedelta(seconds=1), "Trois questions vous attendront ici"),
        (end + timedelta(days=30), CLOSED),
    ]:
        time_machine.move_to(moment, tick=False)
        for page in (client.get(path), client.post(path, ANSWERS, follow=True)):
            assert page_text(page).count(words) == 1
            assert page_text(page).count(ASKED) == 0
    assert stored() == []


def test_who_had_no_seat_is_not_asked(make_workshop, register, client, time_machine, now):
    workshop = make_workshop(capacity=2)
    left = register(workshop, email="left@example.org")
    seated = register(workshop, email="seated@example.org")
    waits = register(workshop, email="waits@example.org")
    signup.cancel(left, now=now)
    late = register(workshop, email="late@example.org")
    time_machine.move_to(workshop.ends_at, tick=False)
    erased = register_of(waits)
    privacy.erase(erased, now=timezone.now())

    answers = [client.post(ballot_path(each), ANSWERS) for each in (left, late, erased)]
    change(workshop, state="cancelled")
    answers.append(client.post(ballot_path(seated), ANSWERS))

    assert [answer.status_code for answer in answers] == [410] * 4
    assert (stored(), client.get(ballot_path(seated, "x")).status_code) == ([], 404)


def register_of(person):
    person.refresh_from_db()
    return person


def test_it_has_an_english_page(person, over, client):
    page = client.get(f"/en/j/{person.join_token}/feedback/")

    assert page_text(page).count("Was this workshop useful to you?") == 1


def test_words_are_cleaned_and_may_be_missing(workshop, register, over, client):
    people = [
        register(workshop, email=f"p{n}@example.org", now=workshop.starts_at - timedelta(days=1))
        for n in range(5)
    ]
    remarks = ["", "  ", "a\u202eb\x07", "ligne 1\r\nligne 2", "Zut"]
    for person, remark in zip(people, remarks, strict=True):
        client.post(ballot_path(person), ANSWERS | {"remark": remark})

    box = BallotBox.objects.get()
    assert box.remarks == ["ab", "ligne 1\nligne 2", "Zut"]
    assert box.counts["useful"] == {"very": 5, "quite": 0, "somewhat": 0, "little": 0, "not": 0}


def test_the_data_of_a_person_say_that_they_have_answered_until_the_ballot_is_closed(person, over):
    now = timezone.now()
    told = [privacy.export_one(person)["answered_ballot"]]
    ballots.answer(person, ANSWERS, now=now)
    told.append(privacy.export_one(person)["answered_ballot"])
    worker.run_once(now=now + timedelta(days=30))

    assert [*told, privacy.export_one(person)["answered_ballot"]] == [False, True, False]


def test_a_ballot_that_is_closed_stays_so_if_the_workshop_is_held_once_more(
    person, over, client, time_machine
):
    ballots.answer(person, ANSWERS, now=timezone.now())
    worker.run_once(now=timezone.now() + timedelta(days=30))
    later = change(person.workshop, ends_at=person.workshop.ends_at + timedelta(days=60))
    time_machine.move_to(later.ends_at, tick=False)

    page = client.post(ballot_path(person), ANSWERS, follow=True)

    assert (page_text(page).count(CLOSED), stored()) == (1, [1])


def test_the_page_asks_few_statements(person, over, client, django_assert_num_queries):
    client.post(ballot_path(person), ANSWERS)

    with django_assert_num_queries(3):
        client.get(ballot_path(person))
