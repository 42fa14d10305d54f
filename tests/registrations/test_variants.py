"""How each side of the ocean writes: « courriel » or « e-mail », "9:30 a.m." or "09:30"."""

from datetime import timedelta

import icalendar
import pytest
from django.urls import reverse
from django.utils import translation

from praxis import languages
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import typed
from tests.registrations.test_golden_mails import CASES, as_files, composed, stage

__all__ = ["stage"]
pytestmark = pytest.mark.one_database

MAIL_IN_FRENCH = {"Europe/Paris": "e\u2011mail", "America/Toronto": "courriel", "": "courriel"}


@pytest.mark.parametrize(
    ("zone", "language", "variant"),
    [
        ("Europe/Paris", "fr", "fr-150"),
        ("Europe/Brussels", "fr", "fr-150"),
        ("America/Toronto", "fr", "fr"),
        ("America/Martinique", "fr", "fr-150"),
        ("Indian/Reunion", "fr", "fr-150"),
        ("Pacific/Tahiti", "fr", "fr-150"),
        ("America/Port-au-Prince", "fr", "fr"),
        ("Europe/London", "en", "en-gb"),
        ("America/New_York", "en", "en-ca"),
        ("America/St_Johns", "en", "en-ca"),
        ("America/Sao_Paulo", "en", "en-gb"),
        ("UTC", "en", "en-gb"),
    ],
)
def test_a_zone_says_which_variant_its_people_write(zone, language, variant):
    assert languages.written_in(zone, language) == variant


@pytest.mark.parametrize("name", CASES)
def test_no_mail_says_courriel_to_somebody_in_europe(name, stage):
    register = stage.register
    stage.register = lambda *args, **facts: register(*args, **facts | {"zone": "Europe/Paris"})
    stage.zone = "Europe/Paris"

    mail = as_files(composed(CASES[name](stage)))

    assert (mail["txt"].count(b"courriel"), mail["html"].count(b"courriel")) == (0, 0)


@pytest.mark.parametrize("zone", MAIL_IN_FRENCH)
def test_private_pages_say_what_people_say_there(zone, make_workshop, register, client, now):
    workshop = make_workshop(capacity=1)
    seated, waiting = (
        register(workshop, email=f"{name}@example.org", zone=zone) for name in ("ada", "bob")
    )
    word = MAIL_IN_FRENCH[zone]
    other = ({"e\u2011mail", "courriel"} - {word}).pop()

    for registration in (seated, waiting):
        for path in ("", "modifier/", "effacer/"):
            text = page_text(client.get(registration.manage_path + path)).lower()
            assert (text.count(word) > 0, text.count(other)) == (True, 0)
    text = page_text(client.get(waiting.join_path))
    assert (text.count(word), text.count(other)) == (1, 0)


@pytest.mark.parametrize("zone", MAIL_IN_FRENCH)
def test_so_does_the_page_after_the_form_and_the_next_visitors_page_does_not(
    zone, workshop, client
):
    client.post(form_of(workshop), typed(zone=zone))

    page = client.get(reverse("registrations:thanks", args=[workshop.slug]))
    form = page_text(client.get(form_of(workshop)))

    assert page_text(page).count(f"Un {MAIL_IN_FRENCH[zone]} est en route vers") == 1
    assert (form.count("courriel") > 0, form.count("e\u2011mail")) == (True, 0)


def test_links_and_languages_of_a_private_page_are_those_of_its_address(workshop, register, client):
    registration = register(workshop, zone="Europe/Paris")

    html = client.get(registration.manage_path).content.decode()

    assert html.count('<html lang="fr-150">') == 1
    assert html.count(f'href="{registration.manage_path}modifier/"') == 1
    assert html.count(f'href="/en{registration.manage_path}" lang="en"') == 1
    assert html.count(f'href="/ateliers/{workshop.slug}/"') == 1


HOURS = {
    "America/New_York": "Québec 9:30 a.m. until 12:00 p.m. France 3:30 p.m. until 6:00 p.m.",
    "Europe/Paris": "Québec 09:30 until 12:00 France 15:30 until 18:00",
}


@pytest.mark.parametrize("zone", HOURS)
def test_english_hours_are_written_as_where_the_person_is(zone, workshop, register, client):
    registration = register(workshop, zone=zone, language="en")
    with translation.override("en"):
        paths = [registration.manage_path, registration.join_path]

    for path in paths:
        assert page_text(client.get(path)).count(HOURS[zone]) == 1


def test_public_english_hours_are_written_as_where_the_first_host_is(make_workshop, client):
    here, there = make_workshop("Québec", "France"), make_workshop("France", "Québec")

    pages = [page_text(client.get(f"/en/workshops/{each.slug}/")) for each in (here, there)]
    listed = page_text(client.get("/en/"))

    assert pages[0].count(HOURS["America/New_York"]) == 1
    assert pages[1].count("France 09:30 until 12:00 Québec 03:30 until 06:00") == 1
    assert (listed.count("9:30 a.m. until"), listed.count("09:30 until")) == (1, 1)


def test_midnight_and_noon_are_twelve(make_workshop, client, now):
    workshop = make_workshop("Québec", "France", hours=12)
    workshop.starts_at = workshop.starts_at.replace(hour=4, minute=0)
    workshop.ends_at = workshop.starts_at + timedelta(hours=12)
    workshop.save()

    text = page_text(client.get(f"/en/workshops/{workshop.slug}/"))

    assert text.count("Québec 12:00 a.m. until 12:00 p.m.") == 1


def test_an_invite_stays_as_it_is_and_what_is_published_is_written_as_its_page(
    workshop, register, client
):
    registration = register(workshop, zone="America/New_York", language="en")

    files = [client.get(f"/en/i/{registration.manage_token}/invitation.ics")]
    files.append(client.get("/en/calendar.ics"))

    said = []
    for file in files:
        (entry,) = icalendar.Calendar.from_ical(file.content).events
        said.append([entry["DESCRIPTION"].count(hour) for hour in ("09:30", "9:30\u00a0a.m.")])
    assert said == [[1, 0], [0, 1]]
