"""The page about accessibility, the address above the workshops, and whom one may write to."""

import pytest
from django.urls import reverse
from django.utils import translation

from registrations import worker
from registrations.domain import signup
from tests.helpers.clock import NOW
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database


def test_the_page_stands_in_both_languages_and_each_page_leads_there(
    workshop, client, django_assert_num_queries
):
    paths = {"fr": "/accessibilite/", "en": "/en/accessibility/"}
    headings = {"fr": "Accessibilité", "en": "Accessibility"}

    for language, path in paths.items():
        with django_assert_num_queries(0):
            page = client.get(path)
        assert page.content.decode().count(f"<h1>{headings[language]}</h1>") == 1
        with translation.override(language):
            assert reverse("events:accessibility") == path
            home = client.get(reverse("events:list")).content.decode()
            form = client.get(reverse("registrations:sign_up", args=[workshop.slug]))
        link = f'<a href="{path}">{headings[language]}</a>'
        assert [home.count(link), form.content.decode().count(link)] == [1, 1]


def test_it_says_whom_to_write_to_and_claims_nothing_that_nobody_checked(client):
    french, english = (
        page_text(client.get(path)) for path in ("/accessibilite/", "/en/accessibility/")
    )

    assert french.count("Écrivez à praxis@ateliers.example.org") == 1
    assert english.count("Write to praxis@ateliers.example.org") == 1
    assert french.count("« non conforme » tant qu’un audit n’a pas établi le contraire") == 1
    assert [french.count("400 %,"), english.count("400%,")] == [1, 1]
    assert french.count("Le RGAA 4.1.2 de la France repose sur leur version 2.1,") == 1
    assert english.count("SGQRI 008 3.0 on 2.1 and a part of 2.2.") == 1
    assert french.count("Cette page a été revue le lundi 30 novembre 2026.") == 1


def test_no_text_of_the_page_is_left_in_english(client):
    french, english = (
        client.get(path).content.decode() for path in ("/accessibilite/", "/en/accessibility/")
    )

    def items(html):
        return {line.strip() for line in html.split("<main")[1].splitlines() if "<" in line[:12]}

    shared = {line for line in items(french) & items(english) if "</" in line.partition(">")[2]}
    assert shared == set()


@pytest.mark.parametrize(("path", "to"), [("/ateliers/", "/"), ("/en/workshops/", "/en/")])
def test_the_address_above_the_workshops_leads_to_their_list_for_good(path, to, client, db):
    answer = client.get(path)

    assert (answer.status_code, answer["Location"]) == (301, to)


def words_of(message):
    return [
        part for part in message.walk() if part.get_content_type() in ("text/plain", "text/html")
    ]


NOBODYS = ["Praxis <praxis@localhost.localdomain>", "root@localhost"]


@pytest.mark.parametrize("sender", NOBODYS)
def test_nobody_is_invited_to_write_where_no_mail_arrives(
    sender, workshop, register, client, settings, smtp
):
    settings.DEFAULT_FROM_EMAIL = sender
    registration = register(workshop)
    worker.run_once(now=NOW)
    bodies = [part.get_payload(decode=True).decode() for part in words_of(smtp.messages[0])]
    signup.cancel(registration, now=NOW)
    type(workshop).objects.update(registration_open=False)

    pages = [
        client.get(registration.join_path),
        client.get(reverse("registrations:sign_up", args=[workshop.slug])),
        client.get("/accessibilite/"),
    ]

    said = [page_text(page) for page in pages]
    assert [words.count("Écrivez à") for words in said] == [0, 0, 1]
    assert said[2].count("Écrivez à l’équipe organisatrice de l’atelier") == 1
    assert said[2].count("La page de chaque atelier mène aux sites de ses communautés") == 1
    assert pages[2].content.decode().count('<a href="/">Tous les ateliers</a>') == 1
    assert [page.content.decode().count("@local") for page in pages] == [0, 0, 0]
    assert [body.count("Une question") for body in bodies] == [0, 0]


@pytest.mark.parametrize("sender", NOBODYS)
def test_an_address_of_the_workshop_is_always_told(sender, make_workshop, client, settings):
    settings.DEFAULT_FROM_EMAIL = sender
    workshop = make_workshop(contact_email="ateliers@tmnlab.example", registration_open=False)

    text = page_text(client.get(reverse("registrations:sign_up", args=[workshop.slug])))

    assert text.count("Écrivez à ateliers@tmnlab.example") == 1
