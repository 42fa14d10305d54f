"""At the desk: when the mail about what stays leaves, to how many, and how it reads."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from registrations.domain import privacy
from registrations.mail import afterwards
from tests.helpers.desk import edit, overview, said
from tests.helpers.mails import plain
from tests.helpers.pages import page_text
from tests.helpers.workshops import change

pytestmark = pytest.mark.one_database

REPLAY = "https://video.example/1"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def page_of(workshop):
    return reverse("admin:events_workshop_afterwards", args=[workshop.pk])


# What the overview may say after the fact about the mail.
AFTER_IT = " (?:Des courriels attendent|Le programme qui envoie|L’adresse à partager)"


@pytest.fixture
def at(admin_client, admin_user, time_machine):
    """Go to so long after the end of `workshop`, and sign in there."""

    def go(workshop, after):
        time_machine.move_to(workshop.ends_at + after, tick=False)
        admin_client.force_login(admin_user)

    return go


@pytest.fixture
def fact(admin_client, at):
    """What the overview says of the mail, so long after the end of `workshop`."""

    def read(workshop, after):
        at(workshop, after)
        text = page_text(admin_client.get(overview(workshop)))
        found = text.partition("Courriel sur ce qui reste ")[2]
        return re.split(
            " (?:Des courriels attendent|Le programme qui envoie|L’adresse à partager)",
            plain(found),
        )[0]

    return read


def test_the_overview_says_when_it_leaves_and_to_how_many(make_workshop, crowd, fact):
    """The session ends on 29 March 2027 at noon in Québec."""
    workshop = make_workshop()
    assert fact(workshop, -DAY) == ""  # nobody has a seat: it would leave « à 0 personne »
    crowd(workshop, 3)
    nothing = "Rien ne reste encore. Il partira après la fin, une heure après que vous aurez "
    alone = "Rien ne reste encore : sans ajout, il ne portera que les trois questions et "
    cases = [
        ({}, -DAY, f"{nothing}ajouté quelque chose, à 3 personnes."),
        ({}, HOUR, f"{nothing}ajouté quelque chose, à 3 personnes."),
        (
            {"afterwards_mail": "third_day"},
            HOUR,
            "Part le 1er avril 2027, 12 h 00 (heure du Québec), à 3 personnes. "
            f"{alone}l’attestation.",
        ),
        ({}, 4 * DAY, f"Part d’ici une minute, à 3 personnes. {alone}l’attestation."),
        (
            {"replay_url": REPLAY},
            HOUR,
            "Part le 1er avril 2027, 12 h 00 (heure du Québec), à 3 personnes.",
        ),
        (
            {"afterwards_mail": "once"},
            0 * HOUR,
            "Part le 29 mars 2027, 13 h 00 (heure du Québec), à 3 personnes.",
        ),
        ({}, HOUR, "Part d’ici une minute, à 3 personnes."),
        ({"state": "draft"}, HOUR, "Il partira dès que l’atelier sera de nouveau publié."),
        (
            {"state": "published", "afterwards_mail": "never"},
            HOUR,
            "Aucun ne part, comme vous l’avez choisi.",
        ),
        (
            {"afterwards_mail": "once"},
            60 * DAY,
            "Aucun ne part plus : l’atelier est terminé depuis longtemps, ou annulé.",
        ),
    ]
    for fields, after, words in cases:
        workshop = change(workshop, **fields)
        assert (fields, fact(workshop, after)) == (fields, words)

    privacy.erase(workshop.registrations.first(), now=workshop.ends_at)
    assert fact(workshop, HOUR) == "Part d’ici une minute, à 2 personnes."
    afterwards.write_due(now=workshop.ends_at + HOUR)
    assert fact(workshop, HOUR) == "Envoyés : 0, en route : 2"
    workshop.registrations.first().mails.model.objects.update(state="sent")
    assert fact(workshop, HOUR) == "Envoyés : 2"
    assert fact(change(workshop, state="cancelled"), HOUR) == ""


def test_it_can_be_read_in_both_languages_before_it_leaves_without_secrets(
    make_workshop, register, admin_client
):
    workshop = make_workshop(replay_url=REPLAY, slides_url=REPLAY)
    person = register(workshop)

    page = admin_client.get(page_of(workshop))
    english = admin_client.get(f"{page_of(workshop)}?language=en")
    frame = admin_client.get(f"{page_of(workshop)}html/?language=en")

    text = page_text(page)
    assert text.count("Après l’atelier : lundi 29 mars, 9 h 30 / 15 h 30") == 1
    assert text.count("Part le 29 mars 2027, 13 h 00 (heure du Québec), à 1 personne.") == 1
    assert text.count("vous laisse l’enregistrement et les diapositives.") == 1
    assert page_text(english).count("the organisers leave you the replay and the slides.") == 1
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert frame.content.count(b"Hello Camille") == 1
    assert frame.content.count("●●●".encode()) == 3
    for secret in (REPLAY, person.join_token, person.manage_token):
        assert [secret in each.content.decode() for each in (page, frame)] == [False, False]
    assert person.workshop.registrations.count() == 1


def test_a_save_gives_an_hour_and_says_so(make_workshop, crowd, admin_client, at):
    workshop = make_workshop()
    crowd(workshop, 2)
    at(workshop, 3 * HOUR)

    answer = edit(admin_client, workshop, replay_url=REPLAY)
    [words] = [each for each in said(answer, "info") if "Courriel sur" in each]
    assert plain(words).partition(" <a")[0] == (
        "Courriel sur ce qui reste : Part le 29 mars 2027, 16 h 00 (heure du Québec), "
        "à 2 personnes."
    )
    assert f'href="{page_of(workshop)}"' in words

    at(workshop, 3.5 * HOUR)
    edit(admin_client, workshop, audience="Pour tout le monde")
    assert afterwards.write_due(now=workshop.ends_at + 4 * HOUR - timedelta(seconds=1)) == 0
    answer = edit(admin_client, workshop, afterwards_mail="never")
    assert any("Aucun ne part, comme vous l’avez choisi." in each for each in said(answer, "info"))
    assert afterwards.write_due(now=workshop.ends_at + DAY) == 0
    at(workshop, 2 * DAY)
    edit(admin_client, workshop, afterwards_mail="once")
    counts = [afterwards.write_due(now=workshop.ends_at + 2 * DAY + at) for at in (0 * HOUR, HOUR)]
    assert counts == [0, 2]


def test_an_address_of_what_stays_must_be_secure(make_workshop, admin_client):
    workshop = make_workshop()

    answer = edit(
        admin_client, workshop, replay_url="http://v.example", slides_url="ftp://v.example"
    )

    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"replay_url", "slides_url"}
    assert errors["replay_url"][-1] == "Écrivez une adresse sécurisée, qui commence par https://."


def test_a_page_opened_before_the_choice_stood_there_leaves_it(make_workshop, admin_client):
    workshop = make_workshop(afterwards_mail="third_day")

    edit(admin_client, workshop, afterwards_mail="", audience="Pour tout le monde")

    workshop.refresh_from_db()
    assert (workshop.afterwards_mail, workshop.audience) == ("third_day", "Pour tout le monde")


def test_the_preview_costs_the_same_however_many_people(
    make_workshop, crowd, admin_client, django_assert_max_num_queries
):
    workshop = make_workshop(replay_url=REPLAY)
    counts = []
    for number in (1, 9):
        crowd(workshop, number, first=number)
        with django_assert_max_num_queries(20) as asked:
            admin_client.get(page_of(workshop))
        counts.append(len(asked))

    assert counts[0] == counts[1]


def test_the_overview_of_what_is_over_costs_no_more_than_before(
    make_workshop, crowd, admin_client, at, django_assert_max_num_queries
):
    workshop = make_workshop(replay_url=REPLAY)
    crowd(workshop, 3)
    at(workshop, HOUR)

    with django_assert_max_num_queries(10):
        admin_client.get(overview(workshop))
