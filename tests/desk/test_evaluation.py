"""The evaluation at the desk: nothing below five, then a picture and its table, step by step."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from registrations import worker
from registrations.domain import ballots
from tests.helpers.ballots import ANSWERS
from tests.helpers.desk import overview
from tests.helpers.mails import plain
from tests.helpers.pages import page_text

REMARKS = [
    "Zut, le son",
    "Encore",
    "élan",
    "",
    "Encore plus",
    "dix",
    "onze",
    "douze",
    "vingt",
    "cent",
]


def evaluation(workshop):
    return reverse("admin:events_workshop_evaluation", args=[workshop.pk])


@pytest.fixture
def people(workshop, crowd, time_machine):
    people = crowd(workshop, 12)
    time_machine.move_to(workshop.ends_at)
    return people


def give(people, number, first=0):
    for at in range(first, first + number):
        answers = ANSWERS | {"useful": ["very", "not"][at % 2], "remark": REMARKS[at % 10]}
        assert ballots.answer(people[at], answers, now=people[0].workshop.ends_at)


@pytest.mark.one_database
def test_fewer_than_five_answers_are_a_number_and_nothing_else(people, admin_client):
    pages = []
    for number in range(5):
        pages.append(page_text(admin_client.get(evaluation(people[0].workshop))))
        give(people, 1, first=number)

    numbers = [
        re.search(r"(\d+) réponses? – inscriptions confirmées : 12", page)[1] for page in pages
    ]
    assert numbers == ["0", "1", "2", "3", "4"]
    without_number = {re.sub(r"\d+ réponses?", "", page) for page in pages}
    assert len(without_number) == 1
    [page] = without_number
    assert page.count("Les réponses se montrent à partir de 5.") == 1
    assert [word for word in ("Très utile", "Zut", "Encore") if word in page] == []


def test_five_answers_are_a_picture_a_table_and_words_in_alphabetical_order(people, admin_client):
    give(people, 5)

    page = admin_client.get(evaluation(people[0].workshop))

    html = page.content.decode()
    expected = [("Très utile", "3"), ("Utile", "0"), ("Moyennement utile", "0")]
    expected += [("Peu utile", "0"), ("Pas utile du tout", "2")]
    in_table = re.findall(r'<tr><th scope="row">(.*?)</th><td>(\d+)</td>', html)
    in_picture = re.findall(
        r'<text x="0" y="15">(.*?)</text>.*?"answers-number".*?>(\d+)<', html, re.S
    )
    assert (in_table[:5], in_picture) == (expected, in_table)
    widths = re.findall(r'class="answers-bar" x="0" y="21" width="([\d.]+)"', html)
    assert widths == ["168.0", "112.0", "280.0"]
    described = re.findall(
        r'"(\S+) (\S+)">\s*<title id="\1">(.*?)</title>\s*<desc id="\2">(.*?)</desc>',
        html,
    )
    assert [plain(words) for *_ids, title, words in described] == [
        "Très utile : 3, Utile : 0, Moyennement utile : 0, Peu utile : 0, Pas utile du tout : 2",
        "Tout à fait : 0, Plutôt oui : 5, En partie : 0, Plutôt non : 0, Pas du tout : 0",
    ]
    assert re.findall(r"<li><p>(.*?)</p></li>", html) == [
        "élan",
        "Encore",
        "Encore plus",
        "Zut, le son",
    ]
    assert re.findall(r'\sstyle="|<style', html) == []


@pytest.mark.one_database
def test_later_answers_wait_until_at_least_five_are_added(people, admin_client):
    give(people, 5)
    shown = [pictures(admin_client, people)]
    for number in range(5, 12):
        give(people, 1, first=number)
        shown.append(pictures(admin_client, people))

    assert shown == [shown[0]] * 8
    page = page_text(admin_client.get(evaluation(people[0].workshop)))
    assert page.count("5 sont montrées ci‑dessous, 7 attendent : on en ajoute toujours 5") == 1


def pictures(admin_client, people):
    """All that the page tells but for how many have answered."""
    text = page_text(admin_client.get(evaluation(people[0].workshop)))
    return text.partition("Cet atelier vous a‑t‑il été utile ?")[2]


@pytest.mark.one_database
def test_once_closed_the_last_ones_are_shown_if_they_are_five_and_never_otherwise(
    people, make_workshop, crowd, admin_client, admin_user, time_machine
):
    few, some = people[0].workshop, make_workshop()
    many = crowd(some, 7, first=30)
    give(people, 4)
    give(many, 7)
    end = few.ends_at + ballots.OPEN_FOR
    worker.run_once(now=end)
    time_machine.move_to(end)
    admin_client.force_login(admin_user)

    pages = [page_text(admin_client.get(evaluation(each))) for each in (few, some)]

    assert pages[0].count("Les réponses sont closes. Moins de 5 personnes ont répondu") == 1
    assert pages[0].count("Très utile") == 0
    assert pages[1].count("5 sont montrées ci‑dessous. Moins de 5 sont venues après") == 1


def test_it_is_offered_once_the_workshop_is_over(people, admin_client, admin_user, time_machine):
    workshop = people[0].workshop
    found = []
    for moment in (workshop.ends_at - timedelta(seconds=1), workshop.ends_at):
        time_machine.move_to(moment, tick=False)
        admin_client.force_login(admin_user)
        page = admin_client.get(overview(workshop)).content.decode()
        words = page_text(admin_client.get(evaluation(workshop)))
        found.append((page.count(evaluation(workshop)), words.count("dès la fin de l’atelier")))

    assert found == [(0, 1), (1, 0)]


def test_a_workshop_of_others_is_not_there(people, make_organiser, client):
    client.force_login(make_organiser("elsewhere", "view_workshop", places=["Martinique"]))

    assert client.get(evaluation(people[0].workshop)).status_code == 404


def test_it_asks_as_many_statements_for_many_answers_as_for_none(
    people, admin_client, django_assert_max_num_queries
):
    counts = []
    for number in (0, 10):
        give(people, number)
        with django_assert_max_num_queries(20) as asked:
            admin_client.get(evaluation(people[0].workshop))
        counts.append(len(asked))

    assert counts == [5, 5]
