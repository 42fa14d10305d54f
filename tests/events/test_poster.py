"""The poster: what it says, on which paper, that it is one sheet, and that its code leads home."""

import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from events import poster_size
from events.models import Community, Logo, Partner, Presentation, Workshop
from events.poster import poster
from events.views import hosts_with_presentations
from praxis.paper import usual_paper
from praxis.pdf import weasyprint
from tests.helpers.clock import DRAWN, NOW
from tests.helpers.logos import give_logo, give_logos, png
from tests.helpers.mails import plain
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

SENTENCE = "Construire ensemble une culture des données par l’usage, sur tous les territoires. "
LONGEST = {
    "title": f"Données culturelles : {SENTENCE * 3}"[:200],
    "banner": (SENTENCE * 2)[:150],
    "audience": (SENTENCE * 2)[:150],
    "slug": "a-" * 40,
}


@pytest.fixture
def longest(make_workshop):
    """Three hosts, the longest texts that the desk takes, and eight presentations."""
    workshop = make_workshop("Québec", "France", "La Réunion", **LONGEST)
    hosts = workshop.communities
    for number in range(8):
        title = f"{number} {SENTENCE * 4}"[:250]
        Presentation.objects.create(workshop=workshop, community=hosts[number % 3], title=title)
    return workshop


def dress(workshop):
    """Give a logo to each host of `workshop`, and to a partner of the longest name."""
    give_logos(workshop)
    partner = Partner.objects.create(name=f"Observatoire {SENTENCE * 2}"[:150], acronym="OMC")
    workshop.partners.add(partner)
    give_logo(partner)
    return Workshop.objects.get(pk=workshop.pk)


def poster_path(workshop, name="poster"):
    return reverse(f"events:{name}", args=[workshop.slug])


def read_pdf(response):
    return PdfReader(io.BytesIO(response.content))


def words_of(pdf):
    return " ".join(pdf.pages[0].extract_text().split())


def code_on(pdf, folder):
    """What a reader of QR codes reads on the first page of the bytes `pdf`, at 100 dots an inch."""
    (folder / "poster.pdf").write_bytes(pdf)
    picture = ["pdftoppm", "-r", "100", "-png", "-singlefile", "poster.pdf", "poster"]
    subprocess.run(picture, cwd=folder, check=True)
    line = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", "poster.png"]
    return subprocess.run(line, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_the_poster_says_what_the_announcement_says(praxis, client):
    _past, coming = praxis

    text = page_text(client.get(poster_path(coming)))

    assert text == (
        "Communauté de pratique PRAXIS "
        "Données culturelles : les enjeux de coopération dans les communautés de pratique au "
        "Québec et en France "
        "Culture pour tous (Québec) Culturepedia : Explorer l’évaluation de l’impact social de "
        "la culture à travers les données "
        "TMNlab (France) Pédagogie numérique : Construire une culture des données par l’usage "
        "(TMNlab) Présentation des projets CapData Opera, Cunuco Lab et Audience Data Symposium "
        "En collaboration avec OMC Observatoire des médiations culturelles "
        "lundi 29 mars 2027 6 h d’écart "
        "Québec 9 h 30 jusqu’à 12 h 00 9 h 30 jusqu’à 12 h 00 "
        "France 15 h 30 jusqu’à 18 h 00 15 h 30 jusqu’à 18 h 00 "
        "Code QR qui mène à https://ateliers.example.org/ateliers/donnees-culturelles-2027/ "
        "Inscrivez-vous ici Sur Zoom. Inscription requise. "
        "Événement gratuit · Ouvert à toutes et à tous "
        "ateliers.example.org/ateliers/donnees-culturelles-2027"
    )


def test_an_odd_week_is_said_on_the_poster(make_workshop, client):
    workshop = make_workshop(start=datetime(2027, 3, 16, 9, 30))

    text = page_text(client.get(poster_path(workshop)))

    assert text.count("5 h d’écart au lieu de 6 h") == 1
    assert text.count("Décalage inhabituel à cette date : 5 heures entre l’heure du Québec") == 1


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"state": Workshop.State.CANCELLED}, ["annulé lundi", "Cet atelier est annulé Sur Zoom."]),
        (
            {"starts_at": NOW - timedelta(hours=3), "ends_at": NOW - timedelta(hours=1)},
            ["terminé vendredi", "Cet atelier a eu lieu Sur Zoom."],
        ),
    ],
)
def test_a_poster_calls_nobody_to_what_does_not_come(facts, said, make_workshop, client):
    text = page_text(client.get(poster_path(make_workshop(**facts))))

    assert [text.count(words) for words in said] == [1, 1]
    assert text.count("Inscri") == 0


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"registration_open": False}, "Inscriptions closes Sur Zoom. Événement gratuit"),
        (
            {"registration_closes_at": NOW - timedelta(seconds=1)},
            "Inscriptions closes Sur Zoom. Événement gratuit",
        ),
        (
            # Still January in Québec, already February in UTC.
            {"registration_opens_at": datetime(2027, 2, 1, 3, 0, tzinfo=UTC)},
            "Inscription dès le 31 janvier Sur Zoom. Inscription requise.",
        ),
        ({"registration_opens_at": NOW}, "Inscrivez-vous ici Sur Zoom. Inscription requise."),
    ],
)
def test_the_poster_says_when_registration_opens_and_that_it_is_closed(
    facts, said, make_workshop, client
):
    text = page_text(client.get(poster_path(make_workshop(**facts))))

    assert (text.count(said), text.count("Inscri")) == (1, said.count("Inscri"))


def test_communities_are_named_on_the_poster_as_french_is_printed(make_workshop, client):
    workshop = make_workshop("Québec")
    Community.objects.filter(place="Québec").update(name="L'art « en commun » : Québec")

    html = client.get(poster_path(workshop)).content.decode()

    assert html.count("<h2>L’art «\u00a0en commun\u00a0»\u00a0: Québec (Québec)</h2>") == 1


@pytest.mark.parametrize(("hour", "days"), [(9, 0), (22, 3)])
def test_above_the_hours_stands_how_far_they_are_apart_whatever_their_days(
    hour, days, make_workshop, client
):
    places = ("Québec", "France", "La Réunion")
    workshop = make_workshop(*places, start=datetime(2027, 5, 31, hour, 0))

    html = client.get(poster_path(workshop)).content.decode()

    assert plain(html).count('<span class="gap">jusqu’à 8 h d’écart</span>') == 1
    assert html.count('class="half-day"') == days


def test_a_drafts_poster_is_shown_to_nobody_but_organisers(make_workshop, client, admin_client):
    draft = make_workshop(state=Workshop.State.DRAFT)

    codes = [
        [visitor.get(poster_path(draft, name)).status_code for name in ("poster", "poster_pdf")]
        for visitor in (client, admin_client)
    ]

    assert codes == [[404, 404], [200, 200]]


def test_people_print_on_the_paper_that_they_have():
    zones = ["America/Toronto", "America/Mexico_City", "Europe/Paris", "America/Martinique", "UTC"]
    assert [usual_paper(zone) for zone in zones] == ["letter", "letter", "a4", "a4", "a4"]


@pytest.mark.parametrize(
    ("query", "sheet"),
    [("", "letter"), ("?format=a4", "a4"), ("?format=letter", "letter"), ("?format=x", "letter")],
)
def test_the_first_host_chooses_the_paper_unless_the_reader_does(query, sheet, workshop, client):
    html = client.get(poster_path(workshop) + query).content.decode()

    assert [html.count(f"poster-{name}.css") for name in ("a4", "letter")] == [
        int(sheet == "a4"),
        int(sheet == "letter"),
    ]


@pytest.mark.parametrize("rows", [1, 9])
def test_the_poster_costs_four_queries(rows, workshop, client, django_assert_num_queries):
    for _ in range(rows):
        Presentation.objects.create(
            workshop=workshop, community=workshop.communities[0], title="Une présentation"
        )

    with django_assert_num_queries(4):
        client.get(poster_path(workshop))


def test_logos_cost_no_query_and_their_bytes_are_not_read(
    workshop, client, django_assert_num_queries
):
    dress(workshop)

    with django_assert_num_queries(4) as queries:
        html = client.get(poster_path(workshop)).content.decode()

    assert [html.count('<img class="logo"'), html.count('alt=""')] == [3, 3]
    read = [
        f'"{Logo._meta.db_table}"."{name}"' in each["sql"]
        for each in queries
        for name in Logo.BYTES
    ]
    assert set(read) == {False}


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_each_logo_is_drawn_on_the_pdf_and_tagged_with_its_words(paper, workshop, client, caplog):
    caplog.set_level("WARNING", "weasyprint")
    dress(workshop)

    pdf = read_pdf(client.get(f"{poster_path(workshop, 'poster_pdf')}?format={paper}"))

    # The partner and the second host have the same one.
    assert (len(pdf.pages), len(pdf.pages[0].images)) == (1, 2)
    assert [
        record.message for record in caplog.records if "alt description" in record.message
    ] == []


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_longest_texts_and_logos_are_set_on_one_sheet(paper, longest, client):
    for host in longest.communities:
        give_logo(host)

    pdf = read_pdf(client.get(f"{poster_path(longest, 'poster_pdf')}?format={paper}"))

    text = words_of(pdf)
    assert (len(pdf.pages), len(pdf.pages[0].images)) == (1, 1)
    assert [text.count(f"{number} Construire ensemble") for number in range(8)] == [1] * 8


def test_logos_give_way_to_presentations(longest):
    host = longest.communities[0]
    for each in longest.communities:
        give_logo(each)
    hosts, shown = hosts_with_presentations(longest), []
    while not shown or any(shown[-1][1]):
        hosts[0][2].append(Presentation(community=host, title=SENTENCE * 3))
        drawn = poster(longest, hosts, [], paper="letter", now=NOW)
        logos = [bool(each.logo) for each in drawn.hosts]
        shown.append((len(drawn.hosts[0].presentations), logos))

    counts = [count for count, _logos in shown]
    assert counts == list(range(4, 4 + len(shown)))
    assert shown[-1][1] == [False] * 3


def test_a_pdf_is_made_anew_for_another_logo_and_reads_it_when_it_is_made(
    workshop, client, settings, tmp_path, django_assert_num_queries
):
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = settings.CACHES | {"drawings": {"BACKEND": backend, "LOCATION": tmp_path}}
    path, host = poster_path(workshop, "poster_pdf"), workshop.communities[0]
    plain = client.get(path).content

    give_logo(host)
    with django_assert_num_queries(5):
        first = client.get(path).content
    with django_assert_num_queries(4):
        again = client.get(path).content
    give_logo(host, png())
    other = client.get(path).content

    assert (again == first, len({plain, first, other})) == (True, 3)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_the_pdf_is_one_tagged_sheet_whose_code_leads_to_the_page(
    paper, points, language, praxis, client, tmp_path
):
    _past, coming = praxis
    with translation.override(language):
        path, page = poster_path(coming, "poster_pdf"), coming.get_absolute_url()

    response = client.get(f"{path}?format={paper}")
    pdf = read_pdf(response)

    root = pdf.trailer["/Root"]
    assert (len(pdf.pages), tuple(map(round, pdf.pages[0].mediabox[2:]))) == (1, points)
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == (language, True)
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_data().decode()
    assert pdf.metadata.title.startswith("Données culturelles\u00a0: les enjeux de coopération")
    assert code_on(response.content, tmp_path) == f"https://ateliers.example.org{page}\n"


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_the_longest_texts_are_set_on_one_sheet_and_whole(paper, longest, client, tmp_path):
    response = client.get(f"{poster_path(longest, 'poster_pdf')}?format={paper}")

    pdf = read_pdf(response)
    text = words_of(pdf)
    starts = [text.count(f"{number} Construire ensemble") for number in range(8)]
    last_words = " ".join(f"7 {SENTENCE * 4}"[:250].split()[-4:])
    assert (len(pdf.pages), starts) == (1, [1] * 8)
    assert text.count(last_words) >= 8
    assert code_on(response.content, tmp_path) == (
        f"https://ateliers.example.org{longest.get_absolute_url()}\n"
    )


def test_what_has_room_in_no_size_leaves_the_presentations_to_the_page(longest):
    for number in range(60):
        Presentation.objects.create(
            workshop=longest, community=longest.communities[0], title=f"{number} {SENTENCE * 2}"
        )

    drawn = poster(longest, hosts_with_presentations(longest), [], paper="letter", now=NOW)

    assert [host.presentations for host in drawn.hosts] == [[], [], []]
    assert poster_size.fitting(drawn) == (drawn.size, drawn.columns)


def test_a_short_title_is_set_large_and_no_word_is_broken(make_workshop):
    workshop = make_workshop("France", title="Médiations")

    drawn = poster(workshop, hosts_with_presentations(workshop), [], paper="a4", now=NOW)

    size = poster_size.sizes()[drawn.size]
    assert size[0] > 9
    assert not poster_size.breaks_a_word(drawn, 59.5, size)


def test_pdfs_are_made_once_and_anew_when_they_say_something_else(
    workshop, client, settings, tmp_path
):
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = settings.CACHES | {"drawings": {"BACKEND": backend, "LOCATION": tmp_path}}

    def made(query=""):
        client.get(poster_path(workshop, "poster_pdf") + query)
        return len(list(tmp_path.iterdir()))

    counts = [made(), made("?x=1"), made("?format=letter"), made("?format=y"), made("?format=a4")]
    Workshop.objects.filter(pk=workshop.pk).update(title="Données ouvertes")

    assert [*counts, made()] == [1, 1, 1, 1, 2, 3]


def test_where_pdfs_cannot_be_written_the_page_offers_print_alone(workshop, client, monkeypatch):
    monkeypatch.setitem(sys.modules, "weasyprint", None)  # as if it were not installed
    weasyprint.cache_clear()
    try:
        page, pdf = (client.get(poster_path(workshop, name)) for name in ("poster", "poster_pdf"))
    finally:
        weasyprint.cache_clear()

    html = page.content.decode()
    assert [html.count("Télécharger le PDF"), html.count("Imprimer"), pdf.status_code] == [
        0,
        1,
        404,
    ]


def test_the_page_of_a_workshop_leads_to_its_poster(workshop, client):
    html = client.get(workshop.get_absolute_url()).content.decode()

    assert html.count(f'<a href="{poster_path(workshop)}">Affiche') == 1
    assert DRAWN in page_text(client.get(workshop.get_absolute_url()))
