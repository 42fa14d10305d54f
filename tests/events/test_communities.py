"""The page of a community: its logo, its place, the workshops that it holds."""

import re
from copy import copy
from datetime import datetime

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test.utils import CaptureQueriesContext

from events import views
from events.models import Community, Partner, Workshop
from tests.helpers.logos import give_logo, svg
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database


def images(response):
    """{address: alternative text} of the pictures on a page."""
    found = {}
    for tag in re.findall(r"<img [^>]*>", response.content.decode()):
        facts = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        assert {"src", "alt", "width", "height"} <= facts.keys()
        found[facts["src"]] = facts["alt"]
    return found


def test_the_page_of_a_community_shows_what_it_holds_and_nothing_of_others(
    make_workshop, communities, client
):
    make_workshop("Québec", "France", title="Le prochain")
    make_workshop("France", title="Un ancien", start=datetime(2026, 3, 30, 9, 30))
    make_workshop("Québec", title="Un autre")
    make_workshop("France", title="Un brouillon", state=Workshop.State.DRAFT)
    community = communities["France"]
    Community.objects.filter(pk=community.pk).update(site="https://www.tmnlab.com/x")

    response = client.get(community.get_absolute_url())

    html = response.content.decode()
    assert re.findall(r"Le prochain|Un ancien|Un autre|Un brouillon", html) == [
        "Le prochain",
        "Un ancien",
    ]
    assert page_text(response).startswith("TMNlab France · tmnlab.com À venir ")
    assert re.findall(r"<title>(.*)</title>", html) == ["Ateliers – TMNlab – Praxis"]


def test_the_address_of_a_community_says_its_name(communities, client):
    community = communities["Québec"]
    paths = [community.get_absolute_url(), f"/en/communities/{community.pk}-culture-pour-tous/"]

    assert paths[0] == f"/communautes/{community.pk}-culture-pour-tous/"
    assert [client.get(path).status_code for path in paths] == [200, 200]
    english = re.findall(r'href="([^"]+)" lang="en"', client.get(paths[0]).content.decode())
    assert english == [paths[1]]


def test_an_old_address_of_a_community_leads_to_the_one_of_today(communities, client):
    community = communities["Québec"]
    old = community.get_absolute_url()
    Community.objects.filter(pk=community.pk).update(name="L’Œuvre d’île")

    answers = [client.get(path) for path in (old, f"/en/communities/{community.pk}/")]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (302, f"/communautes/{community.pk}-l-oeuvre-d-ile/"),
        (302, f"/en/communities/{community.pk}-l-oeuvre-d-ile/"),
    ]


def test_a_name_without_latin_letters_has_an_address_too(communities, client):
    community = communities["Québec"]
    Community.objects.filter(pk=community.pk).update(name="मण्डल")

    assert client.get(f"/communautes/{community.pk}/").status_code == 200


@pytest.mark.parametrize("address", ["0", "99999-x", "9" * 30, "x", "-1", "x-1", "1e3", "٣"])
def test_a_community_that_is_not_there_answers_404(address, communities, client):
    assert client.get(f"/communautes/{address}/").status_code == 404


def test_a_community_without_an_announced_workshop_leads_on(make_workshop, communities, client):
    make_workshop("France", state=Workshop.State.DRAFT)

    response = client.get(communities["France"].get_absolute_url())

    assert page_text(response) == (
        "TMNlab France À venir Aucun atelier n’est annoncé pour le moment. Prévenez-moi de la "
        "prochaine Un courriel quand un nouvel atelier est annoncé, rien d’autre. Tous les ateliers"
    )
    assert '<a href="/">Tous les ateliers</a>' in response.content.decode()


def test_a_community_whose_workshops_are_over_says_so_and_shows_them(
    make_workshop, communities, client
):
    make_workshop("France", start=datetime(2026, 3, 30, 9, 30))

    text = page_text(client.get(communities["France"].get_absolute_url()))

    assert text.startswith("TMNlab France À venir Aucun atelier n’est annoncé pour le moment. ")
    assert text.count("Ateliers passés") == 1


@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_of_a_community_costs_the_same_however_much_it_holds(
    rows, make_workshop, communities, client, django_assert_num_queries
):
    give_logo(communities["France"])
    for _ in range(rows):
        make_workshop("France", "Québec", start=datetime(2027, 3, 29, 9, 30))
        make_workshop("France", start=datetime(2026, 3, 30, 9, 30))

    with django_assert_num_queries(6):
        client.get(communities["France"].get_absolute_url())


def test_a_community_shows_its_workshops_in_pages(make_workshop, communities, client, monkeypatch):
    monkeypatch.setattr(views, "COMING_ON_A_PAGE", 2)
    monkeypatch.setattr(views, "PAST_ON_A_PAGE", 2)
    for number in range(1, 4):
        make_workshop("France", title=f"Prochain {number}.", start=datetime(2027, 5, number, 9))
        make_workshop("France", title=f"Passé {number}.", start=datetime(2026, 5, number, 9))
        make_workshop("Québec", title="Ailleurs")
    path = communities["France"].get_absolute_url()

    pages = [client.get(path + query) for query in ("", "?coming=2", "?page=2")]

    html = [page.content.decode() for page in pages]
    assert [re.findall(r">(Prochain \d|Passé \d|Ailleurs)", page) for page in html] == [
        ["Prochain 1", "Prochain 2", "Passé 3", "Passé 2"],
        ["Prochain 3"],
        ["Passé 1"],
    ]
    links = [re.findall(r'<a href="([^"]*)" rel="(?:next|prev)">', page) for page in html]
    assert links == [[f"{path}?coming=2", f"{path}?page=2"], [path], [path]]
    assert re.findall(r"<title>(.*)</title>", html[1]) == [
        "Ateliers à venir, page 2 – TMNlab – Praxis"
    ]


def test_the_counts_of_one_community_are_not_anothers(
    make_workshop, communities, client, settings, monkeypatch
):
    backend = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "communities"}}
    monkeypatch.setattr(views, "COMING_ON_A_PAGE", 1)
    for _ in range(3):
        make_workshop("France")
    make_workshop("Québec")

    counts = [
        client.get(path).context["coming"].paginator.count
        for path in ("/", *(communities[p].get_absolute_url() for p in ("France", "Québec")))
    ]

    assert counts == [4, 3, 1]


def test_a_logo_beside_a_name_says_nothing_and_one_that_stands_for_it_says_its_words(
    make_workshop, communities, client
):
    workshop = make_workshop("France", "Québec")
    partner = Partner.objects.create(name="Observatoire")
    workshop.partners.add(partner)
    of_host, of_partner = (
        give_logo(communities["France"]),
        give_logo(partner, svg("<path d='M0 0h9v9z'/>")),
    )

    beside = images(client.get(workshop.get_absolute_url()))
    alone = images(client.get(communities["France"].get_absolute_url()))

    assert beside == {of_host.url: "", of_partner.url: ""}
    assert alone == {of_host.url: "Un cercle"}


def test_the_workshops_page_leads_to_its_hosts_pages_and_sites(make_workshop, communities, client):
    workshop = make_workshop("France")
    Community.objects.update(site="https://www.tmnlab.com/")

    html = client.get(workshop.get_absolute_url()).content.decode()

    path = communities["France"].get_absolute_url()
    assert f'<h3><a href="{path}">TMNlab</a> (France)</h3>' in html
    assert '<a href="https://www.tmnlab.com/">tmnlab.com</a>' in html


@pytest.mark.parametrize("path", ["/", "{workshop}", "{community}"])
def test_no_page_loads_the_bytes_of_a_logo(path, make_workshop, communities, client):
    workshop = make_workshop("France", "Québec")
    workshop.partners.add(Partner.objects.create(name="Observatoire"))
    for owner in (*communities.values(), workshop.partners.get()):
        give_logo(owner)
    addresses = {
        "workshop": workshop.get_absolute_url(),
        "community": communities["France"].get_absolute_url(),
    }

    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(path.format(**addresses))

    said = [query["sql"] for query in queries if '"events_logo"."content"' in query["sql"]]
    assert said == []
    assert len(queries) <= 6


def test_the_last_release_goes_on_adding_what_knows_no_logo_and_no_speakers(workshop):
    then = MigrationLoader(connection).project_state(("events", "0003_colours")).apps.get_model

    community = then("events", "Community").objects.create(name="Neuve", zone="Europe/Paris")
    then("events", "Partner").objects.create(name="Neuf")
    then("events", "Presentation").objects.create(
        workshop_id=workshop.pk, community=community, title="CapData"
    )

    community, partner = Community.objects.get(name="Neuve"), Partner.objects.get()
    assert [(each.logo, each.logo_alt) for each in (community, partner)] == [(None, "")] * 2
    assert workshop.presentations.get().speakers == []


def test_the_name_of_a_community_is_set_as_french_is_printed(make_workshop, communities, client):
    community = communities["Québec"]
    Community.objects.filter(pk=community.pk).update(name="L'Atelier d'à côté : le lieu")
    workshop = make_workshop(capacity=1)
    workshop.hostings.filter(position=1).update(reserved_seats=1)
    printed = "L’Atelier d’à côté\u00a0: le lieu"

    paths = [
        Community.objects.get(pk=community.pk).get_absolute_url(),
        f"/ateliers/{workshop.slug}/",
        f"/ateliers/{workshop.slug}/inscription/",
    ]
    pages = [client.get(path).content.decode() for path in paths]

    assert pages[0].count(f"<h1>{printed}</h1>") == 1
    assert pages[1].count(f"réservées aux membres de {printed} jusqu") == 1
    assert pages[2].count(f">{printed} (Québec)</option>") == 1
    assert [page.count("L&#x27;Atelier") for page in pages] == [0, 0, 0]


def test_the_clocks_are_those_of_the_hosts_that_are_read_now(make_workshop):
    workshop = make_workshop("Québec", "France")
    for prefetched in (False, True):
        found = Workshop.objects.with_hosts() if prefetched else Workshop.objects.all()
        shown = found.get(pk=workshop.pk)
        assert [clock.place for clock in shown.clocks] == ["Québec", "France"]
        assert [clock.place for clock in copy(shown).clocks] == ["Québec", "France"]
        shown.clocks.clear()
        assert len(shown.clocks) == 2

        last = shown.hostings.last()
        last.delete()
        shown.refresh_from_db()

        assert [clock.place for clock in shown.clocks] == ["Québec"]
        last.save(force_insert=True)
