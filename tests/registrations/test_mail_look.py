"""How mails look: their bands, the twin clock as tables, and what mail programs make of them."""

import colorsys
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings

from events import twin_clock
from events.colours import FADED, HEX
from events.models import Community
from registrations.mail import drawing
from registrations.mail.kinds import Kind
from tests.helpers.mails import words
from tests.registrations.test_golden_mails import GOLDEN

pytestmark = pytest.mark.one_database

MAILS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.html"))}


def test_no_two_kinds_have_the_same_band():
    bands = [kind.rules.band for kind in Kind]
    assert len({band.paper for band in bands}) == len(Kind)
    # Without colours, shape and mark still tell them apart.
    shapes = {re.sub("#[0-9a-f]{6}", "", band.edge) + band.mark for band in bands}
    assert len(shapes) == len(Kind)


def test_the_colours_of_mails_are_those_of_the_pages():
    sheet = (Path(settings.BASE_DIR) / "static" / "praxis.css").read_text(encoding="utf-8")
    of_pages = dict(re.findall(r"^\.colour-(\w+) \{ --host: (#[0-9a-f]{6});", sheet, re.M))
    assert of_pages == {str(colour.value): value for colour, value in HEX.items()}
    assert set(HEX) == set(Community.Colour)


class Grounds(HTMLParser):
    """Collects (ink, ground) of each piece of text that is seen, and the cells that Word misreads.

    The ground is that of the nearest element with one, as mail programs draw it.
    """

    VOID = {"br", "meta", "hr", "img", "link"}

    def __init__(self, source):
        super().__init__()
        self.pairs, self.wrong = set(), []
        self.stack = [("html", "#000000", "#ffffff", True)]
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        if tag in self.VOID:
            return
        attributes = dict(attributes)
        style = dict(
            each.split(":", 1) for each in attributes.get("style", "").split(";") if ":" in each
        )
        _tag, ink, ground, is_seen = self.stack[-1]
        if "background-color" in style and attributes.get("bgcolor") != style["background-color"]:
            self.wrong.append((tag, style["background-color"]))
        is_seen &= tag not in ("head", "title") and style.get("display") != "none"
        is_seen &= attributes.get("aria-hidden") != "true"
        ink, ground = style.get("color", ink), style.get("background-color", ground)
        self.stack.append((tag, ink, ground, is_seen))

    def handle_endtag(self, tag):
        while self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        _tag, ink, ground, is_seen = self.stack[-1]
        if data.strip() and is_seen:
            self.pairs.add((ink, ground))


def rgb(colour):
    return [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(ink, ground):
    brighter, darker = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def inverted(colour):
    """With its lightness turned over, as Gmail for iOS does to all colours."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*colour)
    return colorsys.hls_to_rgb(hue, 1 - lightness, saturation)


def as_written(ink, ground):
    return ink, ground


def all_inverted(ink, ground):
    return inverted(ink), inverted(ground)


def light_ones_inverted(ink, ground):
    """As Outlook and Gmail for Android do: a light ground turns dark, a deep one stays."""
    if luminance(ground) > 0.5:
        return inverted(ink), inverted(ground)
    return ink, ground


RECOLOURED = [as_written, all_inverted, light_ones_inverted]


def test_every_word_of_every_mail_is_legible_however_it_is_recoloured():
    pairs = {name: Grounds(markup).pairs for name, markup in MAILS.items()}

    faint = [
        (name, recolour.__name__, ink, ground)
        for name, found in pairs.items()
        for recolour in RECOLOURED
        for ink, ground in found
        if contrast(*recolour(rgb(ink), rgb(ground))) < 4.5
    ]

    assert faint == []
    assert {name for name, found in pairs.items() if len(found) <= 2} == set()


@pytest.mark.parametrize("recolour", RECOLOURED)
@pytest.mark.parametrize("colour", HEX.values())
def test_every_communitys_colour_is_legible_however_it_is_recoloured(colour, recolour):
    # Our inversion is rougher than theirs: it takes no account of how bright a blue is.
    least = 4 if recolour is all_inverted else 4.5
    assert contrast(*recolour(rgb("#ffffff"), rgb(colour))) >= least


# What Word does not know, which draws mails in Outlook.
UNKNOWN = r"flex|grid|float:|position:|url\(|gradient|var\(|calc\(|rem;|<svg|<style|class="


def test_word_draws_every_ground_of_every_mail_and_meets_nothing_that_it_does_not_know():
    misread = {
        name: Grounds(markup).wrong + re.findall(UNKNOWN, markup) for name, markup in MAILS.items()
    }
    assert {name: found for name, found in misread.items() if found} == {}
    # Pictures come with the mail, and Word takes their size from their attributes alone.
    sized = r'<img src="cid:[^"]+" width="\d+" height="\d+" '
    pictures = {name: len(re.findall(sized, markup)) for name, markup in MAILS.items()}
    assert pictures == {name: markup.count("<img") for name, markup in MAILS.items()}


def test_the_clock_of_what_does_not_take_place_is_struck_out_on_grey():
    found, expected = {}, {}
    for name, markup in MAILS.items():
        is_over = re.match("(organisers-|workshop-)?(cancel|erased)", name)
        starts = markup.count("</strong><br>") if is_over else 0
        lines = markup.count("text-decoration:line-through;")
        found[name] = lines, len(re.findall(f'<td [^>]*bgcolor="{FADED}"', markup))
        # A ground twice for each half: once for its hours, once for its strip.
        expected[name] = 2 * starts, 2 * starts

    assert found == expected


def test_the_button_comes_right_after_title_and_clock():
    found = {}
    for name, markup in MAILS.items():
        if name.startswith(("cancel", "workshop-cancelled", "organisers-cancelled")):
            order = [markup.find(each) for each in ("</h1>", "line-through", "mso-padding-alt")]
            between = markup[order[0] : order[-1]]
            is_ordered = -1 not in order and order == sorted(order)
            found[name] = is_ordered, markup.count("mso-padding-alt"), "<p " in between

    assert found == dict.fromkeys(found, (True, 1, False))


def test_gmail_clips_no_mail():
    sizes = {name: len(markup.encode()) for name, markup in MAILS.items()}
    assert {name: size for name, size in sizes.items() if size >= 30_000} == {}  # of 102 kB


def test_the_hours_of_a_mail_are_those_of_the_drawing_over_the_odd_weeks(make_workshop):
    for day in ((3, 12), (3, 16), (3, 29), (10, 25), (11, 2), (11, 9)):
        workshop = make_workshop(start=datetime(2027, *day, 9, 30))
        readings = workshop.readings
        clock = twin_clock.draw(readings)

        said = words(drawing.drawn(readings, [])).casefold()

        drawn = [f"{half.place} {half.start} {half.end}" for half in clock.halves]
        expected = " ".join([clock.day, clock.gap, *drawn])
        assert said == " ".join(expected.split()).casefold()


@pytest.mark.parametrize(
    ("places", "cells"),
    [
        (["Québec"], ['width="100%"']),
        (["Québec", "France"], ['width="50%"'] * 2),
        (["Québec", "France", "La Réunion"], ['width="33%"'] * 3),
        (["Québec", "France", "La Réunion", "Katmandou"], ['width="50%"'] * 4),
        (
            ["Québec", "France", "La Réunion", "Katmandou", "Martinique"],
            [*['width="50%"'] * 4, 'colspan="2"'],
        ),
    ],
    ids=len,
)
def test_up_to_three_halves_stand_beside_each_other_and_more_in_pairs(places, cells, make_workshop):
    found = drawing.drawn(make_workshop(*places).readings, [])
    assert re.findall(r'<td ((?:width="\d+%"|colspan="2")) valign="top"', found) == cells


def test_each_half_has_its_communitys_colour(communities, make_workshop):
    communities["France"].colour = "teal"
    communities["France"].save()
    found = drawing.drawn(make_workshop().readings, [])
    assert re.findall(r'valign="top" bgcolor="(#\w+)"', found) == [HEX["blue"], HEX["teal"]]


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize("length", [0.5, 2.5, 9])
def test_a_strip_is_whole_and_shows_the_workshop(hour, length, make_workshop):
    workshop = make_workshop(start=datetime(2027, 3, 29, hour, 5), hours=length)
    for half in twin_clock.draw(workshop.readings).halves:
        pieces = drawing.strip(half)
        assert sum(width for width, _colour in pieces) == 100
        assert [colour for _width, colour in pieces].count(drawing.WORKSHOP) == 1


@pytest.mark.parametrize("width", [360, 600])
@pytest.mark.parametrize(
    "name", ["confirmation-three-hosts", "confirmation-odd", "confirmation-midnight", "update-odd"]
)
def test_no_start_breaks_and_nothing_runs_out_of_a_phone(name, width, chromium):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.set_content((GOLDEN / f"{name}.fr.html").read_text(encoding="utf-8"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    heights = page.evaluate("""
        [...document.querySelectorAll("td[valign=top] strong")].map(start => [
            start.getClientRects().length,
            start.getBoundingClientRect().right <=
                start.closest("td").getBoundingClientRect().right,
        ])
    """)
    assert {tuple(each) for each in heights} == {(1, True)}
    page.close()
