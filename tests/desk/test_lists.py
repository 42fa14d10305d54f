"""The desk's lists where there are very many rows: bounded pages, orders, facets and actions."""

import re
from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from registrations.admin import acts_on_rows, base, lists
from registrations.admin.mails import OutgoingMailAdmin
from registrations.admin.people import RegistrationAdmin
from registrations.domain import privacy
from registrations.models import OutgoingMail, Registration
from tests.helpers.desk import said
from tests.helpers.pages import page_text

PEOPLE = "/admin/registrations/registration/"
MAILS = "/admin/registrations/outgoingmail/"
MORE = "Il y en a d’autres : un filtre ou une recherche les trouve."


@pytest.fixture
def five(workshop, crowd, monkeypatch):
    """Five people, and lists that read four rows at once, two to a page."""
    monkeypatch.setattr(lists, "MOST", 4)
    monkeypatch.setattr(acts_on_rows, "MOST", 4)
    for desk in (RegistrationAdmin, OutgoingMailAdmin):
        monkeypatch.setattr(desk, "list_per_page", 2)
    return crowd(workshop, 5)


def rows(page):
    return [row.pk for row in page.context["cl"].result_list]


@pytest.mark.parametrize("path", [PEOPLE, MAILS])
def test_a_list_reads_a_part_of_its_rows_and_leads_to_all(five, admin_client, path):
    pages = [admin_client.get(f"{path}?p={number}") for number in (1, 2, 3)]

    shown = [key for page in pages for key in rows(page)]
    model = Registration if path == PEOPLE else OutgoingMail
    assert shown == list(model.objects.order_by("-pk").values_list("pk", flat=True))
    assert [page_text(page).count(MORE) for page in pages] == [1, 1, 0]
    assert ['href="?p=3"' in page.text for page in pages] == [True, True, False]


@pytest.mark.parametrize("number", ["4", "0", "-3", "999999999999", "9" * 30, "-" + "9" * 30])
def test_a_page_that_is_not_there_leads_to_the_first(five, admin_client, number):
    page = admin_client.get(f"{PEOPLE}?p={number}")

    assert (page.status_code, page["Location"]) == (302, f"{PEOPLE}?e=1")


def test_a_later_part_of_a_list_does_not_say_that_it_is_all(five, admin_client):
    page = page_text(admin_client.get(f"{PEOPLE}?p=3"))

    assert "Les exporter toutes, y compris celles au-delà de cette liste" in page


@pytest.mark.parametrize(("path", "rows"), [(PEOPLE, "inscriptions"), (MAILS, "courriels")])
def test_a_list_of_which_a_part_was_read_says_more_than_so_many(five, admin_client, path, rows):
    part, rest = [page_text(admin_client.get(f"{path}?{query}")) for query in ("q=zoe", "p=3")]

    assert [part.count(f"plus de 4 {words}") for words in ("résultats", rows)] == [1, 1]
    assert "Tout sélectionner, y compris au-delà de cette liste" in part
    assert ("plus de" in rest, f"5 {rows}" in rest) == (False, True)


def test_a_list_that_shows_all_its_rows_says_so_by_silence(workshop, crowd, admin_client):
    crowd(workshop, 4)

    assert MORE not in page_text(admin_client.get(PEOPLE))


def test_nothing_is_done_to_more_rows_than_the_list_shows(five, admin_client):
    five[0].mails.update(state="failed")
    chosen = {
        "action": "send_again",
        "select_across": "1",
        "_selected_action": ["1"],
        "sure": "yes",
    }

    page = admin_client.post(MAILS, chosen, follow=True)

    assert said(page) == [
        "Rien n’a été fait : choisissez d’abord un filtre, pour que la liste soit plus courte."
    ]
    assert five[0].mails.get().state == "failed"


def test_what_a_filter_leaves_is_acted_upon_as_a_whole(five, make_workshop, crowd, admin_client):
    other = make_workshop()
    crowd(other, 2)
    chosen = {"action": "erase_people", "select_across": "1", "sure": "yes", "which": "one"}

    admin_client.post(f"{PEOPLE}?workshop={other.pk}", chosen | {"_selected_action": ["1"]})

    assert (other.registrations.filter(erased_at=None).count(), five[0].erased_at) == (0, None)


def test_any_column_sorts_the_people_of_one_workshop(workshop, register, admin_client):
    for name in ("Roy", "Ba", "Ndiaye"):
        register(workshop, last_name=name, email=f"{name}@example.org")

    page = admin_client.get(f"{PEOPLE}?workshop={workshop.pk}&o=1")

    assert [row.last_name for row in page.context["cl"].result_list] == ["Ba", "Ndiaye", "Roy"]


def test_a_list_of_all_people_is_sorted_by_their_coming_alone(workshop, register, admin_client):
    keys = [
        register(workshop, last_name=name, email=f"{name}@example.org").pk
        for name in ("Roy", "Ba", "Ndiaye")
    ]

    by_name, by_coming = [admin_client.get(f"{PEOPLE}?o={order}") for order in ("1", "6")]

    assert [rows(by_name), rows(by_coming)] == [keys[::-1], keys]
    headings = re.findall(r'<th scope="col" class="sortable column-(\w+)', str(by_name.content))
    assert headings == ["registered"]


def test_facets_are_offered_within_a_workshop_and_count_its_rows(workshop, crowd, admin_client):
    crowd(workshop, 3)
    path = f"{PEOPLE}?workshop={workshop.pk}"

    everywhere, here = [page_text(admin_client.get(p)) for p in (PEOPLE, f"{path}&_facets=True")]

    assert [text.count("Afficher les nombres") for text in (everywhere, here)] == [0, 0]
    assert here.count("Masquer les nombres") == 1
    assert [here.count(words) for words in ("confirmée (3)", "Français (3)", "(-)")] == [1, 1, 0]


@pytest.mark.one_database
def test_a_key_of_no_workshop_leaves_nobody(workshop, crowd, admin_client):
    crowd(workshop, 1)

    pages = [admin_client.get(f"{PEOPLE}?workshop={key}") for key in ("x", "9" * 30, "²", "0")]

    assert [rows(page) for page in pages] == [[], [], [], []]


def test_the_list_offers_the_latest_workshops_and_filters_by_any(
    make_workshop, crowd, admin_client, monkeypatch
):
    monkeypatch.setattr(base, "WORKSHOPS_SHOWN", 1)
    early, late = make_workshop(title="Tôt"), make_workshop(title="Tard", hours=1)
    type(early).objects.filter(pk=late.pk).update(
        starts_at=late.ends_at - (late.ends_at - late.starts_at) / 2
    )
    [person] = crowd(early, 1)

    page = admin_client.get(f"{PEOPLE}?workshop={early.pk}")

    # A <nav>, or from Django 6 on a <search>.
    sidebar = re.search(
        r'<(nav|search) id="changelist-filter".*?</\1>', page.content.decode(), re.DOTALL
    )[0]
    assert ("Tard (" in sidebar, "Tôt (" in sidebar, rows(page)) == (True, False, [person.pk])


def test_people_are_filtered_by_what_became_of_them(
    make_workshop, communities, register, now, admin_client
):
    """What each filter leaves of four people: two came, one stayed away, one is still to come."""
    over = make_workshop(start=datetime(2027, 1, 10, 9, 30))
    here = {"now": now - timedelta(days=10)}
    came = register(over, community=communities["France"], newsletter="Oui", **here)
    marked, absent = [register(over, email=f"{name}@example.org", **here) for name in "ab"]
    coming = register(make_workshop(), email="c@example.org")
    Registration.objects.filter(pk=came.pk).update(joined_at=over.starts_at)
    Registration.objects.filter(pk=marked.pk).update(attended_at=over.starts_at)
    absent.mails.update(state="failed")
    expected = {
        "came=yes": [marked, came],
        "came=no": [absent],
        "came=x": [coming, absent, marked, came],
        "newsletter=yes": [came],
        "newsletter=no": [coming, absent, marked],
        "mail=failed": [absent],
        "community__isnull=True": [coming, absent, marked],
        f"came=yes&workshop={over.pk}&newsletter=no": [marked],
    }

    found = {query: rows(admin_client.get(f"{PEOPLE}?{query}")) for query in expected}

    assert found == {query: [row.pk for row in people] for query, people in expected.items()}


def test_filters_ask_in_words(workshop, crowd, admin_client):
    text = page_text(admin_client.get(PEOPLE))

    words = ["sans communauté", "Tout oui non", "Vide", "Tout sont venues ne sont pas venues"]
    assert [text.count(each) for each in words] == [1, 1, 0, 1]


QUERIES = [
    "",
    "p=1",
    "workshop={pk}",
    "workshop={pk}&o=1",
    "state__exact=waiting",
    "q=exampl",
    "q=p1@example.org",
]


FILTERS = ["came=yes", "came=no", "mail=failed", "newsletter=no", "community__isnull=True"]


def statements_of(client, workshop, queries):
    """{path of a list with one of the `queries`, (path, query): the SQL that it asks}."""
    asked = {}
    for path, query in queries:
        shown = f"{path}?{query.format(pk=workshop.pk)}"
        with CaptureQueriesContext(connection) as statements:
            assert client.get(shown).status_code == 200, shown
        asked[shown] = [each["sql"] for each in statements]
    return asked


def costs(asked):
    return {path: len(statements) for path, statements in asked.items()}


def test_a_list_costs_twelve_statements_at_most_however_long(make_workshop, crowd, admin_client):
    workshop = make_workshop(capacity=2)
    queries = [*product([PEOPLE, MAILS], QUERIES), *product([PEOPLE], FILTERS)]

    crowd(workshop, 3)
    few = statements_of(admin_client, workshop, queries)
    crowd(workshop, 20, first=10)
    many = statements_of(admin_client, workshop, queries)

    assert costs(few) == costs(many)
    assert {path: cost for path, cost in costs(many).items() if cost > 12} == {}
    for asked in (few, many):
        counted = {path: [sql for sql in asked[path] if is_counted(sql)] for path in asked}
        assert {path: statements for path, statements in counted.items() if statements} == {}


def is_counted(sql):
    """Does the statement look at all rows there are?"""
    return "DISTINCT" in sql or "COUNT(*)" in sql


RIGHTS = [
    *[f"{verb}_{rows}" for verb in ("view", "change") for rows in ("registration", "outgoingmail")],
    "export_registration",
]


def test_it_costs_them_for_an_organiser_of_one_community_as_well(
    make_workshop, crowd, make_organiser, client
):
    workshop = make_workshop(capacity=2)
    crowd(make_workshop("Québec"), 1, first=50)
    client.force_login(make_organiser("lea", *RIGHTS, places=["Québec"]))
    queries = list(product([PEOPLE, MAILS], QUERIES))

    crowd(workshop, 3)
    few = costs(statements_of(client, workshop, queries))
    crowd(workshop, 20, first=10)
    many = costs(statements_of(client, workshop, queries))

    assert few == many
    assert {path: cost for path, cost in many.items() if cost > 12} == {}


def test_facets_cost_one_statement_and_one_for_each_filter_in_use(workshop, crowd, admin_client):
    crowd(workshop, 3)
    path, costs = f"{PEOPLE}?workshop={workshop.pk}", []

    for query in ("", "&_facets=True", "&_facets=True&link=never&language__exact=fr"):
        with CaptureQueriesContext(connection) as statements:
            admin_client.get(path + query)
        costs.append(len(statements))

    assert [costs[1], costs[2]] == [costs[0] + 1, costs[0] + 3]
    assert costs[2] <= 12


def test_facets_of_filters_in_use_count_without_them(workshop, register, admin_client):
    for number, language in enumerate(("fr", "fr", "en")):
        register(workshop, email=f"{number}@example.org", language=language)
    path = f"{PEOPLE}?workshop={workshop.pk}&_facets=True&language__exact=en"

    here = page_text(admin_client.get(path))

    assert ["confirmée (1)" in here, "Français (2)" in here, "Anglais (1)" in here] == [True] * 3


def test_whoever_is_erased_is_called_so(workshop, register, admin_client, now):
    privacy.erase(register(workshop), now=now)

    people, mails = [page_text(admin_client.get(path)) for path in (PEOPLE, MAILS)]

    assert ["personne effacée" in text for text in (people, mails)] == [True, True]


@pytest.mark.one_database
def test_a_mail_names_its_workshop_and_its_recipient(workshop, register, admin_client):
    mail = register(workshop).mails.get()

    listing = page_text(admin_client.get(MAILS))
    page = page_text(admin_client.get(f"{MAILS}{mail.pk}/change/"))

    assert listing.count("Données culturelles (lundi 29 mars 2027)") == 2  # in the filter, too
    assert "Confirmation – Données culturelles (lundi 29 mars 2027)" in page
    words = ["zoe@example.org", "Zoé Tremblay", "Détails techniques", mail.message_id]
    assert [page.count(each) for each in words] == [1, 1, 1, 1]
    assert page.index("Détails techniques") < page.index(mail.message_id)


@pytest.mark.one_database
def test_an_action_is_applied_and_not_sent(workshop, crowd, admin_client):
    crowd(workshop, 1)

    page = admin_client.get(PEOPLE).content.decode()
    script = admin_client.get("/admin/jsi18n/").content.decode()

    assert "Appliquer" in page
    assert "0 ligne cochée sur 1" in page
    assert "Envoyer" not in page
    assert "%(sel)s lignes coch\\u00e9es sur %(cnt)s" in script


@pytest.mark.one_database
def test_no_trail_names_one_thing_twice(workshop, crowd, admin_client):
    crowd(workshop, 1)
    trails = []
    for path in (PEOPLE, "/admin/events/workshop/"):
        html = admin_client.get(path).content.decode()
        # A list in Django 6, a line with signs between before it.
        trail = re.search(r'<(ol|div) class="breadcrumbs">(.*?)</\1>', html, re.S)[2]
        parts = re.split(r"&rsaquo;|</li>", trail)
        trails.append([word for part in parts if (word := strip_tags(part).strip())])

    assert trails == [
        ["Accueil", "Personnes et courriels", "Inscriptions"],
        ["Accueil", "Programme", "Ateliers"],
    ]
