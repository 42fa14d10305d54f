"""The desk's pages of communities and partners: their logos; who speaks at a presentation."""

import re

import pytest

from events.models import Community, Logo, Partner, Workshop
from events.models.presentation import Speaker
from tests.helpers.desk import desk, edit
from tests.helpers.logos import png, svg, upload
from tests.helpers.pages import FieldsOf, page_text

pytestmark = pytest.mark.one_database

SCRIPT = svg("<script>alert(1)</script>")


def page_of(row):
    return f"/admin/events/{row._meta.model_name}/{row.pk}/change/"


@pytest.fixture
def save(admin_client):
    """Open the page of a community or a partner, type, save; the page that follows."""

    def act(row, **typed):
        page = admin_client.get(page_of(row)).content.decode()
        fields = FieldsOf(page, f"{row._meta.model_name}_form").fields
        return admin_client.post(page_of(row), fields | typed, follow=True)

    return act


@pytest.fixture
def community(communities):
    return communities["Québec"]


def errors(response):
    return response.context["adminform"].form.errors


@pytest.mark.parametrize("content", [svg(), png()], ids=["SVG", "PNG"])
@pytest.mark.parametrize("model", [Community, Partner])
def test_an_organiser_gives_a_logo_and_its_words(model, content, community, save, client):
    row = community if model is Community else Partner.objects.create(name="Observatoire")

    save(row, logo=upload(content), logo_alt="Un cercle")

    row = model.objects.get(pk=row.pk)
    assert row.logo_alt == "Un cercle"
    assert client.get(row.logo.url).status_code == 200


def test_a_refused_logo_loses_nothing_else_that_was_typed(community, save):
    typed = {"name": "Culture pour nous", "logo_alt": "Un cercle", "colour": "teal"}

    page = save(community, logo=upload(SCRIPT), **typed)

    assert list(errors(page)) == ["logo"]
    fields = FieldsOf(page.content.decode(), "community_form").fields
    assert {name: fields[name] for name in typed} == typed
    assert Logo.objects.count() == 0


def test_a_logo_needs_its_words(community, save):
    page = save(community, logo=upload(svg()), logo_alt="")

    assert list(errors(page)) == ["logo_alt", "logo"]
    assert errors(page)["logo"] == ["Choisissez le fichier de nouveau\u00a0: il n’a pas été gardé."]
    assert Logo.objects.count() == 0


def test_the_words_of_a_stored_logo_may_not_be_emptied(community, save):
    save(community, logo=upload(svg()), logo_alt="Un cercle")

    page = save(community, logo_alt="")

    assert list(errors(page)) == ["logo_alt"]
    assert 'class="logo"' in page.content.decode()


def test_a_logo_stays_when_something_else_is_saved(community, save):
    save(community, logo=upload(svg()), logo_alt="Un cercle")
    before = Logo.objects.get()

    save(community, name="Autre nom")

    community.refresh_from_db()
    assert (community.name, community.logo) == ("Autre nom", before)


def test_a_logo_that_is_replaced_or_removed_is_gone(community, save, client):
    save(community, logo=upload(svg()), logo_alt="Un cercle")
    first = Logo.objects.get()
    save(community, logo=upload(png()))
    second = Logo.objects.get()

    save(community, **{"logo-clear": "on"})

    community.refresh_from_db()
    assert (community.logo, Logo.objects.count()) == (None, 0)
    assert [client.get(logo.url).status_code for logo in (first, second)] == [404, 404]


def test_the_logo_goes_with_its_partner(community, save, admin_client):
    partners = [Partner.objects.create(name=name) for name in ("A", "B", "C")]
    for partner in partners:
        save(partner, logo=upload(svg()), logo_alt="Un cercle")

    admin_client.post(page_of(partners[0]).replace("change", "delete"), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [partners[1].pk], "post": "yes"}
    admin_client.post("/admin/events/partner/", chosen)

    assert [logo.partner for logo in Logo.objects.all()] == [partners[2]]


def test_two_communities_may_have_the_same_logo(communities, save, client):
    for place in ("Québec", "France"):
        save(communities[place], logo=upload(svg()), logo_alt="Un cercle")
    logo = Logo.objects.first()

    save(communities["France"], **{"logo-clear": "on"})

    assert client.get(logo.url).status_code == 200


def test_whoever_may_only_look_sees_that_there_is_a_logo(community, save, client, make_organiser):
    save(community, logo=upload(svg()), logo_alt="Un cercle")
    client.force_login(make_organiser("organiser", "view_community"))

    text = page_text(client.get(page_of(community)))

    assert text.count("SVG, 512 × 205") == 1


@pytest.fixture
def speaking(make_workshop, admin_client):
    """Type who speaks at the presentation of a workshop; the page that follows."""
    workshop = make_workshop()
    workshop.presentations.create(community=workshop.communities[0], title="CapData")

    def act(text):
        return edit(admin_client, workshop, **{"presentations-0-speaker_lines": text})

    act.workshop = workshop
    return act


def test_an_organiser_names_who_speaks_one_a_line(speaking, client):
    speaking("• Zoé  Roy, directrice, Culture pour tous\r\n\r\n - Awa Diop\r\n")

    html = client.get(speaking.workshop.get_absolute_url()).content.decode()
    spoken = re.search(r'<ul class="speakers">(.*?)</ul>', html, re.S)[1]
    lines = [re.sub("<[^>]+>", "", line) for line in re.findall("<li>(.*?)</li>", spoken)]
    assert lines == ["Zoé Roy, directrice, Culture pour tous", "Awa Diop"]


WRONG = [
    (
        "Zoé Roy\n, directrice",
        "Commencez chaque ligne par un nom, puis une virgule et la fonction : « , directrice ».",
    ),
    ("x" * 201, f"Une personne par ligne, en 200 caractères au plus : « {'x' * 40}… »."),
    ("\n".join("abcdefghijklmnopqrstu"), "Nommez au plus 20 personnes, une par ligne."),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG)
def test_a_line_that_names_nobody_is_refused_beside_its_field(text, sentence, speaking):
    page = speaking(text)

    rows = page.context["inline_admin_formsets"][1].formset
    [found] = rows.errors[0]["speaker_lines"]
    assert found.replace("\u00a0", " ") == sentence
    assert text[:150] in page.content.decode().replace("\r\n", "\n")


def test_whoever_speaks_is_taken_away_by_emptying_the_line(speaking, client):
    speaking("Zoé Roy")
    speaking("")

    presentation = Workshop.objects.get().presentations.get()
    assert (presentation.speakers, presentation.speaker_lines) == ([], "")


def test_saving_a_workshop_as_it_is_changes_no_speakers(speaking, admin_client):
    speaking("Zoé Roy, directrice\nAwa Diop")

    page = edit(admin_client, speaking.workshop)

    assert page.status_code == 200
    history = page_text(admin_client.get(desk(speaking.workshop).replace("change", "history")))
    assert history.count("Aucun champ modifié") == 1


def test_each_colour_is_shown_beside_its_name(community, save, admin_client):
    save(community, colour="plum")

    html = admin_client.get(page_of(community)).content.decode()

    assert re.findall(r'<span class="swatch colour-(\w+)"></span> ([\w-]+)<', html) == [
        (colour.value, str(colour.label)) for colour in Community.Colour
    ]
    assert FieldsOf(html, "community_form").fields["colour"] == "plum"
    assert "selon son rang parmi les hôtes" in html


def test_a_colour_may_be_left_to_the_order_again(community, save):
    save(community, colour="plum")

    save(community, colour="")

    assert Community.objects.get(pk=community.pk).colour == ""


def test_a_new_community_begins_with_the_first_colour_that_nobody_has(communities, admin_client):
    Community.objects.filter(place="France").update(colour="blue")
    page = "/admin/events/community/add/"
    fields = FieldsOf(admin_client.get(page).content.decode(), "community_form").fields
    typed = {"name": "Sénart", "place": "Sénart", "time_label": "heure de Sénart"}

    admin_client.post(page, fields | typed | {"zone": "Europe/Paris"})

    assert fields["colour"] == Community.objects.get(name="Sénart").colour == "red"


def test_once_each_colour_is_given_the_one_of_fewest_comes_next(db):
    colours = Community.Colour.values
    for number, colour in enumerate([*colours, *colours[:3]]):
        Community.objects.create(name=number, place="Ici", zone="UTC", colour=colour)

    assert Community.free_colour() == colours[3]


@pytest.mark.parametrize(
    ("line", "name", "role"),
    [
        ("Zoé Roy – directrice, Maison du conte", "Zoé Roy", "directrice, Maison du conte"),
        ("Zoé Roy, directrice – Maison du conte", "Zoé Roy", "directrice – Maison du conte"),
        ("Zoé Roy–Diop", "Zoé Roy–Diop", ""),
    ],
)
def test_a_comma_or_a_dash_ends_the_name_of_a_speaker(line, name, role):
    assert Speaker.of(line) == Speaker(name, role)
