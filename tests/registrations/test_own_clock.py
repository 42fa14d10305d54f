"""The person's own clock: guessed by the browser, shown on pages, corrected, used in mails."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from django.utils import translation

from events import clocks
from events.models import Workshop
from praxis import zones
from registrations import worker
from registrations.models import Registration
from tests.helpers.clock import DRAWN, NOW
from tests.helpers.mails import entry, html, plain, text, words
from tests.helpers.pages import page_text
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

LONDON = "14 h 30 – 17 h 00 (votre heure, Londres)"
LONDON_DRAWN = "Chez vous, Londres : 14 h 30 – 17 h 00"


def sign_up(client, workshop, zone):
    return client.post(f"/ateliers/{workshop.slug}/inscription/", typed(zone=zone), follow=True)


def test_the_form_holds_a_hidden_field_for_the_browser_to_fill(workshop, client):
    page = client.get(f"/ateliers/{workshop.slug}/inscription/").content.decode()

    [field] = re.findall(r"<input[^>]*data-own-zone[^>]*>", page)
    assert sorted(re.findall(r'(\w+)="(.*?)"', field)) == [
        ("id", "id_zone"),
        ("name", "zone"),
        ("type", "hidden"),
        ("zone", ""),
    ]
    assert (
        len(
            re.findall(
                r'<script src="/static/zone[^"]*\.js" defer blocking="render"></script>', page
            )
        )
        == 1
    )


ALIASES = [
    ("Europe/London", "Europe/London"),
    ("Asia/Calcutta", "Asia/Kolkata"),
    ("America/Montreal", "America/Toronto"),
    ("Europe/Kiev", "Europe/Kyiv"),
    ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
    ("Asia/Katmandu", "Asia/Kathmandu"),
    ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
    ("US/Eastern", "America/New_York"),
    ("UTC", "UTC"),
    ("", ""),
    ("Moon/Sea", ""),
    ("../../etc/passwd", ""),
    ("europe/london", ""),
    ("<b>", ""),
    ("Etc/GMT+5", ""),
    ("\U0001f600", ""),
]


@pytest.mark.parametrize(("typed_zone", "kept"), ALIASES)
def test_a_zone_is_kept_under_its_own_name_and_nonsense_is_ignored(
    typed_zone, kept, workshop, client
):
    response = sign_up(client, workshop, typed_zone)

    assert (response.status_code, workshop.registrations.get().zone) == (200, kept)


@pytest.mark.parametrize("nonsense", ["x" * 5000, "a\u202eb"])
def test_a_hostile_zone_keeps_nobody_from_registering(nonsense, workshop, client):
    sign_up(client, workshop, nonsense)

    assert workshop.registrations.get().zone == ""


def test_a_zone_on_offer_is_never_taken_for_the_one_it_follows():
    # Amsterdam is an alias of Brussels by now.
    assert [name for name in zones.zone_names() if zones.canonical(name) != name] == []


def test_an_alias_tells_the_same_hours_as_the_zone_it_stands_for():
    moments = [datetime(2027, month, 1, tzinfo=UTC) for month in range(1, 13)]
    kept = {name: zones.canonical(name) for name in available_timezones()}

    wrong = {
        name: zone
        for name, zone in kept.items()
        if zone and any(clocks.wall(at, name) != clocks.wall(at, zone) for at in moments)
    }

    assert wrong == {}


def test_every_zone_on_offer_has_a_city_in_both_languages_and_no_two_the_same():
    for language in ("fr", "en"):
        with translation.override(language):
            offered = [
                (region, city) for region, cities in zones.choices() for _name, city in cities
            ]
        assert [pair for pair in offered if not pair[1]] == []
        assert sorted({pair for pair in offered if offered.count(pair) > 1}) == []


def test_whoever_lives_elsewhere_sees_a_third_clock_on_every_page(workshop, client):
    thanks = sign_up(client, workshop, "Europe/London")
    registration = workshop.registrations.get()

    pages = [thanks] + [
        client.get(path) for path in (registration.manage_path, registration.join_path)
    ]

    assert [page_text(page).count(f"{DRAWN} {LONDON_DRAWN}") for page in pages] == [1, 1, 1]


def test_the_public_pages_show_the_hosts_clocks_alone(workshop, client):
    sign_up(client, workshop, "Europe/London")

    pages = [client.get(path) for path in ("/", workshop.get_absolute_url())]

    assert [page_text(page).count("votre heure") for page in pages] == [0, 0]


@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "America/Toronto", "America/Montreal", "", "Moon/Sea"]
)
def test_on_a_hosts_clock_there_is_no_third_one(zone, workshop, client, smtp, now):
    thanks = sign_up(client, workshop, zone)
    registration = workshop.registrations.get()
    worker.run_once(now=registration.created_at)

    contents = [page_text(page) for page in (thanks, client.get(registration.manage_path))]
    contents += [
        text(smtp.messages[0]),
        html(smtp.messages[0]),
        entry(smtp.messages[0])["DESCRIPTION"],
    ]

    assert [content.count("votre heure") for content in contents] == [0] * 5


def test_the_mail_and_the_invite_show_it_too(workshop, register, smtp, now):
    register(workshop, zone="Europe/London")

    worker.run_once(now=now)

    [message] = smtp.messages
    contents = [plain(text(message)), plain(entry(message)["DESCRIPTION"]), words(html(message))]
    assert [content.count(LONDON) for content in contents] == [1, 1, 0]
    assert contents[2].count(LONDON_DRAWN) == 1
    door = "14 h 15 (votre heure, Londres)"
    assert [content.count(door) for content in contents] == [1, 0, 1]


def test_another_day_on_that_clock_is_said(workshop, register, client, smtp, now):
    registration = register(workshop, zone="Pacific/Auckland")

    worker.run_once(now=now)

    hours = "2 h 30 – 5 h 00 (votre heure, Auckland)"
    assert plain(text(smtp.messages[0])).count(f"mardi 30 mars 2027, {hours}") == 1
    assert (
        page_text(client.get(registration.manage_path)).count(
            "Chez vous, Auckland : mardi 30 mars 2027, 2 h 30 – 5 h 00"
        )
        == 1
    )


def test_in_english_the_city_has_its_english_name(workshop, register, client):
    registration = register(workshop, zone="Europe/London", language="en")

    page = client.get(f"/en/i/{registration.manage_token}/")

    assert page_text(page).count("Where you are (London): 14:30 – 17:00") == 1
    assert page_text(page).count("Time zone London") == 1


@pytest.mark.parametrize(("zone", "times"), [("Asia/Tokyo", 1), ("", 0)])
def test_the_person_corrects_it_and_the_next_mail_follows(
    zone, times, workshop, register, client, smtp, now
):
    registration = register(workshop, zone="Europe/London")
    details = {
        "first_name": "Zoé",
        "last_name": "Tremblay",
        "organisation": "",
        "language": "fr",
        "zone": zone,
    }

    client.post(f"{registration.manage_path}modifier/", details)
    worker.run_once(now=now)

    registration.refresh_from_db()
    shown = page_text(client.get(registration.manage_path))
    assert registration.zone == zone
    told = plain(text(smtp.messages[0]))
    tokyo = "22 h 30 – 1 h 00 le mardi 30 mars 2027"
    assert [shown.count("Londres"), told.count("Londres")] == [0, 0]
    assert shown.count(f"Chez vous, Tokyo : {tokyo}") == times
    assert told.count(f"{tokyo} (votre heure, Tokyo)") == times


def test_the_zone_is_chosen_by_city_among_its_region(workshop, register, client):
    registration = register(workshop, zone="Europe/London")

    page = client.get(f"{registration.manage_path}modifier/").content.decode()

    select = page[page.index('<select name="zone"') :].split("</select>")[0]
    assert re.findall(r'<option value="([^"]*)" selected>(.*?)</option>', select) == [
        ("Europe/London", "Londres")
    ]
    europe = re.search(r'<optgroup label="Europe">(.*?)</optgroup>', select, re.S)[1]
    assert [select.count('value="Europe/Paris"'), europe.count('value="Europe/Paris"')] == [1, 0]
    hosts = re.findall(r'<option value="(America/Toronto|Europe/Paris)">(.*?)</option>', select)
    assert hosts == [("America/Toronto", "heure du Québec"), ("Europe/Paris", "heure de France")]


@pytest.mark.django_db(transaction=True)
def test_the_browser_fills_it_in_and_every_page_shows_the_persons_clock(
    workshop, fast_typists, open_page
):
    page = open_page(f"/ateliers/{workshop.slug}/inscription/", zone="Europe/London")
    for name in ("first_name", "last_name", "email"):
        page.fill(f"[name={name}]", typed()[name])
    guessed = page.input_value("[name=zone]")
    page.get_by_role("button", name="M’inscrire").click()
    thanks = page.locator(".own-hour").all_inner_texts()

    registration = Registration.objects.get()
    page.goto(registration.manage_path)
    manage = page.locator(".own-hour").all_inner_texts()

    assert (guessed, registration.zone) == ("Europe/London", "Europe/London")
    assert [plain(line) for line in thanks + manage] == [LONDON_DRAWN, LONDON_DRAWN]
    assert page.complaints == []


@pytest.mark.django_db(transaction=True)
def test_without_scripts_nothing_is_guessed_and_one_registers_all_the_same(
    workshop, fast_typists, open_page
):
    page = open_page(
        f"/ateliers/{workshop.slug}/inscription/", zone="Europe/London", javascript=False
    )
    for name in ("first_name", "last_name", "email"):
        page.fill(f"[name={name}]", typed()[name])
    page.get_by_role("button", name="M’inscrire").click()

    assert Registration.objects.get().zone == ""
    assert [page.locator(".half").count(), page.locator(".own-hour").count()] == [2, 0]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/London", ["Chez vous, Londres : 14 h 30 – 17 h 00"]),
        ("Pacific/Auckland", ["Chez vous, Auckland : mardi 30 mars 2027, 2 h 30 – 5 h 00"]),
        ("Asia/Kathmandu", []),
        ("America/Montreal", []),
        ("America/Toronto", []),
        ("America/New_York", []),
        ("America/Martinique", []),
    ],
)
def test_a_visitor_to_whom_a_hosts_clock_shows_the_hours_sees_no_other_one(
    zone, shown, make_workshop, open_page
):
    """Whatever the browser calls the zone: Chromium still says Asia/Katmandu."""
    workshop = make_workshop("Québec", "Katmandou")

    page = open_page(workshop.get_absolute_url(), zone=zone)

    assert [plain(line) for line in page.locator(".own-hour").all_inner_texts()] == shown


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, ""),
        ({"starts_at": NOW - timedelta(hours=3), "ends_at": NOW}, " standing-past"),
        ({"state": Workshop.State.CANCELLED}, " standing-cancelled"),
    ],
)
def test_a_workshop_that_is_not_to_come_looks_so_and_has_no_hour_elsewhere(
    facts, standing, make_workshop, register, client
):
    workshop = make_workshop()
    registration = register(workshop, zone="")
    Workshop.objects.filter(pk=workshop.pk).update(**facts)

    paths = [registration.manage_path, workshop.get_absolute_url()]
    paths += [] if "state" in facts else [registration.join_path]
    own, public, *join = (client.get(path).content.decode() for path in paths)

    tickets = [f'<div class="ticket{standing}">' in html for html in (own, *join)]
    assert tickets == [True] * len(tickets)
    hours = [html.count("data-own-hour=") for html in (own, public, *join)]
    assert hours == [0 if standing else 1] * len(hours)


def test_after_the_end_ones_own_page_says_so_once(make_workshop, register, client):
    workshop = make_workshop()
    registration = register(workshop)
    Workshop.objects.update(starts_at=NOW - timedelta(hours=3), ends_at=NOW)

    text = page_text(client.get(registration.manage_path))

    assert text.count("L’atelier est terminé Votre place était confirmée.") == 1
