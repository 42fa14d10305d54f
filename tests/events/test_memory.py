"""The page of a workshop that is over: in the past tense, with what stays for whom it is for."""

from datetime import timedelta

import pytest

from tests.helpers.pages import page_text
from tests.helpers.workshops import change

pytestmark = pytest.mark.one_database

SECOND = timedelta(seconds=1)
REPLAY, SLIDES, LINK = (f"https://{name}.example/1" for name in ("video", "slides", "link"))
STAYS = {"replay_url": REPLAY, "slides_url": SLIDES, "afterwards": f"Merci ! [Suite]({LINK})"}
PAST = {
    "fr": [
        "Terminé",
        "Cet atelier a eu lieu.",
        "Ce qui avait été annoncé",
        "Voir les prochains ateliers",
    ],
    "en": [
        "Over",
        "This workshop has taken place.",
        "As it was announced",
        "See the upcoming workshops",
    ],
}
COMING = {"fr": "Inscrivez-vous ici", "en": "Sign up here"}


@pytest.fixture
def seen(client, time_machine):
    """The page of `workshop` in a language, so long after its end."""

    def look(workshop, language="fr", after=timedelta()):
        time_machine.move_to(workshop.ends_at + after, tick=False)
        paths = {"fr": f"/ateliers/{workshop.slug}/", "en": f"/en/workshops/{workshop.slug}/"}
        return client.get(paths[language])

    return look


@pytest.mark.parametrize("language", PAST)
def test_from_its_end_on_the_page_speaks_in_the_past_tense(language, make_workshop, seen):
    workshop = make_workshop(description="Nous parlerons de données.")

    before = page_text(seen(workshop, language, after=-SECOND))
    after = page_text(seen(workshop, language))

    assert [before.count(words) for words in PAST[language][1:3]] == [0, 0]
    assert [after.count(words) for words in PAST[language]] == [1] * 4
    assert [text.count(COMING[language]) > 0 for text in (before, after)] == [True, False]


def test_what_stays_for_everybody_stands_there_from_the_end_on(make_workshop, seen):
    workshop = make_workshop(**STAYS, afterwards_is_public=True)

    before = seen(workshop, after=-SECOND).content.decode()
    after = seen(workshop).content.decode()

    links = [f'href="{link}"' for link in (REPLAY, SLIDES, LINK)]
    assert [before.count(link) for link in links] == [0, 0, 0]
    assert [after.count(link) for link in links] == [1, 1, 1]


def test_what_stays_for_those_who_had_a_seat_is_nowhere_in_public(make_workshop, seen, client):
    """Not in the page, nor in its head, the list, the calendars or the picture's address."""
    workshop = make_workshop(**STAYS)
    page = seen(workshop)
    paths = ["/", "/en/", f"/en/workshops/{workshop.slug}/", "/sitemap.xml"]
    paths += ["/calendrier.ics", f"/ateliers/{workshop.slug}/calendrier.ics"]
    texts = [page.content, *(client.get(path).content for path in paths)]

    assert [text.count(b".example/1") for text in texts] == [0] * 7
    assert (
        page_text(page).count(
            "Pour les personnes qui avaient une place : l’enregistrement et les diapositives. Leur "
            "lien personnel, dans nos courriels, y mène. J’ai perdu mon lien"
        )
        == 1
    )


def test_even_what_everybody_may_see_is_in_no_head_and_no_calendar(make_workshop, seen, client):
    workshop = make_workshop(**STAYS, afterwards_is_public=True)
    head = seen(workshop).content.partition(b"</head>")[0]
    calendar = client.get(f"/ateliers/{workshop.slug}/calendrier.ics").content

    assert (head.count(b".example/1"), calendar.count(b".example/1")) == (0, 0)


@pytest.mark.parametrize(("state", "code"), [("draft", 404), ("cancelled", 200)])
def test_what_did_not_take_place_keeps_no_memory(state, code, make_workshop, seen):
    workshop = make_workshop(**STAYS, afterwards_is_public=True, state=state)

    response = seen(workshop)

    assert response.status_code == code
    assert response.content.count(b".example/1") == 0
    assert page_text(response).count("A eu lieu le") == 0


def test_the_list_says_of_what_is_over_what_is_online_for_everybody(make_workshop, seen, client):
    workshop = make_workshop(replay_url=REPLAY)
    online = "En ligne : l’enregistrement"
    counts = []
    for fields in ({}, {"afterwards_is_public": True}, {"state": "cancelled"}):
        change(workshop, **fields)
        seen(workshop)
        counts.append(page_text(client.get("/")).count(online))

    assert counts == [0, 1, 0]


def test_what_stays_costs_the_page_no_statement(make_workshop, seen, django_assert_num_queries):
    workshop = make_workshop(**STAYS, afterwards_is_public=True)
    with django_assert_num_queries(4):
        seen(workshop)
