"""Logos in Chromium: shown by our own policy, without a shift; chosen at the desk."""

import pytest

from events.models import Community, Partner
from tests.helpers.logos import give_logo, png, svg

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dressed(make_workshop, communities):
    """A workshop whose two hosts and partner have logos, an SVG with a style sheet among them."""
    workshop = make_workshop()
    partner = Partner.objects.create(name="Observatoire")
    workshop.partners.add(partner)
    sheet = "<style>.a{fill:#a3341f}</style><circle class='a' cx='60' cy='60' r='50'/>"
    give_logo(communities["Québec"], svg(sheet, 'viewBox="0 0 120 120"'))
    give_logo(communities["France"], png())
    give_logo(partner)
    return workshop


def test_each_logo_is_shown_and_nothing_shifts(dressed, open_page):
    page = open_page(dressed.get_absolute_url(), width=360)

    for logo in page.locator("img.logo").all():
        logo.scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    widths = page.evaluate("[...document.images].map(image => image.naturalWidth)")
    shift = page.evaluate(
        """() => new Promise(tell => new PerformanceObserver(list =>
            tell(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
        ).observe({type: "layout-shift", buffered: true}) || setTimeout(() => tell(0), 300))"""
    )

    # On the clock, at the hosts, at the partner.
    assert (widths, shift, page.complaints) == ([512, 300, 512, 300, 512], 0, [])


def test_a_logo_that_is_opened_by_itself_is_drawn(dressed, open_page, communities):
    page = open_page(Community.objects.get(pk=communities["Québec"].pk).logo.url)

    fill = page.evaluate("getComputedStyle(document.querySelector('circle')).fill")

    assert (fill, page.complaints) == ("rgb(163, 52, 31)", [])


def test_the_desk_says_at_once_that_a_file_is_too_large(communities, desk_page):
    community = communities["Québec"]
    desk_page.goto(f"/admin/events/community/{community.pk}/change/")

    file = {"name": "logo.png", "mimeType": "image/png", "buffer": png() + b"\0" * 1_000_000}
    desk_page.set_input_files("#id_logo", file)
    desk_page.fill("#id_logo_alt", "Un cercle")
    desk_page.click("input[name=_save]")
    message = desk_page.evaluate("document.querySelector('#id_logo').validationMessage")
    stayed = desk_page.url.endswith("/change/")
    desk_page.set_input_files("#id_logo", file | {"buffer": png()})
    desk_page.click("input[name=_save]")

    assert message.startswith("Ce fichier dépasse 900\u00a0Ko.")
    assert stayed
    assert Community.objects.get(pk=community.pk).logo.width == 300
    assert desk_page.complaints == []
