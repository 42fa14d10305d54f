"""The reader's own hour in Chromium: its city in French, another zone on the spot, no trace."""

from datetime import datetime

import pytest

from praxis import zones
from registrations.models import Registration
from tests.helpers.axe import AXE
from tests.helpers.mails import plain
from tests.helpers.people import typed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast_typists")]

LONDON = "Chez vous, Londres : 14 h 30 – 17 h 00"
TOKYO = "Chez vous, Tokyo : 22 h 30 – 1 h 00 le mardi 30 mars 2027"


def own_hours(page):
    return [plain(line) for line in page.locator(".own-hour").all_inner_texts()]


def choose(page, zone):
    """Choose another zone by keyboard; what has the focus is asked by its role and its name."""
    page.locator(".own-zone summary").first.focus()
    page.keyboard.press("Enter")
    page.locator(".own-zone option").first.wait_for(state="attached")
    page.keyboard.press("Tab")
    select = page.locator(":focus")
    assert select.get_attribute("aria-label") == "Fuseau horaire"
    page.keyboard.type(zone)


def test_french_pages_call_each_city_as_our_mails_do(workshop, open_page):
    page = open_page(workshop.get_absolute_url())

    said = page.evaluate(
        "Object.fromEntries(Intl.supportedValuesOf('timeZone').map(name => [name, city(name)]))"
    )

    wanted = {name: zones.city_in("fr", zones.canonical(name)) for name in said if "/" in name}
    # Chromium's names of four zones are aliases of another city's: they keep their own.
    wanted |= {
        "Africa/Asmera": "Asmara",
        "America/Coral_Harbour": "Atikokan",
        "Pacific/Ponape": "Pohnpei",
        "Pacific/Truk": "Chuuk",
    }
    # Where babel adds a state, « Knox [Indiana] », the city is enough.
    wanted = {
        name: said[name] if city.startswith((f"{said[name]} [", f"{said[name]} (")) else city
        for name, city in wanted.items()
    }
    assert {name: city for name, city in said.items() if "/" in name} == wanted
    assert len(wanted) > 400


def test_another_zone_is_chosen_by_keyboard_and_read_out(workshop, open_page):
    page = open_page(workshop.get_absolute_url(), zone="Europe/London")
    assert own_hours(page) == [LONDON]
    assert page.locator(".own-hour").get_attribute("role") is None

    choose(page, "Tokyo")

    assert own_hours(page) == [TOKYO]
    assert page.locator(".own-hour").get_attribute("role") == "status"
    assert page.complaints == []


def test_the_choice_is_remembered_nowhere(workshop, open_page):
    page = open_page(workshop.get_absolute_url(), zone="Europe/London")
    choose(page, "Tokyo")

    kept = page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    page.reload()

    assert (kept, own_hours(page)) == ([0, 0, ""], [LONDON])


def test_the_open_choice_has_the_order_of_french_names_and_no_fault(workshop, open_page):
    page = open_page(workshop.get_absolute_url(), zone="Europe/London")
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.locator(".own-zone summary").click()

    names = page.locator(".own-zone option").all_inner_texts()

    assert names[:3] == ["Abidjan", "Accra", "Achgabat"]
    assert [name for name in names if name.startswith("É")] == ["Éfaté"]
    assert names.index("Edmonton") < names.index("Éfaté") < names.index("Ekaterinbourg")
    assert page.locator(".own-zone select").input_value() == "Europe/London"
    page.evaluate(AXE.read_text(encoding="utf-8"))
    faults = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate("axe.run('.own-clock').then(found => found.violations)")
        faults[scheme] = [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    assert faults == {"light": [], "dark": []}


def test_the_form_sends_the_zone_that_was_chosen(workshop, open_page):
    page = open_page(f"/ateliers/{workshop.slug}/inscription/", zone="Europe/London")
    choose(page, "Tokyo")
    for name in ("first_name", "last_name", "email"):
        page.fill(f"[name={name}]", typed()[name])
    page.get_by_role("button", name="M’inscrire").click()
    page.locator(".address").wait_for()

    assert Registration.objects.get().zone == "Asia/Tokyo"


def test_a_past_workshop_has_no_hour_of_ones_own(praxis, open_page):
    past, coming = praxis
    page = open_page(past.get_absolute_url(), zone="Europe/London")
    of_past = page.locator(".own-clock").count()
    page.goto(coming.get_absolute_url())

    assert (of_past, page.locator(".own-clock").count()) == (0, 1)
    page.emulate_media(media="print")
    assert not page.locator(".own-clock").is_visible()


def test_one_choice_is_for_all_the_workshops_on_a_page(make_workshop, open_page):
    for day in (29, 30):
        make_workshop(start=datetime(2027, 3, day, 9, 30))
    page = open_page("/", zone="Europe/London")
    before = own_hours(page)

    choose(page, "Reykjavik")

    assert (before, own_hours(page)) == (
        [LONDON, LONDON],
        ["Chez vous, Reykjavik : 13 h 30 – 16 h 00"] * 2,
    )


def test_a_browser_that_knows_no_list_of_zones_shows_the_hour_alone(
    workshop, open_page, live_server
):
    page = open_page("about:blank", zone="Europe/London", own=True)
    page.add_init_script("delete Intl.supportedValuesOf")
    page.goto(live_server.url + workshop.get_absolute_url())

    assert own_hours(page) == [LONDON]
    assert page.locator(".own-zone").count() == 0
    assert page.complaints == []


def test_the_open_choice_scrolls_nothing_sideways(workshop, open_page):
    page = open_page(workshop.get_absolute_url(), zone="America/St_Johns")
    page.locator(".own-zone summary").click()

    shown = {}
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        is_high = page.locator(".own-zone summary").bounding_box()["height"] >= 24
        shown[width] = page.evaluate("document.documentElement.scrollWidth"), is_high

    assert shown == {320: (320, True), 360: (360, True), 1280: (1280, True)}
