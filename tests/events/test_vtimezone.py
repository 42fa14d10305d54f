"""VTIMEZONE: icalendar and ical.js read in it the hours of zoneinfo, for every zone."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Timezone

from events import calendars, clocks, vtimezone
from events.models import Community, Workshop
from praxis import zones
from registrations.mail import invites
from tests.helpers.clock import NOW
from tests.helpers.readers import ask_node

pytestmark = pytest.mark.one_database

TORONTO_BYTES = b"""\
BEGIN:VTIMEZONE
TZID:America/Toronto
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3
TZNAME:EDT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11
TZNAME:EST
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
"""
PARIS_BYTES = b"""\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""
YEARLY = [
    "America/Toronto",
    "Europe/Paris",
    "America/St_Johns",
    "Europe/Dublin",
    "Australia/Sydney",
]
UNCHANGING = ["Indian/Reunion", "America/Martinique", "Asia/Kathmandu", "Asia/Tehran"]
# No yearly rule of one n-th weekday: Morocco until 2026, Vancouver until it stopped, Chile's and
# Egypt's laws.
IRREGULAR = ["Africa/Casablanca", "America/Vancouver", "America/Santiago", "Africa/Cairo"]
ZONES = YEARLY + UNCHANGING + IRREGULAR
YEARS = [2023, 2025, 2026, 2027]


@cache
def around_changes(zone, year):
    """Wall times of `year` and the next in `zone` that name one instant.

    9:30 each day, each half hour near a change.
    """
    first = datetime(year, 1, 1)
    walls = {first + timedelta(days=n, hours=9, minutes=30) for n in range(730)} | {first}
    for change in (change for y in (year, year + 1) for change in clocks.transitions(zone, y)):
        walls |= {change.wall + timedelta(minutes=30 * n) for n in range(-60, 61)}
    return sorted(wall for wall in walls if wall >= first and names_one_instant(wall, zone))


def names_one_instant(wall, zone):
    both = [wall.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    return both[0].utcoffset() == both[1].utcoffset()


def instant_of(wall, zone):
    """Seconds since 1970, as zoneinfo alone sees it."""
    return wall.replace(tzinfo=ZoneInfo(zone)).timestamp()


def as_calendar(zone, year, last_year=None):
    result = Calendar()
    result.add_component(vtimezone.vtimezone(zone, year, last_year or year))
    return result.to_ical().decode()


def ask_ical_js(questions):
    """What ical.js reads in each of `questions`, {"ics": text, "walls": {tzid: [wall time]}}."""
    return ask_node("ical.mjs", questions)


@pytest.fixture(scope="module")
def by_ical_js():
    """{(zone, year): the instants that ical.js gives the wall times around_changes()}, zones one by
    one in a calendar.
    """
    keys = [(zone, year) for zone in ZONES for year in YEARS]
    questions = [
        {
            "ics": as_calendar(zone, year),
            "walls": {zone: [w.isoformat() for w in around_changes(zone, year)]},
        }
        for zone, year in keys
    ]
    return {
        key: answer["instants"][key[0]]
        for key, answer in zip(keys, ask_ical_js(questions), strict=True)
    }


def lines_of(zone, year, last_year=None):
    text = vtimezone.vtimezone(zone, year, last_year or year).to_ical().decode()
    return text.split("\r\n")


def names_in(lines):
    return {line.partition(":")[0].partition(";")[0] for line in lines if line}


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("zone", ZONES)
def test_icalendar_reads_the_hours_of_zoneinfo(zone, year):
    walls = around_changes(zone, year)
    parsed = Timezone.from_ical(vtimezone.vtimezone(zone, year, year).to_ical()).to_tz(
        lookup_tzid=False
    )

    wrong = [
        wall for wall in walls if wall.replace(tzinfo=parsed).timestamp() != instant_of(wall, zone)
    ]

    assert (len(walls) >= 730, wrong) == (True, [])


@pytest.mark.parametrize("zone", ZONES)
def test_icalendar_shows_each_instant_on_the_wall_of_zoneinfo(zone):
    parsed = Timezone.from_ical(vtimezone.vtimezone(zone, 2026, 2026).to_ical()).to_tz(
        lookup_tzid=False
    )
    instants = [
        datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=7 * n) for n in range(2 * 365 * 24 // 7)
    ]

    wrong = [
        at for at in instants if at.astimezone(parsed).replace(tzinfo=None) != clocks.wall(at, zone)
    ]

    assert wrong == []


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("zone", ZONES)
def test_ical_js_reads_the_hours_of_zoneinfo(by_ical_js, zone, year):
    walls = around_changes(zone, year)

    wrong = [
        wall
        for wall, seconds in zip(walls, by_ical_js[zone, year], strict=True)
        if seconds != instant_of(wall, zone)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("zone", "expected"), [("America/Toronto", TORONTO_BYTES), ("Europe/Paris", PARIS_BYTES)]
)
@pytest.mark.parametrize("year", [2023, 2026, 2027, 2028])
def test_toronto_and_paris_are_these_bytes_whatever_the_year(zone, expected, year):
    assert vtimezone.vtimezone(zone, year, year).to_ical() == expected.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("zone", YEARLY)
def test_a_yearly_law_is_one_standard_and_one_daylight_of_one_weekday_each(zone):
    lines = lines_of(zone, 2027)

    assert [line for line in lines if line.startswith("BEGIN:")].count("BEGIN:STANDARD") == 1
    assert sorted(line for line in lines if line.startswith("BEGIN:")) == [
        "BEGIN:DAYLIGHT",
        "BEGIN:STANDARD",
        "BEGIN:VTIMEZONE",
    ]
    rules = [line for line in lines if line.startswith("RRULE")]
    assert [
        sorted(part.partition("=")[0] for part in rule.partition(":")[2].split(";"))
        for rule in rules
    ] == [["BYDAY", "BYMONTH", "FREQ"]] * 2


@pytest.mark.parametrize("zone", [*UNCHANGING, "Africa/Casablanca", "America/Vancouver"])
def test_a_zone_whose_clocks_stand_still_is_one_standard_without_a_rule(zone):
    lines = lines_of(zone, 2027)

    assert [line for line in lines if line.startswith(("BEGIN", "RRULE"))] == [
        "BEGIN:VTIMEZONE",
        "BEGIN:STANDARD",
    ]


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_holds_nothing_that_clients_misread(zone, year):
    lines = lines_of(zone, year)

    assert names_in(lines) - {"RRULE"} == {
        "BEGIN",
        "TZID",
        "DTSTART",
        "TZNAME",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "END",
    }
    assert [line for line in lines if "UNTIL" in line] == []


@pytest.mark.parametrize("zone", ZONES)
def test_the_same_zone_is_written_with_the_same_bytes_each_time(zone):
    assert (
        vtimezone.vtimezone(zone, 2027, 2027).to_ical()
        == vtimezone.vtimezone(zone, 2027, 2027).to_ical()
    )


def test_half_an_hour_of_daylight_is_right_too():
    zone = "Australia/Lord_Howe"
    walls = around_changes(zone, 2027)
    question = {
        "ics": as_calendar(zone, 2027),
        "walls": {zone: [wall.isoformat() for wall in walls]},
    }

    (answer,) = ask_ical_js([question])

    assert answer["instants"][zone] == [instant_of(wall, zone) for wall in walls]


def test_the_winter_before_a_new_yearly_law_is_right_too():
    # Easter Island changes its clocks by one unbroken rule from April 2023 on.
    zone, wall = "Pacific/Easter", datetime(2023, 2, 1, 9, 30)
    parsed = Timezone.from_ical(vtimezone.vtimezone(zone, 2023, 2023).to_ical()).to_tz(
        lookup_tzid=False
    )

    assert wall.replace(tzinfo=parsed).timestamp() == instant_of(wall, zone)


def test_a_year_of_a_yearly_law_may_be_followed_by_another_law():
    # Vancouver's clocks stop changing in 2026: a rule from 2025 on would be an hour wrong in the
    # next winter.
    assert names_in(lines_of("America/Vancouver", 2025)) & {"RRULE"} == set()


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_for_workshops_of_several_years_is_right_in_all_of_them(zone):
    walls = [wall for year in (2023, 2025, 2027) for wall in around_changes(zone, year)]
    parsed = Timezone.from_ical(vtimezone.vtimezone(zone, 2023, 2027).to_ical()).to_tz(
        lookup_tzid=False
    )

    wrong = [
        wall for wall in walls if wall.replace(tzinfo=parsed).timestamp() != instant_of(wall, zone)
    ]

    assert wrong == []


def test_a_calendar_of_workshops_in_several_years_holds_each_zone_once_and_each_hour_right(
    make_workshop,
):
    workshops = [
        make_workshop("Québec", "France", start=datetime(2023, 3, 27, 9, 30)),
        make_workshop("Casablanca", "Québec", start=datetime(2025, 6, 10, 9, 30)),
        make_workshop("Casablanca", "La Réunion", start=datetime(2026, 2, 20, 14, 0)),
        make_workshop("France", "Casablanca", start=datetime(2027, 3, 16, 14, 30)),
    ]

    (answer,) = ask_ical_js([{"ics": calendars.published(workshops).decode()}])

    assert answer["tzids"] == [
        "America/Toronto",
        "Europe/Paris",
        "Africa/Casablanca",
        "Indian/Reunion",
    ]
    assert [(event["start"]["seconds"], event["start"]["zone"]) for event in answer["events"]] == [
        (workshop.starts_at.timestamp(), workshop.first_zone) for workshop in workshops
    ]
    assert [event["end"]["seconds"] for event in answer["events"]] == [
        w.ends_at.timestamp() for w in workshops
    ]


def test_a_workshop_over_new_years_eve_has_its_hours(make_workshop):
    workshop = make_workshop("Katmandou", "Québec", start=datetime(2028, 1, 1, 0, 15))

    (answer,) = ask_ical_js([{"ics": calendars.published([workshop]).decode()}])

    (event,) = answer["events"]
    assert event["start"]["wall"] == "2028-01-01T00:15:00"
    assert (event["start"]["seconds"], event["end"]["seconds"]) == (
        workshop.starts_at.timestamp(),
        workshop.ends_at.timestamp(),
    )


def test_a_workshop_on_the_clock_of_utc_needs_no_zone(make_workshop):
    workshop = make_workshop()
    workshop.hostings.all().delete()

    content = calendars.published([workshop])

    assert b"VTIMEZONE" not in content
    assert b"\r\nDTSTART:20270329T133000Z\r\nDTEND:20270329T160000Z\r\n" in content


DAKAR_BYTES = b"""\
BEGIN:VTIMEZONE
TZID:Africa/Dakar
BEGIN:STANDARD
DTSTART:19700101T000000
TZNAME:GMT
TZOFFSETFROM:+0000
TZOFFSETTO:+0000
END:STANDARD
END:VTIMEZONE
"""


@pytest.fixture
def hosted_in(make_workshop, communities):
    """A workshop at 9:30 on the clock of a host in `zone`, with its hosts at hand."""

    def make(zone):
        Community.objects.filter(pk=communities["Québec"].pk).update(zone=zone)
        communities["Québec"].zone = zone
        return Workshop.objects.with_hosts().get(
            pk=make_workshop("Québec", start=datetime(2027, 3, 29, 9, 30)).pk
        )

    return make


@pytest.mark.parametrize("zone", ["Africa/Dakar", "Africa/Abidjan", "Atlantic/Reykjavik"])
def test_a_first_clock_that_shows_utc_all_year_is_named_all_the_same(zone, hosted_in, register):
    workshop = hosted_in(zone)
    registration = register(workshop)

    contents = [
        calendars.published([workshop]),
        invites.message("REQUEST", registration, sequence=0, stamp=NOW),
        invites.message("CANCEL", registration, sequence=1, stamp=NOW),
    ]

    expected = (
        f"\r\nDTSTART;TZID={zone}:20270329T093000\r\nDTEND;TZID={zone}:20270329T120000\r\n".encode()
    )
    described = DAKAR_BYTES.replace(b"\n", b"\r\n").replace(b"Africa/Dakar", zone.encode())
    assert [(content.count(expected), content.count(described)) for content in contents] == [
        (1, 1)
    ] * 3
    answers = ask_ical_js([{"ics": content.decode()} for content in contents])
    start = {"seconds": workshop.starts_at.timestamp(), "zone": zone, "wall": "2027-03-29T09:30:00"}
    assert [(answer["tzids"], answer["events"][0]["start"]) for answer in answers] == [
        ([zone], start)
    ] * 3
    assert [Calendar.from_ical(content).events[0].start.timestamp() for content in contents] == [
        start["seconds"]
    ] * 3


@pytest.mark.long_walk
def test_every_first_clock_is_named_and_that_of_utc_is_utc(hosted_in):
    workshop, written = hosted_in("UTC"), {}
    for zone in zones.zone_names():
        workshop.communities[0].zone = zone
        vars(workshop).pop("kept_clocks", None)
        entry = calendars.published([workshop]).decode()
        written[zone] = re.findall(r"\r\nDTSTART([^T\r][^\r]*)", entry.partition("BEGIN:VEVENT")[2])

    walls = {zone: f"{clocks.wall(workshop.starts_at, zone):%Y%m%dT%H%M%S}" for zone in written}
    assert written == {
        z: [f";TZID={z}:{walls[z]}" if z != "UTC" else f":{walls[z]}Z"] for z in written
    }
