"""The picture of a shared link: its size, its colours, its words, how large they are."""

import io
import re
from datetime import datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from PIL import Image, ImageColor

from events import card, card_picture
from events.colours import HEX
from events.models import Workshop
from events.readings import day_words
from events.type_measure import SANS_BOLD, font, width
from tests.events.test_twin_clock import ODD_WEEKS, STATIC
from tests.helpers.clock import NOW
from tests.helpers.logos import give_logo
from tests.helpers.mails import plain

pytestmark = pytest.mark.one_database

HALF_START = r'class="half-start"[^>]*>([^<]+)<'
SHOWN_WIDE = 400  # pixels, in a chat on a phone
LONGEST = "Construire ensemble une culture des données par l’usage, sur tous les territoires. " * 3


def picture_of(workshop, client):
    response = client.get(reverse("events:workshop_picture", args=[workshop.slug]))
    assert response.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(response.content))
    picture.load()
    return picture


def colours_in(picture):
    return {colour for _count, colour in picture.getcolors(picture.width * picture.height)}


def rgb(name):
    return ImageColor.getrgb(HEX.get(name, name))


def height_of_letters(picture, box):
    """The rows between the first and the last white pixel within `box`."""
    part = picture.crop(box)
    white = part.convert("L").point(lambda level: 255 if level > 230 else 0)
    _left, top, _right, bottom = white.getbbox()
    return bottom - top


def test_the_picture_has_the_size_that_networks_ask_for_and_both_hosts_colours(workshop, client):
    picture = picture_of(workshop, client)

    assert (picture.size, picture.mode) == ((1200, 630), "RGB")
    assert {rgb("blue"), rgb("red")} <= colours_in(picture)
    # Left half and right half, where nothing is written.
    corners = [picture.getpixel((at, 360)) for at in (590, 1190)]
    assert corners == [rgb("blue"), rgb("red")]


@pytest.mark.parametrize("title", ["Données culturelles", LONGEST[:200], "x" * 200])
@pytest.mark.parametrize("day", [datetime(2027, 3, 16, 9, 30), datetime(2027, 9, 29, 9, 30)])
def test_date_and_hours_are_legible_on_a_phone_whatever_the_title(
    title, day, make_workshop, client
):
    picture = picture_of(make_workshop(title=title, start=day), client)

    band = card_picture.HIGH - card_picture.ROW - card_picture.BAND
    date = height_of_letters(picture, (56, band + 4, 480, band + card_picture.BAND - 4))
    start = height_of_letters(picture, (56, 410, 500, 524))
    scale = SHOWN_WIDE / picture.width
    assert (date * scale >= 11, start * scale >= 20) == (True, True)


def test_figures_of_the_smallest_legible_size_are_eleven_pixels_high_on_a_phone():
    _left, top, _right, bottom = font(SANS_BOLD, card_picture.LEGIBLE).getbbox("0", anchor="ls")

    assert (bottom - top) * SHOWN_WIDE / card_picture.WIDE >= 10.99


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_date_of_a_year_has_room_beside_the_stamp(language):
    with translation.override(language):
        days = [day_words(datetime(2027, 1, 1) + timedelta(days=number)) for number in range(365)]
        stamp = translation.gettext("cancelled").upper()

    longest = max(width(day, SANS_BOLD, card_picture.LEGIBLE) for day in days)
    stamped = width(stamp, SANS_BOLD, card_picture.LEGIBLE) + 32 + 24
    assert stamped + longest <= card_picture.WIDE - 2 * card_picture.SIDE


def test_a_cancelled_workshop_says_so_and_shows_no_hosts_colour(make_workshop, client):
    workshop = make_workshop(state=Workshop.State.CANCELLED)

    words, seen = card.workshop_card(workshop, NOW), colours_in(picture_of(workshop, client))

    assert (words.stamp, words.is_cancelled) == ("annulé", True)
    assert rgb(card_picture.DANGER) in seen
    assert not {rgb("blue"), rgb("red")} & seen


def test_what_is_over_says_so(workshop):
    assert card.workshop_card(workshop, workshop.ends_at).stamp == "terminé"
    assert card.workshop_card(workshop, workshop.ends_at - timedelta(seconds=1)).stamp == ""


def test_a_clock_on_another_date_has_its_weekday_and_date(make_workshop):
    workshop = make_workshop(start=datetime(2027, 5, 31, 19, 0), hours=6)

    french = card.workshop_card(workshop, NOW)
    with translation.override("en"):
        english = card.workshop_card(workshop, NOW)

    assert [[plain(half.day), plain(half.until)] for half in french.halves] == [
        ["lun. 31 mai", "mar. 1er juin"],
        ["mar. 1er juin", ""],
    ]
    assert [plain(half.day) for half in english.halves] == ["Mon 31 May", "Tue 1 Jun"]
    assert plain(french.halves[0].end) == "jusqu’à 1 h 00"


def test_the_picture_is_english_at_the_english_address(workshop, client):
    french, english = (
        client.get(f"{path}image.png").content
        for path in (workshop.get_absolute_url(), f"/en/workshops/{workshop.slug}/")
    )

    assert french != english


@pytest.mark.parametrize("places", [["France"], ["Québec", "France", "La Réunion"], None])
def test_each_hosts_colour_is_there_however_many_hold_it(
    places, make_workshop, communities, client
):
    workshop = make_workshop(*(places or communities))

    seen = colours_in(picture_of(workshop, client))

    assert {rgb(clock.colour) for clock in workshop.clocks} <= seen


def test_halves_fill_the_picture_whatever_their_number(make_workshop, client):
    places = ["Québec", "France", "Martinique", "La Réunion", "Casablanca"]
    workshop = make_workshop(*places)

    picture = picture_of(workshop, client)

    corners = [picture.getpixel((at, 620)) for at in (590, 1190)]
    assert corners == [rgb(clock.colour) for clock in workshop.clocks[3:]]


def test_english_hours_are_as_large_as_french_ones_on_the_picture(make_workshop, client):
    places = ("Québec", "France", "Martinique")
    workshop = make_workshop(*places, start=datetime(2027, 3, 29, 12, 30))
    french = picture_of(workshop, client)
    with translation.override("en"):
        english = picture_of(workshop, client)

    # "1" and « 1 », without what stands beneath.
    heights = []
    for picture in (french, english):
        column = picture.crop((56, 410, 90, 630)).convert("L").point(lambda level: level > 230)
        inked = [bool(column.crop((0, row, 34, row + 1)).getbbox()) for row in range(220)]
        top = inked.index(True)
        heights.append(inked.index(False, top) - top)
    assert heights[1] >= 0.9 * heights[0] > 50


def white_box(picture, half):
    """The box of what is plainly white at the top right of the half with this number, of two."""
    top = card_picture.HIGH - card_picture.ROW
    part = picture.crop((600 * half + 300, top, 600 * half + 600, top + 74))
    return part.convert("L").point(lambda level: 255 if level > 250 else 0).getbbox()


def test_a_hosts_logo_is_on_its_half_and_in_the_pictures_address(workshop, client):
    marks = [card.workshop_card(workshop, NOW).fingerprint]
    give_logo(workshop.communities[1])
    marks.append(card.workshop_card(workshop, NOW).fingerprint)

    picture = picture_of(workshop, client)

    boxes = [white_box(picture, half) for half in (0, 1)]
    assert marks[0] != marks[1]
    assert (boxes[0], boxes[1]) == (None, (149, 14, 277, 73))
    assert rgb("#000000") in colours_in(picture)  # of the logo itself


@pytest.mark.parametrize("places", [["Québec", "France"], ["Québec", "France", "Martinique"]])
def test_a_long_place_ends_before_the_logo(places, make_workshop, client):
    workshop = make_workshop(*places)
    host = workshop.communities[0]
    host.place = "Saint-Barthélemy-de-la-Désirade-et-Marie-Galante"
    host.save()
    give_logo(host)
    count = len(places)
    drawn = picture_of(Workshop.objects.get(pk=workshop.pk), client)

    wide, top = 1200 // count, card_picture.HIGH - card_picture.ROW
    # Between the place and the plate.
    gap = drawn.crop((wide - 24 - 127 - 14, top + 8, wide - 24 - 127 - 2, top + 74))
    assert gap.getcolors() == [(12 * 66, rgb("blue"))]


def test_the_picture_reads_the_logos_when_it_is_drawn(workshop, client, settings, tmp_path):
    backend = "django.core.cache.backends.filebased.FileBasedCache"
    settings.CACHES = settings.CACHES | {"drawings": {"BACKEND": backend, "LOCATION": tmp_path}}
    for host in workshop.communities:
        give_logo(host)

    counts = []
    for _ in range(2):
        caches["default"].clear()
        with CaptureQueriesContext(connection) as queries:
            picture_of(workshop, client)
        counts.append(len(queries))

    assert counts == [3, 2]


@pytest.mark.parametrize("day", ODD_WEEKS)
def test_card_and_poster_say_the_pages_hours_in_the_odd_weeks_too(day, make_workshop, client):
    workshop = make_workshop(start=day)

    html = client.get(workshop.get_absolute_url()).content.decode()
    sheet = client.get(f"{workshop.get_absolute_url()}affiche/").content.decode()
    drawn = card.workshop_card(workshop, NOW)

    starts = [half.start for half in drawn.halves]
    assert [re.findall(HALF_START, text) for text in (html, sheet)] == [starts] * 2
    assert [text.count(drawn.gap) for text in (html, sheet)] == [1, 1]


def test_a_picture_that_has_not_changed_is_not_sent_again(workshop, client):
    path = reverse("events:workshop_picture", args=[workshop.slug])
    tag = client.get(path).headers["ETag"]

    same = client.get(path, headers={"if-none-match": tag})
    Workshop.objects.filter(pk=workshop.pk).update(title="Données ouvertes")
    other = client.get(path, headers={"if-none-match": tag})

    assert [same.status_code, other.status_code] == [304, 200]


def test_a_drafts_picture_is_shown_to_nobody_but_organisers(make_workshop, client, admin_client):
    path = make_workshop(state=Workshop.State.DRAFT).get_absolute_url() + "image.png"

    assert [each.get(path).status_code for each in (client, admin_client)] == [404, 200]


def test_the_list_has_a_picture_too(client, db):
    sizes = [
        Image.open(io.BytesIO(client.get(path).content)).size
        for path in ("/image.png", "/en/image.png")
    ]

    assert sizes == [(1200, 630)] * 2


@pytest.mark.parametrize("sheet", ["praxis.css", "poster.css"])
def test_the_colours_are_those_of_the_style_sheets(sheet):
    css = (STATIC / sheet).read_text(encoding="utf-8")

    said = {name: f".colour-{name} {{ --host: {value};" in css for name, value in HEX.items()}

    assert said == dict.fromkeys(HEX, True)
