"""What stands on the first screen of a workshop's page, with the title of the first workshop."""

from datetime import datetime, timedelta

import pytest

from events.models import Hosting, Workshop
from tests.helpers.logos import give_logos

pytestmark = [pytest.mark.django_db(transaction=True)]
# The smallest phone in use, a usual one, a laptop.
SCREENS = [(320, 568), (360, 740), (1280, 720)]
PARTS = [".stamp", ".half", ".own-hour", "main .btn"]
# Where each of them ends, the first button alone; 0 for what is not there.
LOWEST = """parts => Object.fromEntries(parts.map(name => {
    const found = [...document.querySelectorAll(name)].slice(0, name === "main .btn" ? 1 : 9);
    return [name, Math.max(0, ...found.map(each => each.getBoundingClientRect().bottom))];
}))"""


@pytest.fixture
def states(praxis, make_workshop, register, communities):
    """{state: the path of a workshop that is in it}, all with the title of the first one."""
    past, coming = praxis

    def make(*places, **fields):
        return make_workshop(*places, title=coming.title, banner=coming.banner, **fields)

    full = make(capacity=1)
    register(full)
    odd_and_full = make(capacity=1, start=datetime(2027, 3, 22, 9, 30))
    register(odd_and_full)
    kept = make(capacity=1)
    Hosting.objects.filter(workshop=kept, position=2).update(reserved_seats=1)
    replay = make(start=datetime(2023, 3, 27, 9, 30))
    stays = {"replay_url": "https://video.example/1", "afterwards_is_public": True}
    Workshop.objects.filter(pk=replay.pk).update(**stays)
    found = {
        "open": coming,
        "full": full,
        "full, an odd week": odd_and_full,
        "seats kept": kept,
        "three hosts": make("Québec", "France", "Martinique"),
        "not yet open": make(registration_opens_at=coming.starts_at - timedelta(days=9)),
        "closed": make(registration_open=False),
        "cancelled": make(state=Workshop.State.CANCELLED),
        "past": past,
        "past, with a replay": replay,
    }
    return {state: workshop.get_absolute_url() for state, workshop in found.items()}


def test_state_hours_ones_own_and_the_button_stand_there_in_each_state(states, open_page):
    page, lowest = open_page("about:blank", zone="Europe/London"), {}
    for state, path in states.items():
        page.goto(path)
        for width, height in SCREENS[1:]:
            page.set_viewport_size({"width": width, "height": height})
            lowest[state, height] = page.evaluate(LOWEST, PARTS)

    too_low = {
        (state, height): {name: bottom for name, bottom in found.items() if bottom > height}
        for (state, height), found in lowest.items()
    }
    assert {screen: found for screen, found in too_low.items() if found} == {}
    for _width, height in SCREENS[1:]:
        without = {
            name: [state for state in states if not lowest[state, height][name]] for name in PARTS
        }
        assert without == {
            ".stamp": ["open", "three hosts"],
            ".half": [],
            ".own-hour": ["cancelled", "past", "past, with a replay"],
            "main .btn": ["not yet open"],
        }


@pytest.mark.parametrize("has_logos", [False, True])
def test_both_hours_ones_own_and_the_button_stand_on_the_first_screen(has_logos, praxis, open_page):
    _past, coming = praxis
    if has_logos:
        give_logos(coming)
    page, found = open_page(coming.get_absolute_url(), zone="Europe/London"), {}
    for width, height in SCREENS:
        page.set_viewport_size({"width": width, "height": 800})
        halves = [half.bounding_box() for half in page.locator(".half").all()]
        own, button = (page.locator(name).bounding_box() for name in (".own-hour", ".btn >> nth=0"))
        sizes = page.evaluate(
            "[...document.querySelectorAll('main *')].map(e => "
            "parseFloat(getComputedStyle(e).fontSize))"
        )
        start = page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.half-start')).fontSize)"
        )
        found[width, height] = (
            halves[0]["y"] == halves[1]["y"],
            own["y"] + own["height"] < button["y"] + button["height"] < height,
            start == max(sizes),
        )

    assert found == dict.fromkeys(SCREENS, (True, True, True))
