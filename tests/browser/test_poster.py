"""The poster in Chromium: printed on one sheet, its code read from the screen, its button."""

import io
import subprocess
from datetime import datetime
from itertools import product

import pytest
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from tests.events.test_poster import SENTENCE, dress, longest

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["longest"]

SHEETS = {"a4": (595, 842), "letter": (612, 792)}


def printed(page):
    """The PDF that Chromium prints, on the paper that the page's own style asks for."""
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_chromium_prints_the_poster_on_one_sheet(paper, praxis, longest, open_page):
    _past, coming = praxis
    page = open_page(f"{coming.get_absolute_url()}affiche/?format={paper}")
    usual = printed(page)
    page.goto(f"{longest.get_absolute_url()}affiche/?format={paper}")
    full = printed(page)

    sizes = [tuple(round(side) for side in pdf.pages[0].mediabox[2:]) for pdf in (usual, full)]
    text = " ".join(full.pages[0].extract_text().split())
    assert [len(pdf.pages) for pdf in (usual, full)] == [1, 1]
    assert [
        abs(a - b) <= 1 for size in sizes for a, b in zip(size, SHEETS[paper], strict=True)
    ] == ([True] * 4)
    assert text.count(" ".join(f"7 {SENTENCE * 4}"[:250].split()[:6])) == 1
    assert page.complaints == []


@pytest.mark.parametrize("has_logos", [False, True])
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_in_chromium_the_longest_texts_end_above_the_hours(paper, has_logos, longest, open_page):
    if has_logos:
        dress(longest)
    page = open_page(f"{longest.get_absolute_url()}affiche/?format={paper}")

    ends = page.evaluate(
        """() => {
            const box = name => document.querySelector(name).getBoundingClientRect();
            return [box(".top").bottom <= box(".bottom").top,
                    box(".address").bottom <= box(".sheet").bottom,
                    box(".sheet").height >= document.querySelector(".sheet").scrollHeight - 1];
        }"""
    )

    assert ends == [True, True, True]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_the_hours_stay_in_their_halves_and_these_fill_the_sheet(
    count, make_workshop, communities, open_page
):
    places = ["Québec", "France", "Martinique", "La Réunion", "Casablanca"][:count]
    workshop = make_workshop(*places, start=datetime(2027, 3, 29, 22, 0))
    page, found = open_page("about:blank"), {}
    for language, paper in product(["fr", "en"], SHEETS):
        with translation.override(language):
            page.goto(f"{reverse('events:poster', args=[workshop.slug])}?format={paper}")
        overflow, last, right = page.evaluate(
            """() => {
                const starts = [...document.querySelectorAll(".half-start")];
                const right = part => part.getBoundingClientRect().right;
                return [starts.map(start => start.scrollWidth - start.clientWidth),
                        right(document.querySelector(".half:last-child")),
                        right(document.querySelector(".sheet"))];
            }"""
        )
        found[language, paper] = overflow, abs(last - right) < 1

    assert found == dict.fromkeys(product(["fr", "en"], SHEETS), ([0] * count, True))


def test_a_phone_reads_the_code_from_the_screen(praxis, open_page, tmp_path):
    _past, coming = praxis
    page = open_page(f"{coming.get_absolute_url()}affiche/")
    page.locator(".qr").screenshot(path=tmp_path / "code.png")

    line = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", tmp_path / "code.png"]
    read = subprocess.run(line, check=True, capture_output=True, text=True).stdout

    assert read == f"https://ateliers.example.org{coming.get_absolute_url()}\n"


@pytest.mark.parametrize("javascript", [True, False])
def test_the_button_prints_and_stands_only_where_it_can(javascript, praxis, open_page):
    _past, coming = praxis
    page = open_page(f"{coming.get_absolute_url()}affiche/", javascript=javascript)

    button = page.locator("#print")
    shown = button.is_visible()
    if javascript:
        page.evaluate("window.print = () => { window.printed = true; }")
        button.click()
        page.wait_for_function("window.printed")

    assert shown == javascript
    assert page.complaints == []


def test_nobodys_own_hour_is_on_the_poster(praxis, open_page):
    _past, coming = praxis
    page = open_page(f"{coming.get_absolute_url()}affiche/", zone="Asia/Tokyo")

    assert page.get_by_text("Chez vous").count() == 0
    assert page.locator(".half-start").all_inner_texts() == [
        "9\u00a0h\u00a030",
        "15\u00a0h\u00a030",
    ]
