"""Workshops whose texts are in both languages, on pages and in published calendars."""

import re

import icalendar
import pytest
from django.utils import translation

from events import card, card_picture
from events.models import Presentation
from tests.helpers.clock import NOW
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

ENGLISH = {
    "translated_title": "Cultural data",
    "translated_banner": "PRAXIS community of practice",
    "translated_description": "Access to *data*.",
    "translated_audience": "Open to all",
}


@pytest.fixture
def bilingual(make_workshop, communities):
    """A workshop in French and English; one of its two presentations is in French alone."""
    workshop = make_workshop(
        banner="Communauté PRAXIS",
        description="L’accès aux *données*.",
        audience="Ouvert",
        **ENGLISH,
    )
    for place, title, translated in [
        ("Québec", "Mesurer", "Measuring"),
        ("France", "Former", ""),
    ]:
        Presentation.objects.create(
            workshop=workshop,
            community=communities[place],
            title=title,
            translated_title=translated,
        )
    return workshop


def shown(client, path):
    """The language of the poster, the page's text, and the presentations as HTML."""
    response = client.get(path)
    html = response.content.decode()
    (language,) = re.findall(r'<article class="poster [^"]*" lang="(\w+)">', html)
    return language, page_text(response), re.findall(r"<li[^>]*>[MF]\w+", html)


def test_each_page_shows_the_texts_in_its_own_language(bilingual, client):
    french = shown(client, f"/ateliers/{bilingual.slug}/")
    english = shown(client, f"/en/workshops/{bilingual.slug}/")

    assert (french[0], french[2]) == ("fr", ["<li>Mesurer", "<li>Former"])
    assert (english[0], english[2]) == ("en", ["<li>Measuring", '<li lang="fr">Former'])
    for words in ("Communauté PRAXIS", "Données culturelles", "L’accès aux", "Ouvert "):
        assert (french[1].count(words), english[1].count(words)) == (1, 0)
    for words in (*list(ENGLISH.values())[:2], "Access to", "Open to all"):
        assert (french[1].count(words), english[1].count(words)) == (0, 1)


@pytest.mark.parametrize(
    ("path", "language", "texts", "talks"),
    [
        (
            "/ateliers/atelier-1/affiche/",
            "fr",
            ["Communauté PRAXIS", "Données culturelles", "Ouvert"],
            ["<li>Mesurer", "<li>Former"],
        ),
        (
            "/en/workshops/atelier-1/poster/",
            "en",
            ["PRAXIS community of practice", "Cultural data", "Open to all"],
            ["<li>Measuring", '<li lang="fr">Former'],
        ),
    ],
)
def test_the_poster_is_in_the_language_of_its_address(
    path, language, texts, talks, bilingual, client
):
    html = client.get(path).content.decode()

    banner, title, audience = texts
    assert html.count(f'<p class="banner">{banner}</p>') == 1
    assert html.count(f'<span class="breath">{title}</span>') == 1
    assert html.count(f'<div class="top" lang="{language}">') == 1
    assert html.count(f'<span lang="{language}">{audience}</span>') == 1
    assert re.findall(r"<li[^>]*>[MF]\w+", html) == talks


def test_an_audience_in_one_language_says_so_on_the_other_poster(make_workshop, client):
    workshop = make_workshop(audience="Ouvert à tous")

    html = client.get(f"/en/workshops/{workshop.slug}/poster/").content.decode()

    assert html.count('Free event · <span lang="fr">Ouvert à tous</span>') == 1


@pytest.mark.parametrize(
    ("path", "language", "title"),
    [
        ("/ateliers/atelier-1/", "fr", "Données culturelles"),
        ("/en/workshops/atelier-1/", "en", "Cultural data"),
    ],
)
def test_the_picture_is_that_which_the_page_in_its_language_names(
    path, language, title, bilingual, client
):
    with translation.override(language):
        said = card.workshop_card(bilingual.in_language(language), NOW)
        drawn = card_picture.png(said)

    html = client.get(path).content.decode()

    named = set(re.findall(r"image\.png\?v=(\w+)", html))
    assert (said.head, named) == (title, {said.fingerprint})
    assert client.get(f"{path}image.png").content == drawn


def test_a_text_in_one_language_is_shown_in_it_on_every_page(make_workshop, client):
    workshop = make_workshop(title="Cultural data", language="en")

    pages = [shown(client, path + workshop.slug + "/") for path in ("/ateliers/", "/en/workshops/")]

    assert [(page[0], page[1].count("Cultural data")) for page in pages] == [("en", 1)] * 2


@pytest.mark.parametrize(
    ("path", "title"), [("/", "Données culturelles"), ("/en/", "Cultural data")]
)
def test_the_list_shows_titles_in_its_language(path, title, bilingual, client):
    language = "en" if path == "/en/" else "fr"

    html = client.get(path).content.decode()

    assert html.count(f"{title}</a></h3>") == 1
    assert len(re.findall(rf'<h3><a [^>]*lang="{language}">', html)) == 1


@pytest.mark.parametrize(
    ("path", "title"),
    [("/ateliers/{}/calendrier.ics", "Données culturelles"), ("/en/calendar.ics", "Cultural data")],
)
def test_published_calendars_speak_the_language_of_their_address(path, title, bilingual, client):
    calendar = icalendar.Calendar.from_ical(client.get(path.format(bilingual.slug)).content)

    assert [(entry["SUMMARY"], entry["UID"]) for entry in calendar.events] == [
        (title, str(bilingual.uid))
    ]


def test_the_texts_of_a_copy_to_show_exchange_back(bilingual):
    english = bilingual.in_language("en")
    back = english.in_language("fr")

    assert (english.title, english.titles) == ("Cultural data", back.titles)
    assert (back.title, back.language) == (bilingual.title, "fr")
    assert {each.original_language for each in (bilingual, english, back)} == {"fr"}


def test_the_other_language_costs_no_query(bilingual, client, django_assert_num_queries):
    for path in (f"/ateliers/{bilingual.slug}/", f"/en/workshops/{bilingual.slug}/"):
        with django_assert_num_queries(4):
            client.get(path)
