"""The desk's first page and the overview of a workshop in a real browser."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events.models import Hosting
from registrations.models import BallotBox, Need, OutgoingMail, Registration, heartbeat
from registrations.models.ballot_box import CHOSEN
from tests.browser.test_states import violations
from tests.helpers.desk import overview

pytestmark = [pytest.mark.django_db(transaction=True)]

ROOM = "https://zoom.example/j/1"
MINUTES = timedelta(minutes=1)


@pytest.fixture
def at(make_workshop, now):
    """Make a workshop that `starts` so long after now."""

    def make(starts, **fields):
        times = {"starts_at": now + starts, "ends_at": now + starts + 120 * MINUTES}
        return make_workshop(**times | fields)

    return make


@pytest.fixture
def running(at, communities, register, now):
    """A workshop that runs, with people of each host who came, one who waits, a mail that failed;
    and its hosts' odd distance.
    """
    workshop = at(-20 * MINUTES, meeting_url=ROOM, capacity=9)
    Hosting.objects.filter(workshop=workshop, position=2).update(reserved_seats=3)
    for number, place in enumerate(["Québec", "France", None, "France"]):
        person = register(
            workshop, email=f"p{number}@example.org", community=communities.get(place)
        )
        Registration.objects.filter(pk=person.pk).update(
            joined_at=now - (20 - number) * MINUTES, created_at=now - timedelta(days=number)
        )
    OutgoingMail.objects.filter(registration=person).update(state="failed")
    return workshop


def test_the_first_screen_of_a_phone_shows_what_is_urgent_and_the_next_session(
    desk_page, at, running
):
    heartbeat.beat()
    at(50 * MINUTES, title="Une salle sans adresse")
    at(timedelta(days=3), title="Un brouillon", state="draft")
    at(-timedelta(days=2), title="Passé", meeting_url=ROOM)
    desk_page.goto("/admin/")

    assert violations(desk_page) == {}
    desk_page.set_viewport_size({"width": 360, "height": 740})
    urgent = desk_page.locator(".to-do").bounding_box()
    assert urgent["y"] + urgent["height"] < 370
    assert desk_page.locator(".session h3").first.bounding_box()["y"] < 600
    assert desk_page.evaluate("document.documentElement.scrollWidth") == 360
    desk_page.get_by_role("link", name="Ajoutez l’adresse de la rencontre").first.click()
    desk_page.locator("#id_meeting_url").wait_for()
    assert desk_page.complaints == []


def test_overview_and_evaluation_show_pictures_that_fit_a_phone_and_tables(desk_page, running):
    desk_page.goto(overview(running))
    for details in desk_page.locator("details").all():
        details.evaluate("each => each.open = true")

    assert violations(desk_page) == {}
    desk_page.set_viewport_size({"width": 360, "height": 740})
    assert desk_page.evaluate("document.documentElement.scrollWidth") == 360
    picture = desk_page.get_by_role("img", name="Qui est entré, minute par minute")
    assert picture.bounding_box()["width"] > 250
    BallotBox.objects.create(
        workshop=running,
        answers=5,
        counts={name: dict.fromkeys(answers, 1) for name, (_q, answers) in CHOSEN.items()},
        remarks=["intercommunautairement" * 8],
    )
    desk_page.goto(reverse("admin:events_workshop_evaluation", args=[running.pk]))
    for details in desk_page.locator("details").all():
        details.evaluate("each => each.open = true")
    assert violations(desk_page) == {}
    desk_page.set_viewport_size({"width": 360, "height": 740})
    assert desk_page.evaluate("document.documentElement.scrollWidth") == 360
    assert desk_page.complaints == []


def test_the_list_of_needs_has_no_fault_and_fits_a_phone(desk_page, running, now):
    for person in running.registrations.all()[:2]:
        Need.objects.create(registration=person, text="Anticonstitutionnellement " * 9, said_at=now)
    desk_page.goto(reverse("admin:events_workshop_needs", args=[running.pk]))

    assert violations(desk_page) == {}
    desk_page.set_viewport_size({"width": 360, "height": 740})
    assert desk_page.evaluate("document.documentElement.scrollWidth") == 360
    assert desk_page.complaints == []
