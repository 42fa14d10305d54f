"""The public pages: the list, a workshop, its calendar, errors; their headers and cost."""

import re
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from events import calendars, feeds, views
from events.models import Community, Workshop
from registrations.domain import waiting_list
from registrations.models import Registration
from tests.helpers.clock import DRAWN, NOW
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database


def test_the_list_shows_what_comes_and_what_is_past_on_every_clock(praxis, make_workshop, client):
    make_workshop(title="Secret", state=Workshop.State.DRAFT)

    text = page_text(client.get("/"))

    assert text == (
        "Ateliers À venir lundi 29 mars Données culturelles : les enjeux de "
        "coopération dans les communautés"
        " de pratique au Québec et en France lundi 29 mars 2027 6 h d’écart"
        f" {DRAWN} Culture pour tous et TMNlab · Français Ateliers passés "
        "2023 lundi 27 mars Données"
        " culturelles : les enjeux de coopération dans les communautés de pratique au Québec et "
        "en France Terminé lundi 27 mars 2023 6 h d’écart"
        f" {DRAWN} Culture pour "
        "tous et TMNlab · Français"
        " S’abonner à l’agenda des ateliers"
    )


def test_a_clock_on_another_date_shows_its_weekday_and_date(make_workshop, client):
    workshop = make_workshop("Québec", "France", start=datetime(2027, 5, 20, 19, 0), hours=4)

    text = page_text(client.get(workshop.get_absolute_url()))

    expected = (
        "6 h d’écart Québec jeudi 20 mai 2027 19 h 00 jusqu’à 23 h 00 "
        "France vendredi 21 mai 2027 1 h 00 jusqu’à 5 h 00"
    )
    assert text.count(expected) == 1


def test_a_clock_that_passes_midnight_says_the_day_of_its_end(make_workshop, client):
    workshop = make_workshop("France", "La Réunion", start=datetime(2027, 1, 20, 20, 0), hours=2)

    text = page_text(client.get(workshop.get_absolute_url()))

    assert text.count("La Réunion 23 h 00 jusqu’à 1 h 00 le jeudi 21 janvier 2027") == 1


def test_three_hosts_show_three_clocks(make_workshop, client):
    workshop = make_workshop(
        "Martinique", "Katmandou", "Casablanca", start=datetime(2027, 6, 1, 8, 0), hours=1
    )

    text = page_text(client.get(workshop.get_absolute_url()))

    expected = (
        "mardi 1er juin 2027 jusqu’à 9 h 45 d’écart Martinique 8 h 00 jusqu’à 9 h 00 "
        "Katmandou 17 h 45 jusqu’à 18 h 45 Casablanca 12 h 00 jusqu’à 13 h 00"
    )
    assert text.count(expected) == 1


@pytest.mark.parametrize(
    ("day", "odd"), [(datetime(2027, 3, 16, 9, 30), 1), (datetime(2027, 3, 29, 9, 30), 0)]
)
def test_the_page_says_so_when_the_offset_is_unusual(day, odd, make_workshop, client):
    workshop = make_workshop(start=day)

    text = page_text(client.get(workshop.get_absolute_url()))

    sentence = (
        "Décalage inhabituel à cette date : 5 heures entre l’heure du Québec et l’heure "
        "de France, au lieu de 6 heures."
    )
    assert text.count(sentence) == odd


def test_english_pages_live_under_en_and_speak_english(workshop, client):
    text = page_text(client.get(f"/en/workshops/{workshop.slug}/"))

    assert (
        text.count(
            "Monday 29 March 2027 6 h apart Québec 9:30 a.m. until 12:00 p.m. "
            "France 3:30 p.m. until 6:00 p.m."
        )
        == 1
    )
    assert text.count("On Zoom. Registration required.") == 1


def test_a_browser_in_english_still_gets_the_french_page_at_the_french_address(workshop, client):
    response = client.get(workshop.get_absolute_url(), headers={"accept-language": "en"})

    assert response.headers["Content-Language"] == "fr"


def test_a_draft_is_shown_to_nobody_but_organisers(make_workshop, client, admin_client):
    draft = make_workshop(state=Workshop.State.DRAFT)

    assert [c.get(draft.get_absolute_url()).status_code for c in (client, admin_client)] == [
        404,
        200,
    ]
    assert client.get(reverse("events:calendar", args=[draft.slug])).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/nope/", "/ateliers/nope/", "/i/nope/", "/j/nope/", "/i/%00/", "/ateliers/nope/inscription/"],
)
def test_what_is_not_there_answers_404_in_the_sites_dress(path, db, client):
    response = client.get(path)

    assert response.status_code == 404
    assert page_text(response).startswith("Page introuvable ")


@pytest.mark.parametrize(
    "path", ["//evil.example/", "//evil.example/ateliers/x/", "//[/", "//[x]/", "/\\evil.example/"]
)
def test_a_page_that_is_not_there_leads_to_no_other_site(path, db, rf, client):
    response = client.generic("GET", "/", PATH_INFO=path)

    links = re.findall(r'<a href="([^"]+)" lang="en"', response.content.decode())
    assert (response.status_code, links) == (404, ["/en/"])


@pytest.mark.parametrize("charset", ["hex", "utf-7", "rot13", "idna", "latin-1"])
def test_a_form_in_another_charset_is_refused_in_the_sites_dress(charset, workshop, client):
    kind = f"application/x-www-form-urlencoded; charset={charset}"

    response = client.generic(
        "POST", f"/ateliers/{workshop.slug}/inscription/", b"first_name=Zo", content_type=kind
    )

    assert response.status_code == 400
    assert page_text(response).startswith("Requête non comprise ")


def test_a_nul_in_the_query_is_refused(workshop, admin_client):
    assert admin_client.get("/admin/registrations/registration/?state=%00").status_code == 400


def test_a_form_without_its_cookie_answers_403_and_says_what_to_do(workshop):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post(
        f"/ateliers/{workshop.slug}/inscription/", {"first_name": "Zoé"}
    )

    assert response.status_code == 403
    assert page_text(response).startswith(
        "Le formulaire a expiré Revenez en arrière : ce que vous avez saisi y est encore."
    )


def test_a_failure_of_ours_answers_500_in_the_sites_dress(workshop, client, monkeypatch):
    monkeypatch.setattr(Workshop, "clocks", property(lambda self: 1 / 0))
    client.raise_request_exception = False

    response = client.get(workshop.get_absolute_url())

    assert response.status_code == 500
    assert page_text(response).startswith("Une erreur s’est produite de notre côté ")


def test_every_answer_carries_the_security_headers(workshop, register, client):
    registration = register(workshop)
    paths = ["/", workshop.get_absolute_url(), registration.manage_path, "/nope/", "/admin/login/"]

    policies = {client.get(path).headers["Content-Security-Policy"] for path in paths}
    others = {
        (r.headers["Referrer-Policy"], r.headers["X-Frame-Options"]) for r in map(client.get, paths)
    }

    assert {tuple(sorted(policy.split("; "))) for policy in policies} == {
        (
            "base-uri 'none'",
            "connect-src 'self'",
            "default-src 'none'",
            "font-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "img-src 'self' data:",
            "manifest-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
        )
    }
    assert others == {("same-origin", "DENY")}


def test_pages_to_read_set_no_cookie(praxis, client):
    _past, coming = praxis
    for path in (
        "/",
        coming.get_absolute_url(),
        "/calendrier.ics",
        f"/ateliers/{coming.slug}/calendrier.ics",
    ):
        assert client.get(path).cookies.output() == ""


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_reading_pages_refuse_to_be_written_to(method, workshop, client):
    assert getattr(client, method)(workshop.get_absolute_url()).status_code == 405


@pytest.mark.parametrize("rows", [1, 12])
def test_the_list_costs_the_same_however_long_it_is(
    rows, make_workshop, client, django_assert_num_queries
):
    for _ in range(rows):
        make_workshop(start=datetime(2027, 3, 29, 9, 30))
        make_workshop(start=datetime(2026, 3, 30, 9, 30))

    with django_assert_num_queries(5):
        client.get("/")


@pytest.mark.parametrize("people", [0, 5])
def test_the_workshop_page_costs_five_queries(
    people, praxis, register, client, django_assert_num_queries
):
    _past, coming = praxis
    Workshop.objects.filter(pk=coming.pk).update(capacity=100)
    waiting_list.promote(coming, now=NOW)  # as the desk's save does
    for number in range(people):
        register(coming, email=f"p{number}@example.org")

    with django_assert_num_queries(5):
        client.get(coming.get_absolute_url())


def test_a_cancelled_workshop_stays_readable_and_says_so(make_workshop, client):
    workshop = make_workshop(state=Workshop.State.CANCELLED)

    text = page_text(client.get(workshop.get_absolute_url()))

    assert text.count("Cet atelier est annulé") >= 1
    assert (
        b"STATUS:CANCELLED" in client.get(reverse("events:calendar", args=[workshop.slug])).content
    )


def test_what_an_organiser_writes_is_text_never_markup(make_workshop, client):
    workshop = make_workshop(
        title="<script>alert(1)</script>",
        description=(
            "<img src=x onerror=alert(1)> *oui* [x](javascript:alert(1)) [y](https://example.org)"
        ),
    )

    html = client.get(workshop.get_absolute_url()).content.decode()

    assert [html.count(bad) for bad in ("<script>", "<img", 'href="javascript')] == [0, 0, 0]
    assert [
        html.count(good) for good in ("<em>oui</em>", '<a href="https://example.org">y</a>')
    ] == [1, 1]


def test_the_page_of_a_running_workshop_is_among_the_coming_ones(make_workshop, client):
    make_workshop(
        title="En cours", starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1)
    )

    assert page_text(client.get("/")).startswith("Ateliers À venir vendredi 15 janvier En cours ")


def test_a_draft_that_an_organiser_looks_at_is_kept_for_nobody_else(
    make_workshop, admin_client, client, settings
):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "drafts",
        }
    }
    path = make_workshop(state=Workshop.State.DRAFT).get_absolute_url()

    codes = [each.get(path).status_code for each in (admin_client, client)]

    assert codes == [200, 404]


@pytest.fixture
def many(make_workshop):
    """One that comes and 120 that are over, the latest named 1."""
    coming = make_workshop(title="Le prochain")
    for number in range(1, 121):
        start = NOW - timedelta(days=7 * number)
        make_workshop(title=f"Passé {number}.", starts_at=start, ends_at=start + timedelta(hours=1))
    return coming


def titles(response):
    return re.findall(r">(Le prochain|Passé \d+)", response.content.decode())


def past(first, last):
    return [f"Passé {number}" for number in range(first, last + 1)]


def test_the_list_shows_the_latest_fifty_past_workshops_and_leads_to_the_others(many, client):
    first, second, third = (client.get(path) for path in ("/", "/?page=2", "/?page=3"))

    assert titles(first) == ["Le prochain", *past(1, 50)]
    assert [titles(second), titles(third)] == [past(51, 100), past(101, 120)]
    links = [
        re.findall(r'<a href="([^"]*)" rel="(next|prev)">([^<]+)</a>', p.content.decode())
        for p in (first, second, third)
    ]
    assert links == [
        [("/?page=2", "next", "Ateliers plus anciens")],
        [("/", "prev", "Ateliers plus récents"), ("/?page=3", "next", "Ateliers plus anciens")],
        [("/?page=2", "prev", "Ateliers plus récents")],
    ]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("abc", 1),
        ("", 1),
        ("1", 1),
        ("2.5", 1),
        ("9" * 5000, 1),
        ("0", 3),
        ("-1", 3),
        ("4", 3),
        ("999", 3),
        ("²", 1),
    ],
)
def test_a_page_of_the_list_that_is_not_there_leads_to_one_that_is(page, shown, many, client):
    response = client.get("/", {"page": page})

    assert (response.status_code, response.context["past"].number) == (200, shown)


@pytest.fixture
def many_coming(make_workshop, monkeypatch):
    """Seven that come, three on a page of the list, and one that is over."""
    monkeypatch.setattr(views, "COMING_ON_A_PAGE", 3)
    for number in range(1, 8):
        make_workshop(title=f"Prochain {number}.", start=datetime(2027, 5, number, 9, 30))
    make_workshop(title="Passé 1.", start=datetime(2026, 5, 1, 9, 30))


def test_the_list_shows_the_next_workshops_and_leads_to_the_later_ones(many_coming, client):
    pages = [client.get(path) for path in ("/", "/?coming=2", "/?coming=3")]

    html = [page.content.decode() for page in pages]
    shown = [re.findall(r">(Prochain \d|Passé \d)", page) for page in html]
    assert shown == [
        ["Prochain 1", "Prochain 2", "Prochain 3", "Passé 1"],
        ["Prochain 4", "Prochain 5", "Prochain 6"],
        ["Prochain 7"],
    ]
    links = [re.findall(r'<a href="([^"]*)" rel="(next|prev)">([^<]+)</a>', page) for page in html]
    assert links == [
        [("/?coming=2", "next", "Ateliers suivants")],
        [("/", "prev", "Ateliers précédents"), ("/?coming=3", "next", "Ateliers suivants")],
        [("/?coming=2", "prev", "Ateliers précédents")],
    ]
    assert re.findall(r"<h1>([^<]+)</", html[1]) == ["Ateliers à venir, page 2"]


@pytest.mark.parametrize(("asked", "shown"), [("x", 1), ("1", 1), ("0", 3), ("9", 3), ("", 1)])
def test_a_page_of_coming_workshops_that_is_not_there_leads_to_one_that_is(
    asked, shown, many_coming, client
):
    response = client.get("/", {"coming": asked})

    assert (response.status_code, response.context["coming"].number) == (200, shown)


def test_a_further_page_of_the_list_says_which_one_it_is(many, client):
    pages = [client.get(path).content.decode() for path in ("/", "/?page=2", "/en/?page=3")]

    headings = [re.findall(r"<(?:title|h1)>([^<]+)</", page) for page in pages]
    assert headings == [
        ["Ateliers – Praxis", "Ateliers"],
        ["Ateliers, page 2 – Praxis", "Ateliers, page 2"],
        ["Workshops, page 3 – Praxis", "Workshops, page 3"],
    ]


def test_the_other_language_shows_the_same_page_of_the_list(many, client):
    pages = [client.get(path).content.decode() for path in ("/?page=2", "/?page=//evil", "/")]

    links = [re.search(r'href="([^"]+)" lang="en"', page)[1] for page in pages]
    assert links == ["/en/?page=2", "/en/", "/en/"]


def test_the_other_language_shows_the_same_page_of_the_later_ones(many_coming, client):
    html = client.get("/?coming=2").content.decode()

    assert re.search(r'href="([^"]+)" lang="en"', html)[1] == "/en/?coming=2"


def test_three_hundred_workshops_cost_the_list_and_the_calendar_no_more_statements(
    many, client, django_assert_num_queries
):
    with django_assert_num_queries(5):
        client.get("/")
    with django_assert_num_queries(3):
        client.get("/?page=2")
    with django_assert_num_queries(3):
        client.get(reverse("events:feed"))


def test_the_calendar_of_all_workshops_holds_what_comes_and_the_last_twelve_months(
    make_workshop, client
):
    make_workshop(title="À venir")
    make_workshop(title="Il y a onze mois", start=datetime(2026, 2, 16, 9, 30))
    make_workshop(title="Il y a treize mois", start=datetime(2025, 12, 8, 9, 30))

    content = client.get(reverse("events:feed")).content.decode()

    assert re.findall(r"SUMMARY:(.*)\r", content) == ["À venir", "Il y a onze mois"]


def test_calendars_are_kept_a_second(
    workshop, client, settings, time_machine, django_assert_num_queries
):
    settings.CACHES = settings.CACHES | {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "calendars",
        }
    }
    time_machine.move_to(NOW, tick=False)
    paths = [
        reverse("events:feed"),
        reverse("events:calendar", args=[workshop.slug]),
        "/en/calendar.ics",
    ]
    first = [client.get(path).content for path in paths]

    with django_assert_num_queries(0):
        assert [client.get(path).content for path in paths] == first
    time_machine.move_to(NOW + timedelta(seconds=2))
    Workshop.objects.update(title="Autre titre")

    assert [client.get(path).content.count(b"SUMMARY:Autre titre") for path in paths] == [1, 1, 1]


def test_the_calendar_of_all_workshops_is_bounded_by_the_nearest(
    make_workshop, client, monkeypatch
):
    monkeypatch.setattr(feeds, "MOST", 2)
    for month in (4, 5, 6):
        make_workshop(title=f"Dans {month - 1} mois", start=datetime(2027, month, 15, 9, 30))
    for month in (10, 11, 12):
        make_workshop(title=f"Il y a {13 - month} mois", start=datetime(2026, month, 14, 9, 30))

    content = client.get(reverse("events:feed")).content.decode()

    shown = re.findall(r"SUMMARY:(.*)\r", content)
    assert shown == ["Dans 3 mois", "Dans 4 mois", "Il y a 1 mois", "Il y a 2 mois"]


@pytest.mark.parametrize("name", ["feed", "calendar"])
def test_a_calendar_program_that_has_the_calendar_gets_304_until_something_changes(
    name, workshop, kept, client, time_machine
):
    path = reverse(f"events:{name}", args=[workshop.slug] if name == "calendar" else [])
    first = client.get(path)
    known = {"if-none-match": first["ETag"]}

    again = client.get(path, headers=known)
    Community.objects.filter(place="Québec").update(time_label="heure de Lévis")
    time_machine.move_to(NOW + timedelta(seconds=2))
    changed = client.get(path, headers=known)

    assert [
        (answer.status_code, len(answer.content) > 0) for answer in (first, again, changed)
    ] == [
        (200, True),
        (304, False),
        (200, True),
    ]
    assert {answer["Cache-Control"] for answer in (first, again, changed)} == {"public, max-age=60"}
    assert changed["ETag"] != first["ETag"]


def test_a_calendar_is_written_once_until_something_changes(
    workshop, kept, client, time_machine, monkeypatch
):
    written, write = [], calendars.published
    monkeypatch.setattr(calendars, "published", lambda *facts: written.append(1) or write(*facts))
    paths, counts = [reverse("events:feed"), "/en/calendar.ics"], []

    for second in (0, 2, 4, 6):
        time_machine.move_to(NOW + timedelta(seconds=second))
        if second == 4:
            Workshop.objects.update(place="Salle 3")
        for path in paths:
            assert client.get(path).status_code == 200
        counts.append(len(written))

    assert counts == [2, 2, 4, 4]


@pytest.mark.parametrize("state", Workshop.State)
def test_a_workshop_says_in_which_state_it_is(state):
    workshop = Workshop(state=state)

    said = {
        "draft": workshop.is_draft,
        "published": workshop.is_published,
        "cancelled": workshop.is_cancelled,
    }
    assert [name for name, is_so in said.items() if is_so] == [state]


@pytest.mark.parametrize("state", Registration.State)
def test_a_registration_says_in_which_state_it_is(state):
    person = Registration(state=state)

    said = {
        "confirmed": person.is_confirmed,
        "waiting": person.is_waiting,
        "cancelled": person.is_cancelled,
    }
    assert [name for name, is_so in said.items() if is_so] == [state]


@pytest.mark.parametrize(
    ("places", "french", "english"),
    [
        ((), "", ""),
        (("Québec",), "Culture pour tous", "Culture pour tous"),
        (("Québec", "France"), "Culture pour tous et TMNlab", "Culture pour tous and TMNlab"),
        (
            ("Québec", "France", "Casablanca"),
            "Culture pour tous, TMNlab et Dar",
            "Culture pour tous, TMNlab and Dar",
        ),
    ],
)
def test_the_hosts_stand_in_a_row(places, french, english, make_workshop):
    workshop = make_workshop(*places)
    if not places:
        workshop.hostings.all().delete()

    assert workshop.organisers == french
    with translation.override("en"):
        assert workshop.organisers == english


def test_languages_bear_their_own_names(workshop, register, client):
    person = register(workshop)
    paths = [
        person.manage_path,
        reverse("registrations:edit", args=[person.manage_token]),
        "/",
        "/en/",
    ]

    own, edit, *lists = [client.get(path).content.decode() for path in paths]

    assert re.findall(r"<dt>Langue des courriels</dt><dd>([^<]+)</dd>", own) == ["Français"]
    assert re.findall(r'<option value="(?:fr|en)"[^>]*>([^<]+)<', edit) == ["Français", "English"]
    assert [re.findall(r'hreflang="\w+">([^<]+)<', page) for page in lists] == [
        ["English"],
        ["Français"],
    ]


def test_before_registration_opens_the_page_leads_to_the_calendar_and_the_list(
    make_workshop, client
):
    workshop = make_workshop(registration_opens_at=NOW + timedelta(days=1))

    html = client.get(workshop.get_absolute_url()).content.decode()

    [ways] = re.findall(r'<div class="poster-act">(.*?)</div>', html, flags=re.S)
    assert re.findall(r'href="([^"]+)"', ways) == [f"/ateliers/{workshop.slug}/calendrier.ics", "/"]
