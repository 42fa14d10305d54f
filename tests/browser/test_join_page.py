"""The join page in Chromium: it loads itself anew when the room opens, unless a link stopped it."""

from datetime import timedelta

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(make_workshop, register, open_page, time_machine):
    """The join page two seconds before the room opens, without JavaScript."""
    workshop = make_workshop(meeting_url="https://zoom.example/j/1")
    registration = register(workshop)
    time_machine.move_to(workshop.door_opens_at - timedelta(seconds=2))
    return open_page(registration.join_path, javascript=False)


def heading(page):
    return page.get_by_role("heading", level=1)


def test_when_the_room_opens_the_button_appears_by_itself(waiting):
    assert heading(waiting).inner_text() == "La salle n’est pas encore ouverte"

    waiting.get_by_role("button", name="Entrer dans la salle").wait_for(timeout=15_000)

    assert heading(waiting).inner_text() == "La salle est ouverte"
    assert waiting.complaints == []


def test_by_keyboard_one_stops_it_and_loads_the_page_when_one_likes(waiting):
    waiting.get_by_role("link", name="Ne pas la recharger automatiquement").focus()
    waiting.keyboard.press("Enter")
    waiting.get_by_text("Cette page ne se recharge pas d’elle-même.").wait_for()
    waiting.wait_for_timeout(4000)
    still = heading(waiting).inner_text()
    waiting.get_by_role("link", name="Actualiser la page").focus()
    waiting.keyboard.press("Enter")
    waiting.get_by_role("button", name="Entrer dans la salle").wait_for()

    assert still == "La salle n’est pas encore ouverte"
    assert waiting.complaints == []
