"""Registrations as a file: the list's own people, no secret, and no cell that computes anything."""

import csv
import io
import logging
import re
import subprocess
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Workshop
from praxis.spreadsheets import may_be_formula
from registrations.domain import exporting, privacy
from registrations.models import Registration
from tests.helpers.desk import said
from tests.helpers.pages import page_text

PEOPLE = "/admin/registrations/registration/"
EXPORT = f"{PEOPLE}export/"
HOSTILE = [
    '=HYPERLINK("https://example.org";"x")',
    "+SUM(A1:A9)",
    "-2+3",
    "@cmd",
    "＝1+1",
    "+33-6-12",
    "+33612345678",
    "- Collectif",
]
HARMLESS = ["+33 6 12 34 56 78", "+1 (514) 555.0199", "L’Usine; à gaz", 'Dit "oui", =1+1', "1=1"]


def exported(client, query="format=csv"):
    """The rows of the file that the desk hands out, as {heading: value}."""
    content = b"".join(client.get(f"{EXPORT}?{query}").streaming_content)
    assert (content[:3], content[-2:]) == (b"\xef\xbb\xbf", b"\r\n")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def names(rows):
    return [row["Nom"] for row in rows]


def test_nobody_is_said_to_be_absent_before_the_door_opens_or_while_waiting(
    make_workshop, register, admin_client, now
):
    workshop = make_workshop(capacity=1)
    register(workshop)
    register(workshop, email="waits@example.org")
    told = ["Présence", "Personnes derrière l’écran"]

    before = [[row[name] for name in told] for row in exported(admin_client)]
    Workshop.objects.filter(pk=workshop.pk).update(starts_at=now, ends_at=now + timedelta(hours=1))
    after = [[row[name] for name in told] for row in exported(admin_client)]

    assert before == [["", ""], ["", ""]]
    assert after == [["non", ""], ["", ""]]


def test_each_column_is_in_french_and_dates_stand_on_the_first_hosts_clock(
    workshop, communities, register, now, admin_client
):
    person = register(
        workshop, organisation="Théâtre", community=communities["France"], newsletter="Oui"
    )
    Registration.objects.filter(pk=person.pk).update(attended_at=workshop.starts_at, group_size=3)

    assert exported(admin_client) == [
        {
            "Nom": "Tremblay",
            "Prénom": "Zoé",
            "Courriel": "zoe@example.org",
            "Organisation": "Théâtre",
            "Communauté": "TMNlab",
            "État": "confirmée",
            "Atelier": "Données culturelles",
            "Début": "2027-03-29 09:30",
            "Heure des dates": "heure du Québec",
            "Inscription le": "2027-01-15 07:00",
            "Confirmée le": "2027-01-15 07:00",
            "Annulée le": "",
            "Première entrée": "",
            "Présence notée le": "2027-03-29 09:30",
            "Présence": "oui",
            "Personnes derrière l’écran": "3",
            "Langue des courriels": "Français",
            "Fuseau horaire": "",
            "Accord pour l’infolettre": "2027-01-15 07:00",
            "Consentement donné": "",
            "Numéro": str(person.pk),
        }
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.one_database
def test_no_secret_and_nobody_erased_leaves(kind, workshop, register, now, admin_client):
    person = register(workshop)
    privacy.erase(register(workshop, email="gone@example.org", last_name="Partie"), now=now)

    content = b"".join(admin_client.get(f"{EXPORT}?format={kind}").streaming_content)

    if kind == "xlsx":
        book = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(book.read(name) for name in book.namelist())
    held = [word.encode() in content for word in ("Tremblay", "Partie", "gone@example.org")]
    assert held == [True, False, False]
    secrets = [person.manage_token, person.join_token, str(person.uid)]
    assert [secret.encode() in content for secret in secrets] == [False] * 3


def test_the_file_holds_whom_the_list_shows_and_those_beyond_its_pages(
    make_workshop, register, admin_client, monkeypatch
):
    monkeypatch.setattr("registrations.admin.lists.MOST", 2)
    monkeypatch.setattr(exporting, "BATCH", 2)
    one, other = make_workshop(), make_workshop()
    for number, name in enumerate(["Ba", "Roy", "Ndiaye", "Côté", "Roy-Ba"]):
        register(one, last_name=name, email=f"p{number}@example.org")
    register(other, last_name="Roy", email="other@example.org", language="en")

    found = {
        query: names(exported(admin_client, f"format=csv&{query}"))
        for query in ("", f"workshop={one.pk}&q=roy&o=-1&p=7", "language__exact=en")
    }

    assert list(found.values()) == [
        ["Ba", "Roy", "Ndiaye", "Côté", "Roy-Ba", "Roy"],
        ["Roy", "Roy-Ba"],
        ["Roy"],
    ]


@pytest.mark.one_database
def test_the_list_offers_the_file_with_its_filters_and_how_many_it_holds(
    workshop, crowd, now, admin_client
):
    people = crowd(workshop, 3)
    privacy.erase(people[0], now=now)

    page = admin_client.get(f"{PEOPLE}?workshop={workshop.pk}&o=1&p=1")

    assert "Exporter ces 2 inscriptions : CSV · Excel" in page_text(page)
    links = re.findall(rf'href="({EXPORT}[^"]+)"', page.content.decode())
    assert links == [
        f"{EXPORT}?workshop={workshop.pk}&amp;format={kind}" for kind in ("csv", "xlsx")
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_a_spreadsheet_would_compute_is_known(text):
    assert [may_be_formula(before + text) for before in ("", "\t", " ")] == [True] * 3


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_that_a_spreadsheet_would_not_compute_is_left_as_it_is(text):
    assert not may_be_formula(text)


def test_hostile_names_are_text_in_csv(workshop, register, admin_client):
    texts = HOSTILE + HARMLESS
    for number, text in enumerate(texts):
        register(workshop, organisation=text, email=f"p{number}@example.org")

    kept = [row["Organisation"] for row in exported(admin_client)]

    assert kept == [f"'{text}" for text in HOSTILE] + HARMLESS


@pytest.mark.one_database
def test_libreoffice_finds_no_formula_in_either_file(workshop, register, admin_client, tmp_path):
    texts = HOSTILE + HARMLESS
    for number, text in enumerate(texts):
        register(workshop, organisation=text, email=f"p{number}@example.org")
    for kind in ("csv", "xlsx"):
        content = admin_client.get(f"{EXPORT}?format={kind}").streaming_content
        (tmp_path / f"people-{kind}.{kind}").write_bytes(b"".join(content))

    # Semicolon, double quote, UTF-8, and formulas evaluated, as a careless reader would have it.
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/home", "--headless"]
    command += ["--infilter=CSV:59,34,76,1,,0,false,true,false,false,false,-1,true"]
    command += ["--convert-to", "fods", "--outdir", str(tmp_path)]
    files = [str(path) for path in sorted(tmp_path.glob("people-*"))]
    subprocess.run([*command, files[0]], check=True, capture_output=True, timeout=120)
    command = [word for word in command if "infilter" not in word]
    subprocess.run([*command, files[1]], check=True, capture_output=True, timeout=120)

    for kind in ("csv", "xlsx"):
        sheet = (tmp_path / f"people-{kind}.fods").read_text()
        assert "+33 6 12 34 56 78" in sheet
        assert re.findall(r"table:formula=|xlink:href", sheet) == []


def test_excels_cells_are_text_numbers_and_dates(workshop, register, admin_client):
    register(workshop, organisation="=1+1")

    content = b"".join(admin_client.get(f"{EXPORT}?format=xlsx").streaming_content)

    book = zipfile.ZipFile(io.BytesIO(content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall(r"<f>|<hyperlink", sheet) == []
    assert re.findall(r'<c r="D2" s="\d" t="inlineStr"><is><t>=1\+1</t></is></c>', sheet)
    assert re.findall(r'<c r="H2" s="\d"><v>46475\.395833', sheet)  # 29 March 2027, 9:30
    assert 'quotePrefix="1"' in book.read("xl/styles.xml").decode()
    assert '<sheet name="Inscriptions"' in book.read("xl/workbook.xml").decode()


NO_FILTER = "Rien n’a été exporté : l’un des filtres n’existe pas."


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Choisissez CSV ou Excel : il n’y a pas d’autre format."),
        ("format=pdf&language__exact=en", "Choisissez CSV ou Excel : il n’y a pas d’autre format."),
        ("format=csv&community__id__exact=x", NO_FILTER),
    ],
)
def test_an_unknown_format_or_filter_leads_back_and_says_so(query, words, workshop, admin_client):
    page = admin_client.get(f"{EXPORT}?{query}", follow=True)

    assert (page.status_code, said(page, "error")) == (200, [words])
    assert page.request["QUERY_STRING"] == ("language__exact=en" if "pdf" in query else "")


def test_no_filter_spells_out_a_secret(workshop, register, admin_client):
    token = register(workshop).manage_token

    answer = admin_client.get(f"{EXPORT}?format=csv&manage_token__startswith={token[0]}")

    assert answer.status_code == 400


@pytest.fixture
def organiser(make_organiser, client):
    """The client of an organiser with these rights to registrations alone."""

    def sign_in(*verbs):
        client.force_login(make_organiser("lea", *(f"{verb}_registration" for verb in verbs)))
        return client

    return sign_in


@pytest.mark.parametrize(
    ("verbs", "may"),
    [(["view", "change"], False), (["export"], False), (["view", "export"], True)],
)
def test_only_who_sees_people_and_may_export_them_does(verbs, may, workshop, crowd, organiser):
    crowd(workshop, 1)
    client = organiser(*verbs)

    answer = client.get(f"{EXPORT}?format=csv")

    assert answer.status_code == (200 if may else 403)
    if "view" in verbs:
        assert ("Exporter cette inscription" in page_text(client.get(PEOPLE))) == may


def test_nothing_is_changed_and_nothing_else_than_asking_is_answered(workshop, crowd, admin_client):
    crowd(workshop, 1)

    with CaptureQueriesContext(connection) as statements:
        answers = [
            admin_client.head(f"{EXPORT}?format=csv"),
            admin_client.post(f"{EXPORT}?format=csv"),
        ]
        exported(admin_client)

    assert [answer.status_code for answer in answers] == [200, 405]
    assert not answers[0].streaming
    assert {each["sql"].split(" ")[0] for each in statements} == {"SELECT"}


def test_the_log_says_who_took_out_how_many_and_nobodys_name(
    workshop, register, admin_user, admin_client, caplog
):
    register(workshop)

    with caplog.at_level(logging.INFO, "praxis.audit"):
        query = f"format=csv&workshop={workshop.pk}&q=Tremblay"
        exported(admin_client, query)

    (line,) = caplog.messages
    assert line.endswith(
        f" export account={admin_user.pk} network=127.0.0.1 format=csv people=1 "
        f"filters=workshop='{workshop.pk}',q"
    )


def test_a_file_costs_the_same_statements_for_each_five_hundred_people(
    workshop, crowd, admin_client
):
    costs = []
    for first, count in ((0, 2), (10, 20)):
        crowd(workshop, count, first=first)
        with CaptureQueriesContext(connection) as statements:
            exported(admin_client)
        costs.append(len(statements))

    assert costs[0] == costs[1] <= 12


def test_dates_follow_each_workshops_first_host(make_workshop, register, admin_client):
    for number, place in enumerate(["France", "La Réunion"]):
        workshop = make_workshop(place)
        person = register(workshop, email=f"p{number}@example.org")
        Registration.objects.filter(pk=person.pk).update(
            joined_at=workshop.starts_at + timedelta(minutes=5)
        )

    rows = exported(admin_client)

    assert [(row["Première entrée"], row["Heure des dates"]) for row in rows] == [
        ("2027-03-29 09:35", "heure de France"),
        ("2027-03-29 09:35", "heure de La Réunion"),
    ]
