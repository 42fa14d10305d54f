"""The pages that Chromium keeps from one test to the next: nothing of the earlier test is there."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)

USUAL = {"javascript": True, "zone": "America/Toronto"}
REMEMBER = """async () => {
    document.cookie = "a=b; path=/";
    localStorage.a = sessionStorage.a = window.name = "b";
    await (await caches.open("a")).put("/a", new Response("b"));
}"""
REMEMBERED = """async () => [
    document.cookie, localStorage.length, sessionStorage.length, window.name,
    (await caches.keys()).length,
    matchMedia("(prefers-color-scheme: dark)").matches, matchMedia("print").matches,
    matchMedia("(forced-colors: active)").matches,
    matchMedia("(prefers-reduced-motion: reduce)").matches,
    performance.getEntriesByType("resource").filter(each => each.transferSize === 0).length,
]"""


def test_a_page_given_back_remembers_nothing(workshop, kept_pages):
    page = kept_pages.take(**USUAL)
    page.goto(workshop.get_absolute_url())
    at_first = page.evaluate(REMEMBERED)
    page.evaluate(REMEMBER)
    page.emulate_media(color_scheme="dark", forced_colors="active", reduced_motion="reduce")
    page.reload()
    page.emulate_media(media="print")
    remembered = page.evaluate(REMEMBERED)
    page.context.new_page().goto("/")

    kept_pages.give_back(page)
    again = kept_pages.take(**USUAL)
    again.goto(workshop.get_absolute_url())
    later = again.evaluate(REMEMBERED)
    pages = again.context.pages
    kept_pages.give_back(again)

    assert (again, pages) == (page, [page])
    assert at_first == later == ["", 0, 0, "", 0, False, False, False, False, 0]
    assert remembered[:-1] == ["a=b", 1, 1, "b", 1, True, True, True, True]
    assert remembered[-1] > 0


def test_a_kept_page_has_the_zone_and_the_scripts_that_its_test_asks_for(workshop, kept_pages):
    found = []
    for javascript, zone in ((False, "Asia/Tokyo"), (True, "Europe/London"), (False, "Asia/Tokyo")):
        page = kept_pages.take(javascript=javascript, zone=zone)
        page.goto(workshop.get_absolute_url())
        shown = page.locator(".own-hour").count()
        here = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
        found.append((page, javascript, shown, here == zone))
        kept_pages.give_back(page)

    assert found == [(page, False, 0, True), (page, True, 1, True), (page, False, 0, True)]


def test_what_outlasts_a_test_is_done_to_a_page_of_its_own_alone(open_page):
    kept, own = open_page("about:blank"), open_page("about:blank", own=True)

    for page in (kept, kept.context):
        with pytest.raises(AssertionError, match="own=True"):
            page.add_init_script("window.a = 1")
    own.context.add_init_script("window.a = 1")

    assert kept.context != own.context
