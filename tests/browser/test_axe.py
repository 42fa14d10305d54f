"""axe-core, as our tests ask it: by width and by scheme, on one page after another."""

import pytest

from tests.helpers.axe import bring_axe, violations

pytestmark = pytest.mark.django_db(transaction=True)

STYLE = """
    main { background: #fff; color: #000; font: 1rem sans-serif }
    button { border: 0; padding: 0; width: 20px; height: 10px; display: block }
    @media (min-width: 500px) { button { width: 200px; height: 50px } }
    @media (max-width: 500px) and (prefers-color-scheme: dark) { .dark { color: #bbb } }
    @media (min-width: 500px) and (prefers-color-scheme: dark) { .late { color: #bbb } }
    @media (min-width: 500px) and (prefers-color-scheme: light) { .light { color: #bbb } }
"""
# The rules that look at what is fetched beforehand, and which of them can find a fault: neither
# those that are off (experimental) nor those that only ask somebody to have a look (reviewOnFail).
FETCHING = """() => axe._audit.rules.filter(rule => rule.preload).map(rule =>
    [rule.id, !rule.tags.includes("experimental") && !rule.reviewOnFail])"""


@pytest.mark.parametrize("is_brought", [True, False])
def test_each_fault_is_found_where_it_is_and_nowhere_else(is_brought, open_page):
    page = open_page("about:blank", own=is_brought)
    if is_brought:
        bring_axe(page)
        page.reload()
    page.set_content(
        f"<!doctype html><html lang=en><title>A page</title><style>{STYLE}</style><main>"
        "<h1>A page</h1><p class=dark>Dark</p><p class=light>Light</p><p class=late>Late</p>"
        "<img src=data:,><button>a</button><button>b</button></main>"
    )

    found = violations(page)
    fetching = page.evaluate(FETCHING)

    assert {key: {each.partition(":")[0] for each in faults} for key, faults in found.items()} == {
        (320, "light"): {"image-alt", "target-size"},
        (320, "dark"): {"color-contrast"},
        (1280, "dark"): {"color-contrast"},
        (1280, "light"): {"image-alt", "color-contrast"},
    }
    assert fetching == [["css-orientation-lock", False], ["no-autoplay-audio", False]]
