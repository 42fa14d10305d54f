"""What pages say of themselves to chats and search engines: addresses, pictures, the sitemap."""

import io
import re
from datetime import datetime
from xml.etree import ElementTree

import pytest
from PIL import Image

from events import card
from events.models import Workshop
from tests.helpers.clock import NOW

pytestmark = pytest.mark.one_database

SITE = "https://ateliers.example.org"
AGENDA = f"{SITE}/agenda/openagenda.json"


def links(response):
    """(rel, hreflang, href) of each canonical and alternate link."""
    html = response.content.decode()
    found = re.findall(
        r'<link rel="(canonical|alternate)"(?: hreflang="([\w-]+)")? href="([^"]*)">', html
    )
    return [tuple(filter(None, each)) for each in found]


def metas(response):
    html = response.content.decode()
    named = r'<meta (?:name="description" )?(?:property|name)="([\w:]+)" content="([^"]*)">'
    return dict(re.findall(named, html))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_workshop_says_its_address_in_each_language(language, workshop, client):
    french, english = f"{SITE}/ateliers/atelier-1/", f"{SITE}/en/workshops/atelier-1/"
    own = {"fr": french, "en": english}[language]

    response = client.get(own.removeprefix(SITE))

    assert links(response) == [
        ("canonical", own),
        ("alternate", "fr", french),
        ("alternate", "en", english),
        ("alternate", "x-default", french),
    ]


def test_a_pasted_link_unfolds_with_title_date_hours_and_picture(workshop, client):
    response = client.get(workshop.get_absolute_url(), headers={"host": "localhost"})

    said = metas(response)
    mark = card.workshop_card(workshop, NOW).fingerprint
    assert said["og:title"] == "Données culturelles"
    assert said["og:description"].replace("\u00a0", " ") == (
        "Lundi 29 mars 2027. 9 h 30 – 12 h 00 (heure du Québec). "
        "15 h 30 – 18 h 00 (heure de France)."
    )
    assert said["og:url"] == f"{SITE}/ateliers/atelier-1/"
    assert said["og:image"] == f"{SITE}/ateliers/atelier-1/image.png?v={mark}"
    assert said["twitter:card"] == "summary_large_image"
    assert client.get(said["og:image"].removeprefix(SITE)).status_code == 200


def test_an_english_link_unfolds_with_the_hours_as_the_first_host_writes_them(workshop, client):
    said = metas(client.get(f"/en/workshops/{workshop.slug}/"))["og:description"]

    assert said.replace("\u00a0", " ") == (
        "Monday 29 March 2027. 9:30 a.m. – 12:00 p.m. (Québec time). "
        "3:30 p.m. – 6:00 p.m. (France time)."
    )


def test_a_link_says_what_is_odd_in_sentences_that_each_end_once(make_workshop, client):
    workshop = make_workshop(start=datetime(2027, 3, 16, 9, 30), state=Workshop.State.CANCELLED)

    said = metas(client.get(workshop.get_absolute_url()))["og:description"]

    assert re.findall(r"\.\.|\. [a-zé]", said) == []
    assert said.startswith("Annulé. Mardi")
    assert said.endswith("aux mêmes dates.")


def test_the_pictures_address_changes_with_what_it_says(workshop, client):
    first = metas(client.get(workshop.get_absolute_url()))["og:image"]
    Workshop.objects.update(state=Workshop.State.CANCELLED)

    second = metas(client.get(workshop.get_absolute_url()))

    assert second["og:image"] != first
    assert second["og:description"].startswith("Annulé. Lundi")


def test_each_page_of_the_list_is_one_of_its_own(make_workshop, client):
    for _ in range(101):
        make_workshop()

    paths = ["/", "/?coming=1", "/?coming=2", "/?coming=2&x=1", "/?x=1"]
    canonical = [links(client.get(path))[0][1] for path in paths]

    assert canonical == [
        f"{SITE}/",
        f"{SITE}/",
        f"{SITE}/?coming=2",
        f"{SITE}/?coming=2",
        f"{SITE}/",
    ]


def test_the_form_shows_the_workshop_and_is_no_page_for_search_engines(workshop, client):
    response = client.get(f"{workshop.get_absolute_url()}inscription/")

    assert links(response) == []
    assert metas(response)["og:url"] == f"{SITE}/ateliers/atelier-1/inscription/"
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_what_is_secret_or_not_there_says_no_address(make_workshop, register, admin_client):
    registration = register(make_workshop())
    draft = make_workshop(state=Workshop.State.DRAFT).get_absolute_url()

    pages = [registration.manage_path, registration.join_path, draft, "/nope/", "/ateliers/nope/"]
    answers = [admin_client.get(path) for path in pages]

    assert [links(answer) for answer in answers] == [[]] * 5
    assert ["og:url" in metas(answer) for answer in answers] == [False] * 5
    assert [answer.headers.get("X-Robots-Tag") for answer in answers[:2]] == [
        "noindex, nofollow"
    ] * 2


def test_the_head_is_lean(praxis, client):
    _past, coming = praxis
    html = client.get(coming.get_absolute_url()).content.decode()

    kinds = r'<(?:meta (?:property|name="(?:twitter|theme))|link rel="(?:can|alt|apple)).*?>'
    assert sum(map(len, re.findall(kinds, html))) <= 1500
    assert html.count('name="theme-color"') == 2


def test_the_sitemap_lists_what_is_announced_and_its_hosts(make_workshop, praxis, client):
    make_workshop("Casablanca", state=Workshop.State.DRAFT, slug="secret")
    make_workshop(state=Workshop.State.CANCELLED, slug="annule")

    response = client.get("/sitemap.xml")

    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    root = ElementTree.fromstring(response.content)
    listed = [url.find(f"{space}loc").text for url in root]
    slugs = ["annule", "donnees-culturelles-2027", "donnees-culturelles-2023"]
    hosts = {host.address for each in praxis for host in each.communities}
    keys = [host.partition("-")[0] for host in hosts]
    french = [f"{SITE}/{path}" for path in ("", "agenda/", "calendrier.ics", "atom.xml")]
    french += [
        f"{SITE}/communautes/{key}/{name}"
        for key in keys
        for name in ("calendrier.ics", "atom.xml")
    ]
    french += [f"{SITE}/ateliers/{slug}/" for slug in slugs]
    french += [f"{SITE}/communautes/{host}/" for host in hosts]
    english = [f"{SITE}/en/{path}" for path in ("", "calendar/", "calendar.ics", "atom.xml")]
    english += [
        f"{SITE}/en/communities/{key}/{name}"
        for key in keys
        for name in ("calendar.ics", "atom.xml")
    ]
    english += [f"{SITE}/en/workshops/{slug}/" for slug in slugs]
    english += [f"{SITE}/en/communities/{host}/" for host in hosts]
    assert sorted(listed) == sorted([*french, *english, AGENDA])
    others = [
        [(link.get("hreflang"), link.get("href")) for link in url if "hreflang" in link.attrib]
        for url in root
    ]
    assert others[0] == [("fr", f"{SITE}/"), ("en", f"{SITE}/en/"), ("x-default", f"{SITE}/")]
    assert {len(each) for each, page in zip(others, listed, strict=True) if page != AGENDA} == {3}


@pytest.mark.parametrize("rows", [1, 12])
def test_the_sitemap_costs_two_queries(rows, make_workshop, client, django_assert_num_queries):
    for _ in range(rows):
        make_workshop()

    with django_assert_num_queries(2):
        client.get("/sitemap.xml")


def test_robots_are_told_what_is_private_and_where_the_sitemap_is(client):
    text = client.get("/robots.txt").content.decode()

    refused = re.findall(r"^Disallow: (.+)$", text, re.MULTILINE)
    assert {"/admin/", "/i/", "/j/"} <= set(refused)
    assert f": {AGENDA}\nSitemap: {SITE}/sitemap.xml\n" in text
    listed = re.findall(r"^Sitemap: (.+)$", text, re.MULTILINE)
    assert listed == [f"{SITE}/{path}" for path in ("sitemap.xml", "atom.xml", "en/atom.xml")]
    assert f"{SITE}/calendrier.ics {SITE}/en/calendar.ics" in text


def test_browsers_find_icons_at_the_root(client):
    icons = []
    for path in ("/favicon.ico", "/apple-touch-icon.png"):
        response = client.get(path)
        content = b"".join(response.streaming_content)
        icons.append(Image.open(io.BytesIO(content)))

    assert icons[0].info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    assert icons[1].size == (180, 180)
