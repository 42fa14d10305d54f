"""The twin clock: each host's half, how far they are apart, the strip, the reader's own hour."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.utils import translation

from events import calendars, readings, twin_clock
from events.models import Community
from tests.helpers.mails import plain
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

STATIC = Path(__file__).parents[2] / "static"
# The days on which clocks change, and some around them, in the spring and autumn of Québec and
# France; and one in summer.
ODD_WEEKS = [
    datetime(2027, month, day, 9, 30)
    for month, day in [(3, 13), (3, 14), (3, 15), (3, 27), (3, 28), (3, 29), (7, 1)]
    + [(10, 30), (10, 31), (11, 1), (11, 6), (11, 7), (11, 8)]
]


def drawing(workshop, zone=""):
    hours = workshop.starts_at, workshop.ends_at
    clocks = twin_clock.with_own(workshop.clocks, zone, *hours)
    return twin_clock.draw(readings.read(clocks, *hours))


@pytest.mark.parametrize(
    ("day", "french", "english", "is_unusual"),
    [
        (datetime(2027, 3, 29, 9, 30), "6 h d’écart", "6 h apart", False),
        (
            datetime(2027, 3, 16, 9, 30),
            "5 h d’écart au lieu de 6 h",
            "5 h apart instead of 6 h",
            True,
        ),
    ],
)
def test_the_gap_is_said_and_that_it_is_unusual(day, french, english, is_unusual, make_workshop):
    workshop = make_workshop(start=day)

    drawn = drawing(workshop)
    with translation.override("en"):
        in_english = drawing(workshop)

    assert (plain(drawn.gap), drawn.gap_is_unusual) == (french, is_unusual)
    assert (plain(in_english.gap), in_english.gap_is_unusual) == (english, is_unusual)


@pytest.mark.parametrize(
    ("places", "gap"),
    [
        (["Québec"], ""),
        (["Québec", "Martinique"], "1 h d’écart"),
        (["Québec", "Katmandou"], "10 h 45 d’écart"),
        (["Québec", "France", "La Réunion"], "jusqu’à 9 h d’écart"),
        (["France", "Québec", "Martinique"], "jusqu’à 6 h d’écart"),
    ],
)
def test_a_gap_lies_between_the_clocks_that_are_farthest_apart(places, gap, make_workshop):
    assert plain(drawing(make_workshop(*places, start=datetime(2027, 1, 20, 9, 0))).gap) == gap


@pytest.mark.parametrize(
    ("minutes", "french", "english"),
    [(120, "2 heures", "2 hours"), (150, "2 h 30", "2 h 30 min"), (45, "45 min", "45 min")],
)
def test_each_language_writes_a_span_in_its_own_way(minutes, french, english):
    span = timedelta(minutes=minutes)

    words = [plain(readings.span_words(span))]
    with translation.override("en-ca"):
        words.append(plain(readings.span_words(span)))

    assert words == [french, english]


def test_english_pages_and_their_calendar_write_each_hour_as_the_first_host_does(
    make_workshop, client
):
    # The French clocks go forward at 2:00, that is in Québec at 9 p.m. of the day before.
    workshop = make_workshop(start=datetime(2027, 3, 27, 20, 30))
    page = f"/en/workshops/{workshop.slug}/"

    shown = page_text(client.get(page))
    calendar = client.get(f"{page}calendar.ics").content.decode().replace("\r\n ", "")
    web = [unquote(address) for _name, address in english_web_links(workshop)]

    assert shown.count("after 1:59 a.m. comes 3:00 a.m.") == 1
    for text in [calendar, *web]:
        assert plain(text).count("8:30 p.m. – 11:00 p.m.") == 1
        assert re.findall(r"\b(?:20:30|01:59|03:00)\b", text.partition("DESCRIPTION")[2]) == []


def english_web_links(workshop):
    with translation.override("en"):
        return calendars.web_links(workshop)


def test_two_clocks_that_agree_that_day_have_no_gap_to_tell(make_workshop):
    workshop = make_workshop("Québec", "Martinique", start=datetime(2027, 6, 1, 9, 30))

    assert drawing(workshop).gap == ""


@pytest.mark.parametrize("start", ODD_WEEKS, ids=lambda start: f"{start:%m-%d}")
def test_the_drawing_says_the_hours_that_the_words_say(start, make_workshop):
    workshop = make_workshop(start=start)

    halves = drawing(workshop).halves

    said = [plain(reading.hours) for reading in workshop.readings]
    drawn = [plain(f"{half.start} – {half.end.removeprefix('jusqu’à ')}") for half in halves]
    assert drawn == said
    assert [half.place for half in halves] == ["Québec", "France"]


@pytest.mark.parametrize(
    ("start", "hours", "strips"),
    [
        (datetime(2027, 3, 29, 9, 30), 2.5, [(38, 10), (62, 10)]),
        # At midnight a strip ends: the rest is another day's.
        (datetime(2027, 3, 29, 16, 0), 3, [(64, 12), (88, 8)]),
        # On the day on which clocks change a strip shows what the clock shows.
        (datetime(2027, 3, 14, 9, 30), 1, [(38, 4), (58, 4)]),
    ],
)
def test_the_strip_shows_where_the_workshop_lies_in_each_places_day(
    start, hours, strips, make_workshop
):
    halves = drawing(make_workshop(start=start, hours=hours)).halves

    assert [(half.strip_at, half.strip_width) for half in halves] == strips


@pytest.mark.parametrize(
    ("day", "zone", "own"),
    [
        (datetime(2027, 6, 1, 9, 30), "America/Martinique", ""),
        (
            datetime(2027, 1, 20, 9, 30),
            "America/Martinique",
            "Chez vous, Martinique : 10 h 30 – 13 h 00",
        ),
        (datetime(2027, 6, 1, 9, 30), "America/New_York", ""),
        (datetime(2027, 6, 1, 9, 30), "Europe/Brussels", ""),
        (datetime(2027, 6, 1, 9, 30), "Europe/London", "Chez vous, Londres : 14 h 30 – 17 h 00"),
        (
            datetime(2027, 6, 1, 9, 30),
            "Asia/Tokyo",
            "Chez vous, Tokyo : 22 h 30 – 1 h 00 le mercredi 2 juin 2027",
        ),
        (datetime(2027, 6, 1, 9, 30), "", ""),
    ],
)
def test_ones_own_hour_is_said_where_it_is_none_of_the_hosts_that_day(
    day, zone, own, make_workshop
):
    drawn = drawing(make_workshop(start=day), zone)

    assert (plain(drawn.own), len(drawn.halves)) == (own, 2)


def test_whoever_lives_in_montreal_reads_of_quebec(workshop, register, client):
    registration = register(workshop, zone="America/Toronto")

    text = page_text(client.get(registration.manage_path))

    assert text.count("Fuseau horaire heure du Québec") == 1
    assert text.count("Toronto") == 0


def test_whoever_lives_in_montreal_finds_it_where_no_host_is_in_quebec(
    make_workshop, register, client
):
    registration = register(make_workshop("France"), zone="America/Toronto")

    text = page_text(client.get(registration.manage_path))

    assert text.count("Chez vous, Montréal ou Toronto : ") == 1


def test_each_host_has_its_own_colour_else_the_first_that_is_free(make_workshop, communities):
    Community.objects.filter(place="France").update(colour="blue")
    workshop = make_workshop("Québec", "France", "La Réunion", "Martinique")

    colours = [half.colour for half in drawing(workshop).halves]

    assert colours == ["red", "blue", "green", "violet"]


def test_there_are_colours_for_any_number_of_hosts():
    hosts = [Community(name=str(number)) for number in range(30)]

    colours = Community.colours_of(hosts)

    assert colours[:12] == Community.Colour.values
    assert set(colours) == set(Community.Colour.values)


def test_presentations_stand_under_their_hosts_colour(praxis, client):
    _past, coming = praxis

    html = client.get(coming.get_absolute_url()).content.decode()

    assert re.findall(r'class="(half|host) colour-(\w+)"', html) == [
        ("half", "blue"),
        ("half", "red"),
        ("host", "blue"),
        ("host", "red"),
    ]


def swatches():
    """{colour: {"host": …, "light": …, "dark": …}} of the stylesheet."""
    sheet = (STATIC / "praxis.css").read_text(encoding="utf-8")
    found = {}
    for name, host, text in re.findall(
        r"\.colour-(\w+) { --host: (#\w{6}); --host-text: (#\w{6}); }", sheet
    ):
        found[name] = {"host": host, "light": text}
    for name, text in re.findall(r"\.colour-(\w+) { --host-text: (#\w{6}); }", sheet):
        found[name]["dark"] = text
    return found


def contrast(first, second):
    """The contrast ratio of two colours (#rrggbb), WCAG 2.2."""

    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted([luminance(first), luminance(second)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colour", Community.Colour.values)
def test_whatever_is_picked_can_be_read_in_both_schemes(colour):
    swatch = swatches()[colour]
    grounds = {
        scheme: re.findall(r"--(?:paper|sheet): (#\w{6});", block)
        for scheme, block in zip(
            ("light", "dark"),
            (STATIC / "praxis.css").read_text(encoding="utf-8").split("@media")[:2],
            strict=True,
        )
    }

    ratios = [contrast("#ffffff", swatch["host"])]
    for scheme, colours in grounds.items():
        assert len(colours) == 2
        ratios += [contrast(ground, swatch[scheme]) for ground in colours]

    assert [ratio for ratio in ratios if ratio < 4.5] == []


def test_the_stylesheet_has_a_swatch_for_each_colour_and_no_other():
    assert list(swatches()) == Community.Colour.values


def test_the_desk_shows_the_same_colours():
    sheet = (STATIC / "desk.css").read_text(encoding="utf-8")

    at_the_desk = re.findall(r"\.colour-(\w+) { --host: (#\w{6}); }", sheet)

    assert at_the_desk == [(name, swatch["host"]) for name, swatch in swatches().items()]


def test_the_desk_has_the_sites_tokens_in_both_schemes():
    site, desk = [tokens((STATIC / name).read_text("utf-8")) for name in ("praxis.css", "desk.css")]
    # Measures of the public pages, and a picture that admin does not show.
    not_at_the_desk = {"--danger-icon", "--page", "--measure", "--gutter"}

    for of_site, of_desk in zip(site, desk, strict=True):
        names = of_site.keys() - not_at_the_desk
        assert len(names) > 10
        assert {name: of_desk.get(name) for name in names} == {n: of_site[n] for n in names}


def tokens(sheet):
    """The custom properties in the first two blocks of a sheet: light, and dark."""
    blocks = re.findall(r":root {(.*?)}", sheet, flags=re.S)[:2]
    return [dict(re.findall(r"(--[a-z-]+): (.*);", block)) for block in blocks]


def test_no_two_colours_are_alike():
    hosts = [swatch["host"] for swatch in swatches().values()]

    assert len(set(hosts)) == len(hosts) == 12


@pytest.mark.parametrize(
    ("title", "breaths"),
    [
        ("Données culturelles : les enjeux", ["Données culturelles :", "les enjeux"]),
        ("Un : deux : trois", ["Un :", "deux : trois"]),
        ("Sans deux-points", ["Sans deux-points"]),
        ("À 9:30", ["À 9:30"]),
        (": rien devant", [": rien devant"]),
    ],
)
def test_a_title_is_split_at_its_first_colon(title, breaths, make_workshop, client):
    workshop = make_workshop(title=title)

    html = client.get(workshop.get_absolute_url()).content.decode()

    heading = re.search(r"<h1>(.*?)</h1>", html)[1]
    assert [plain(part) for part in re.findall(r'<span class="[^"]*">(.*?)</span>', heading)] == (
        breaths
    )
