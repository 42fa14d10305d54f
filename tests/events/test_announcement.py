"""The page beside the announcement, sentence by sentence."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.forms.models import model_to_dict

from events.models import Community, Hosting, Partner, Presentation, Workshop
from praxis.text import french_spacing
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

ANNOUNCEMENT = (Path(__file__).parent / "announcement.txt").read_text(encoding="utf-8")

# The poster's own spelling of hours and its button, and how the page says the same.
SAID_OTHERWISE = {
    "9H30 - 12H00 (HEURE QUÉBEC)": "Québec 9 h 30 jusqu’à 12 h 00",
    "15H30 - 18H00 (HEURE FRANCE)": "France 15 h 30 jusqu’à 18 h 00",
    "27 MARS 2023": "Lundi 27 mars 2023",
    "SUR ZOOM. INSCRIPTION REQUISE": "Sur Zoom.",
    "OMC\nOBSERVATOIRE\nDES MÉDIATIONS\nCULTURELLES": "OMC Observatoire des médiations culturelles",
    "INSCRIVEZ-VOUS ICI": "Cet atelier a eu lieu.",
    "Inscrivez-vous [À CE LIEN](#)": "Cet atelier a eu lieu.",
}


def as_shown(text):
    """`text` with the page's apostrophes, every space an ordinary one."""
    return re.sub("[\u00a0\u202f]", " ", french_spacing(text))


def sentences():
    """The announcement cut at line ends and full stops, with the page's words where they differ."""
    text = ANNOUNCEMENT
    for poster, page in SAID_OTHERWISE.items():
        assert poster in text
        text = text.replace(poster, page)
    text = as_shown(text.replace("*", ""))
    return [
        part.strip()
        for line in text.splitlines()
        for part in re.split(r"(?<=[.?])\s+", line)
        if part.strip()
    ]


@pytest.mark.parametrize("sentence", sentences())
def test_each_sentence_of_the_announcement_stands_on_the_page(sentence, praxis, client):
    past, _coming = praxis

    text = page_text(client.get(past.get_absolute_url()))

    assert text.casefold().count(sentence.casefold()) >= 1


def test_the_communities_keep_their_colours_wherever_they_stand(praxis):
    assert dict(Community.objects.values_list("name", "colour")) == {
        "Culture pour tous": "blue",
        "TMNlab": "red",
    }


def test_a_colour_that_was_chosen_before_is_kept(db):
    Community.objects.create(name="TMNlab", place="France", zone="Europe/Paris", colour="teal")
    Community.objects.create(name="Culture pour tous", place="Québec", zone="America/Toronto")

    call_command("load_praxis", verbosity=0, stdout=StringIO())

    assert set(Community.objects.values_list("colour", flat=True)) == {"blue", "teal"}


def test_only_a_workshop_that_comes_requires_registration(praxis, client):
    pages = [page_text(client.get(workshop.get_absolute_url())) for workshop in praxis]

    assert [text.count("Sur Zoom. Inscription requise.") for text in pages] == [0, 1]


def test_the_four_paragraphs_stand_word_for_word_with_their_emphasis(praxis, client):
    past, _coming = praxis
    paragraphs = [line for line in ANNOUNCEMENT.splitlines() if len(line) > 300]

    html = client.get(past.get_absolute_url()).content.decode()

    prose = as_shown(re.search(r'<section class="prose"[^>]*>(.*?)</section>', html, re.S)[1])
    expected = [f"<p>{as_shown(text)}</p>" for text in paragraphs]
    expected[0] = expected[0].replace("*Audience Agency*", "<em>Audience Agency</em>")
    assert prose.strip().split("\n") == expected


def test_each_community_stands_with_its_own_presentations(praxis, client):
    past, _coming = praxis

    text = page_text(client.get(past.get_absolute_url()))

    communities = text[text.index("Les communautés ") :]
    assert communities.startswith(
        "Les communautés Culture pour tous (Québec)"
        " Culturepedia : Explorer l’évaluation de l’impact social de la culture à travers les "
        "données culturepourtous.ca"
        " TMNlab (France) Pédagogie numérique : Construire une culture des données par l’usage "
        "(TMNlab)"
        " Présentation des projets CapData Opera, Cunuco Lab et Audience Data Symposium tmnlab.com"
        " En collaboration avec OMC Observatoire des médiations culturelles"
    )


def test_the_workshop_of_2023_is_over_and_takes_no_registration(praxis, client):
    past, _coming = praxis

    response = client.post(
        f"/ateliers/{past.slug}/inscription/",
        {"first_name": "Zoé", "last_name": "T", "email": "z@example.org"},
    )

    assert (response.status_code, past.registrations.count()) == (410, 0)
    assert page_text(response).count("Cet atelier est terminé") == 1


def test_the_upcoming_session_is_on_the_last_monday_of_march_at_the_same_hours(praxis, client):
    _past, coming = praxis

    assert coming.clock_lines == [
        "lundi 29 mars 2027".replace(" ", "\u00a0"),
        "9 h 30\u00a0– 12 h 00 (heure du Québec)".replace(" h ", "\u00a0h\u00a0"),
        "15 h 30\u00a0– 18 h 00 (heure de France)".replace(" h ", "\u00a0h\u00a0"),
    ]
    assert client.get(f"/ateliers/{coming.slug}/inscription/").status_code == 200


@pytest.mark.parametrize(
    ("moment", "date"),
    [
        ("2027-03-29 13:29:59Z", "2027-03-29"),
        ("2027-03-29 13:30:00Z", "2028-03-27"),
        ("2027-12-31 23:59:59Z", "2028-03-27"),
        ("2028-01-01 00:00:00Z", "2028-03-27"),
        ("2028-04-01 00:00:00Z", "2029-03-26"),
    ],
)
def test_the_next_last_monday_is_counted_from_now(moment, date, db, time_machine):
    time_machine.move_to(moment, tick=False)

    call_command("load_praxis", "--upcoming", stdout=StringIO())

    assert Workshop.objects.latest("starts_at").import_key == f"praxis-{date}"


def everything():
    models = (Community, Hosting, Partner, Presentation, Workshop)
    return [[str(model_to_dict(row)) for row in model.objects.order_by("pk")] for model in models]


def test_loading_twice_changes_nothing(praxis):
    before = everything()

    call_command("load_praxis", "--upcoming", stdout=StringIO())

    assert everything() == before


def test_an_organisers_edits_survive_the_next_load(praxis):
    past, coming = praxis
    Workshop.objects.filter(pk=coming.pk).update(
        slug="autre-adresse", title="Autre titre", starts_at=coming.starts_at.replace(day=28)
    )
    Community.objects.filter(name="TMNlab").update(name="TMN lab", zone="Europe/Brussels")
    past.presentations.all().delete()
    before = everything()

    call_command("load_praxis", "--upcoming", stdout=StringIO())

    assert everything() == before
