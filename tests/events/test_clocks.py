"""Clocks: the hours in each zone, odd differences, and wall times that are missing or repeated."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from events import clocks, odd_hours, readings
from events.readings import Clock
from praxis import zones

TORONTO, PARIS, MARTINIQUE = "America/Toronto", "Europe/Paris", "America/Martinique"
CASABLANCA, REUNION, KATHMANDU = "Africa/Casablanca", "Indian/Reunion", "Asia/Kathmandu"
ZONES = [TORONTO, PARIS, MARTINIQUE, CASABLANCA, REUNION, KATHMANDU]

QUEBEC = Clock("Québec", TORONTO, "heure du Québec")
FRANCE = Clock("France", PARIS, "heure de France")
LA_REUNION = Clock("La Réunion", REUNION)
MAROC = Clock("Casablanca", CASABLANCA)

# What the clocks show when those of Québec show 9:30. Ramadan of 2026 lasts, for Morocco's clocks,
# from 15 February to 22 March; on 20 September 2026 Morocco returns to +00 for good, as the pinned
# tzdata says.
AT_HALF_PAST_NINE = [
    # date        Paris    Martinique Casablanca Réunion  Kathmandu
    ("2026-02-14", "15:30", "10:30", "15:30", "18:30", "20:15"),
    ("2026-02-15", "15:30", "10:30", "14:30", "18:30", "20:15"),
    ("2026-03-07", "15:30", "10:30", "14:30", "18:30", "20:15"),
    ("2026-03-08", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2026-03-21", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2026-03-22", "14:30", "09:30", "14:30", "17:30", "19:15"),
    ("2026-03-28", "14:30", "09:30", "14:30", "17:30", "19:15"),
    ("2026-03-29", "15:30", "09:30", "14:30", "17:30", "19:15"),
    ("2026-09-19", "15:30", "09:30", "14:30", "17:30", "19:15"),
    ("2026-09-20", "15:30", "09:30", "13:30", "17:30", "19:15"),
    ("2026-10-24", "15:30", "09:30", "13:30", "17:30", "19:15"),
    ("2026-10-25", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2026-10-28", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2026-10-31", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2026-11-01", "15:30", "10:30", "14:30", "18:30", "20:15"),
    ("2027-03-13", "15:30", "10:30", "14:30", "18:30", "20:15"),
    ("2027-03-14", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-03-16", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-03-27", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-03-28", "15:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-03-29", "15:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-10-30", "15:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-10-31", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-11-06", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2027-11-07", "15:30", "10:30", "14:30", "18:30", "20:15"),
    ("2028-03-11", "15:30", "10:30", "14:30", "18:30", "20:15"),
    ("2028-03-12", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2028-03-25", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2028-03-26", "15:30", "09:30", "13:30", "17:30", "19:15"),
    ("2028-10-28", "15:30", "09:30", "13:30", "17:30", "19:15"),
    ("2028-10-29", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2028-11-04", "14:30", "09:30", "13:30", "17:30", "19:15"),
    ("2028-11-05", "15:30", "10:30", "14:30", "18:30", "20:15"),
]


def nth_sunday(year, month, nth):
    """The `nth` Sunday of a month, -1 the last, by the calendar alone."""
    days = [date(year, month, 1) + timedelta(days=n) for n in range(31)]
    return [day for day in days if day.month == month and day.weekday() == 6][
        nth - 1 if nth > 0 else nth
    ]


def wall_changes(year):
    """The changes of clocks in a year, by the law of each place.

    Each is (zone, first wall time that is skipped or repeated, the jump).
    """
    return [
        (TORONTO, datetime.combine(nth_sunday(year, 3, 2), time(2)), timedelta(hours=1)),
        (TORONTO, datetime.combine(nth_sunday(year, 11, 1), time(1)), timedelta(hours=-1)),
        (PARIS, datetime.combine(nth_sunday(year, 3, -1), time(2)), timedelta(hours=1)),
        (PARIS, datetime.combine(nth_sunday(year, 10, -1), time(2)), timedelta(hours=-1)),
    ]


CHANGES = [change for year in (2026, 2027, 2028) for change in wall_changes(year)] + [
    (CASABLANCA, datetime(2026, 2, 15, 2), timedelta(hours=-1)),
    (CASABLANCA, datetime(2026, 3, 22, 2), timedelta(hours=1)),
    (CASABLANCA, datetime(2026, 9, 20, 1), timedelta(hours=-1)),
]


def instants_showing(wall, zone):
    """Every UTC instant at which a clock in `zone` shows `wall`.

    Each quarter-hour offset of the world is tried.
    """
    offsets = (timedelta(minutes=quarter) for quarter in range(-12 * 60, 14 * 60 + 1, 15))
    tried = [wall.replace(tzinfo=UTC) - offset for offset in offsets]
    return sorted(at for at in tried if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall)


def every_day(first, last):
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def odd_days(first, second, at=time(9, 30)):
    """The dates of 2026, 2027 and 2028 on which the difference is odd, `at` a wall time on the
    first clock.
    """
    return [
        day
        for day in every_day(date(2026, 1, 1), date(2028, 12, 31))
        if odd_hours.odd_offsets(
            [first, second], clocks.instant(datetime.combine(day, at), first.zone)
        )
    ]


@pytest.mark.parametrize(
    ("day", "paris", "martinique", "casablanca", "reunion", "kathmandu"), AT_HALF_PAST_NINE
)
def test_half_past_nine_in_quebec_is_this_hour_elsewhere(
    day, paris, martinique, casablanca, reunion, kathmandu
):
    at = clocks.instant(datetime.fromisoformat(f"{day}T09:30"), TORONTO)

    shown = {zone: f"{clocks.wall(at, zone):%Y-%m-%d %H:%M}" for zone in ZONES}

    assert shown == {
        TORONTO: f"{day} 09:30",
        PARIS: f"{day} {paris}",
        MARTINIQUE: f"{day} {martinique}",
        CASABLANCA: f"{day} {casablanca}",
        REUNION: f"{day} {reunion}",
        KATHMANDU: f"{day} {kathmandu}",
    }


def test_an_instant_is_utc_and_a_wall_time_is_naive():
    at = clocks.instant(datetime(2027, 3, 29, 9, 30), TORONTO)

    assert (at, at.tzinfo) == (datetime(2027, 3, 29, 13, 30, tzinfo=UTC), UTC)
    assert clocks.wall(at, PARIS) == datetime(2027, 3, 29, 15, 30)
    assert clocks.wall(at, PARIS).tzinfo is None


@pytest.mark.parametrize(("zone", "wall", "jump"), CHANGES)
def test_a_skipped_hour_is_impossible_and_a_repeated_one_double_to_the_minute(zone, wall, jump):
    refusal = clocks.ImpossibleTime if jump > timedelta(0) else clocks.DoubleTime
    last_minute = wall + abs(jump) - timedelta(minutes=1)

    for refused in (wall, wall + timedelta(minutes=30), last_minute):
        with pytest.raises(clocks.TypedTimeError) as caught:
            clocks.instant(refused, zone)
        assert (type(caught.value), caught.value.wall, caught.value.zone) == (
            refusal,
            refused,
            zone,
        )
    for accepted in (wall - timedelta(minutes=1), last_minute + timedelta(minutes=1)):
        assert [clocks.instant(accepted, zone)] == instants_showing(accepted, zone)


@pytest.mark.parametrize(
    ("zone", "wall", "span"),
    [
        # By UTC the old year still lasts.
        (
            "Asia/Kathmandu",
            datetime(1986, 1, 1, 0, 5),
            (datetime(1986, 1, 1), datetime(1986, 1, 1, 0, 15)),
        ),
        # By UTC the new year has begun.
        (
            "America/Managua",
            datetime(1996, 12, 31, 23, 5),
            (datetime(1996, 12, 31, 23), datetime(1997, 1, 1)),
        ),
    ],
)
def test_the_span_of_a_refused_hour_is_right_at_new_year_too(zone, wall, span):
    with pytest.raises(clocks.TypedTimeError) as caught:
        clocks.instant(wall, zone)

    assert caught.value.span == span


def test_zones_that_never_change_their_clocks_refuse_no_hour():
    for zone in (MARTINIQUE, REUNION, KATHMANDU):
        for day in every_day(date(2026, 1, 1), date(2028, 12, 31)):
            wall = datetime.combine(day, time(2, 30))
            assert clocks.wall(clocks.instant(wall, zone), zone) == wall


minutes = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31, 23, 59)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
near_a_change = st.builds(
    lambda change, distance: (change[0], change[1] + timedelta(minutes=distance)),
    st.sampled_from(CHANGES),
    st.integers(-180, 180),
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.one_of(st.tuples(st.sampled_from(ZONES), minutes), near_a_change))
@example((TORONTO, datetime(2027, 3, 14, 2, 30)))
@example((PARIS, datetime(2026, 10, 25, 2, 30)))
def test_a_wall_time_is_refused_only_where_no_instant_or_two_show_it(typed):
    zone, wall = typed
    showing = instants_showing(wall, zone)

    try:
        answer = [clocks.instant(wall, zone)]
    except clocks.ImpossibleTime:
        answer = []
    except clocks.DoubleTime:
        answer = "double"

    assert answer == (showing if len(showing) < 2 else "double")


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.sampled_from(ZONES), minutes)
def test_what_a_wall_shows_leads_back_to_the_instant(zone, moment):
    at = moment.replace(tzinfo=UTC)
    assume(len(instants_showing(clocks.wall(at, zone), zone)) == 1)

    assert clocks.instant(clocks.wall(at, zone), zone) == at


@pytest.mark.parametrize(
    "zone", [*ZONES, "Australia/Lord_Howe", "America/St_Johns", "America/Santiago"]
)
def test_the_transitions_are_every_change_that_an_hourly_look_finds(zone):
    hours = [
        datetime(2023, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range((6 * 365 + 2) * 24)
    ]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    seen = [
        (before, after, offsets[n], offsets[n + 1])
        for n, (before, after) in enumerate(zip(hours[:-1], hours[1:], strict=True))
        if offsets[n] != offsets[n + 1]
    ]

    found = [change for year in range(2023, 2029) for change in clocks.transitions(zone, year)]

    assert [(t.offset_from, t.offset_to) for t in found] == [(old, new) for _, _, old, new in seen]
    assert all(before < t.at <= after for t, (before, after, _, _) in zip(found, seen, strict=True))


@pytest.mark.parametrize(
    "zone", [*ZONES, "Australia/Lord_Howe", "America/St_Johns", "America/Santiago"]
)
def test_a_transition_is_exact_to_the_second(zone):
    place = ZoneInfo(zone)

    for change in (
        change for year in (2026, 2027, 2028) for change in clocks.transitions(zone, year)
    ):
        just_before = change.at - timedelta(seconds=1)
        assert just_before.astimezone(place).utcoffset() == change.offset_from
        assert change.at.astimezone(place).utcoffset() == change.offset_to
        assert change.name == change.at.astimezone(place).tzname()
        assert change.wall == (just_before.astimezone(place) + timedelta(seconds=1)).replace(
            tzinfo=None
        )


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_toronto_and_paris_change_by_law_on_these_sundays(year):
    hour = timedelta(hours=1)
    spring, autumn = nth_sunday(year, 3, 2), nth_sunday(year, 11, 1)
    march, october = nth_sunday(year, 3, -1), nth_sunday(year, 10, -1)

    assert clocks.transitions(TORONTO, year) == (
        clocks.Transition(datetime.combine(spring, time(7), UTC), -5 * hour, -4 * hour, "EDT"),
        clocks.Transition(datetime.combine(autumn, time(6), UTC), -4 * hour, -5 * hour, "EST"),
    )
    assert clocks.transitions(PARIS, year) == (
        clocks.Transition(datetime.combine(march, time(1), UTC), 1 * hour, 2 * hour, "CEST"),
        clocks.Transition(datetime.combine(october, time(1), UTC), 2 * hour, 1 * hour, "CET"),
    )


def test_quebec_and_france_are_odd_on_exactly_the_weeks_between_their_laws():
    expected = []
    for year in (2026, 2027, 2028):
        expected += every_day(nth_sunday(year, 3, 2), nth_sunday(year, 3, -1) - timedelta(days=1))
        expected += every_day(nth_sunday(year, 10, -1), nth_sunday(year, 11, 1) - timedelta(days=1))

    assert odd_days(QUEBEC, FRANCE) == expected


def test_an_odd_week_is_five_hours_instead_of_six():
    for day in (
        date(2026, 3, 8),
        date(2026, 10, 31),
        date(2027, 3, 16),
        date(2027, 3, 27),
        date(2028, 11, 4),
    ):
        at = clocks.instant(datetime.combine(day, time(9, 30)), TORONTO)
        assert odd_hours.odd_offsets([QUEBEC, FRANCE], at) == [
            odd_hours.OddOffset(QUEBEC, FRANCE, now=timedelta(hours=5), usual=timedelta(hours=6))
        ]


def test_the_oddness_is_that_of_the_instant_not_of_the_date():
    # On 28 March 2027 the French clocks change at 01:00 UTC.
    before, after = (
        datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
        datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    )

    assert len(odd_hours.odd_offsets([QUEBEC, FRANCE], before)) == 1
    assert odd_hours.odd_offsets([QUEBEC, FRANCE], after) == []


def test_of_an_hour_that_is_shown_twice_each_has_its_own_difference():
    # On 31 October 2027 the French clocks show 2:30 twice.
    twice = [datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    in_france = [at.astimezone(ZoneInfo(PARIS)) for at in twice]

    found = [clocks.usual_and_present_difference(TORONTO, PARIS, at)[1] for at in in_france]

    assert {clocks.wall(at, PARIS) for at in twice} == {datetime(2027, 10, 31, 2, 30)}
    assert found == [timedelta(hours=6), timedelta(hours=5)]


def test_the_odd_sentence_in_french():
    (odd,) = odd_hours.odd_offsets([QUEBEC, FRANCE], datetime(2027, 3, 16, 13, 30, tzinfo=UTC))

    with translation.override("fr"):
        assert odd.sentence == (
            "Décalage inhabituel à cette date\u00a0: 5\u00a0heures entre l’heure du Québec et "
            "l’heure de France, "
            "au lieu de 6\u00a0heures. Le changement d’heure n’y a pas lieu aux mêmes dates."
        )


def test_the_odd_sentence_in_english():
    (odd,) = odd_hours.odd_offsets([QUEBEC, FRANCE], datetime(2026, 10, 28, 13, 30, tzinfo=UTC))

    with translation.override("en"):
        assert odd.sentence == (
            "Unusual time difference on this date: 5\u00a0hours between Québec time and France "
            "time, "
            "instead of 6\u00a0hours. The two places do not change their clocks on the same dates."
        )


def test_an_odd_difference_of_one_hour_or_of_quarters_is_put_into_words():
    katmandou = Clock("Katmandou", KATHMANDU)
    odd = odd_hours.OddOffset(
        QUEBEC, katmandou, now=timedelta(hours=9, minutes=45), usual=timedelta(hours=1)
    )

    with translation.override("fr"):
        assert odd.sentence.startswith(
            "Décalage inhabituel à cette date\u00a0: 9\u00a0h\u00a045 entre l’heure du Québec et "
            "l’heure de Katmandou, "
            "au lieu de 1\u00a0heure. "
        )
    with translation.override("en"):
        assert "instead of 1\u00a0hour. " in odd.sentence


def test_a_winter_and_a_summer_difference_are_seasons_not_oddities():
    assert odd_days(FRANCE, LA_REUNION) == []
    assert odd_days(QUEBEC, Clock("Martinique", MARTINIQUE)) == []


def test_a_difference_of_twelve_weeks_a_year_is_a_season_and_one_of_nine_is_odd():
    # In Chile and in New Zealand summer begins and ends some weeks before or after Québec's winter
    # does.
    assert odd_days(QUEBEC, Clock("Chili", "America/Santiago")) == []
    assert len(odd_days(QUEBEC, Clock("Nouvelle-Zélande", "Pacific/Auckland"))) == 3 * 9 * 7


def test_two_zones_that_never_change_are_never_odd():
    assert odd_days(LA_REUNION, Clock("Katmandou", KATHMANDU)) == []


def test_casablanca_and_la_reunion_are_odd_in_ramadan_alone():
    # An hour earlier in Ramadan; from 20 September 2026 that hour is Morocco's own, all year.
    assert odd_days(MAROC, LA_REUNION) == every_day(date(2026, 2, 15), date(2026, 3, 21))


def test_the_ramadan_difference_to_france_is_that_of_every_summer_and_so_not_odd():
    ramadan = every_day(date(2026, 2, 15), date(2026, 3, 21))

    assert set(ramadan) & set(odd_days(MAROC, FRANCE)) == set()


def test_of_three_hosts_each_odd_pair_is_named():
    new_york = Clock("New York", "America/New_York")
    at = datetime(2027, 3, 16, 13, 30, tzinfo=UTC)

    found = odd_hours.odd_offsets([QUEBEC, FRANCE, new_york], at)

    assert [(odd.first, odd.second) for odd in found] == [(QUEBEC, FRANCE), (FRANCE, new_york)]
    assert {(odd.now, odd.usual) for odd in found} == {(timedelta(hours=5), timedelta(hours=6))}


def test_a_third_host_without_odd_weeks_adds_no_pair():
    found = odd_hours.odd_offsets(
        [QUEBEC, LA_REUNION, FRANCE], datetime(2026, 10, 28, 13, 30, tzinfo=UTC)
    )

    assert [(odd.first, odd.second) for odd in found] == [(QUEBEC, FRANCE)]


def test_one_host_alone_is_never_odd():
    assert odd_hours.odd_offsets([QUEBEC], datetime(2027, 3, 16, 13, 30, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("change", "french", "english"),
    [
        (
            datetime(2027, 3, 28, 1, tzinfo=UTC),
            "Les horloges avancent pendant l’atelier (heure de France)\u00a0: après "
            "1\u00a0h\u00a059 vient 3\u00a0h\u00a000.",
            "The clocks go forward during the workshop (France time): after 01:59 comes 03:00.",
        ),
        (
            datetime(2027, 10, 31, 1, tzinfo=UTC),
            "Les horloges reculent pendant l’atelier (heure de France)\u00a0: après "
            "2\u00a0h\u00a059 revient 2\u00a0h\u00a000.",
            "The clocks go back during the workshop (France time): after 02:59 comes 02:00.",
        ),
    ],
)
def test_clocks_that_change_during_the_workshop_are_told(change, french, english):
    (odd,) = odd_hours.clock_changes(
        [QUEBEC, FRANCE], change - timedelta(seconds=1), change + timedelta(seconds=1)
    )

    with translation.override("fr"):
        assert odd.sentence == french
    with translation.override("en"):
        assert odd.sentence == english


def test_clocks_that_change_at_the_start_or_at_the_end_change_before_or_after():
    at = datetime(2027, 3, 28, 1, tzinfo=UTC)
    hour = timedelta(hours=1)

    assert odd_hours.clock_changes([FRANCE], at, at + hour) == []
    assert odd_hours.clock_changes([FRANCE], at - hour, at) == []


def test_a_day_that_clocks_skip_is_told():
    # Samoa went over the date line at the end of 29 December 2011.
    apia = Clock("Apia", "Pacific/Apia")
    at = datetime(2011, 12, 30, 10, tzinfo=UTC)

    (odd,) = odd_hours.clock_changes([apia], at - timedelta(days=1), at + timedelta(days=3))

    assert (odd.at, odd.after - odd.before) == (at, timedelta(hours=24))


def read(clocks_, start, hours):
    starts_at = clocks.instant(start, clocks_[0].zone)
    return readings.read(clocks_, starts_at, starts_at + timedelta(hours=hours))


def test_the_announced_workshop_reads_as_it_was_announced():
    readings = read([QUEBEC, FRANCE], datetime(2023, 3, 27, 9, 30), 2.5)

    with translation.override("fr"):
        assert [reading.day for reading in readings] == ["lundi\u00a027\u00a0mars\u00a02023"] * 2
        assert [reading.words for reading in readings] == [
            "9\u00a0h\u00a030\u00a0– 12\u00a0h\u00a000 (heure du Québec)",
            "15\u00a0h\u00a030\u00a0– 18\u00a0h\u00a000 (heure de France)",
        ]
    with translation.override("en"):
        assert [reading.day for reading in readings] == ["Monday\u00a027\u00a0March\u00a02023"] * 2
        assert [reading.words for reading in readings] == [
            "09:30\u00a0– 12:00 (Québec time)",
            "15:30\u00a0– 18:00 (France time)",
        ]


def test_a_reading_is_aware_and_on_its_own_clock():
    readings = read([QUEBEC, FRANCE], datetime(2027, 3, 16, 9, 30), 2.5)

    assert [
        (r.start.tzinfo.key, f"{r.start:%H:%M %z}", f"{r.end:%H:%M %z}", r.other_day)
        for r in readings
    ] == [
        (TORONTO, "09:30 -0400", "12:00 -0400", False),
        (PARIS, "14:30 +0100", "17:00 +0100", False),
    ]


def test_a_clock_already_on_the_next_day_says_so():
    readings = read([QUEBEC, FRANCE, LA_REUNION], datetime(2027, 3, 29, 17, 0), 2)

    with translation.override("fr"):
        assert [(reading.other_day, reading.words) for reading in readings] == [
            (False, "17\u00a0h\u00a000\u00a0– 19\u00a0h\u00a000 (heure du Québec)"),
            (
                False,
                (
                    "23\u00a0h\u00a000\u00a0– 1\u00a0h\u00a000 le "
                    "mardi\u00a030\u00a0mars\u00a02027 "
                    "(heure de France)"
                ),
            ),
            (
                True,
                (
                    "mardi\u00a030\u00a0mars\u00a02027, 1\u00a0h\u00a000\u00a0– 3\u00a0h\u00a000 "
                    "(heure de La Réunion)"
                ),
            ),
        ]
    with translation.override("en"):
        assert [reading.words for reading in readings] == [
            "17:00\u00a0– 19:00 (Québec time)",
            "23:00\u00a0– 01:00 on Tuesday\u00a030\u00a0March\u00a02027 (France time)",
            "Tuesday\u00a030\u00a0March\u00a02027, 01:00\u00a0– 03:00 (La Réunion time)",
        ]


def test_a_clock_still_on_the_day_before_says_so():
    readings = read([LA_REUNION, QUEBEC], datetime(2027, 3, 29, 2, 0), 1)

    with translation.override("fr"):
        assert [(reading.other_day, reading.day) for reading in readings] == [
            (False, "lundi\u00a029\u00a0mars\u00a02027"),
            (True, "dimanche\u00a028\u00a0mars\u00a02027"),
        ]


def test_a_third_clock_back_on_the_first_date_says_so():
    readings = read(
        [QUEBEC, LA_REUNION, Clock("Martinique", MARTINIQUE)], datetime(2027, 3, 29, 17, 0), 2
    )

    assert [(reading.start.day, reading.other_day) for reading in readings] == [
        (29, False),
        (30, True),
        (29, True),
    ]


def test_the_end_of_a_workshop_across_a_change_of_clocks_is_on_the_new_offset():
    (reading,) = read([QUEBEC], datetime(2027, 3, 14, 1, 30), 1)

    with translation.override("fr"):
        assert reading.hours == "1\u00a0h\u00a030\u00a0– 3\u00a0h\u00a030"


@pytest.mark.parametrize(
    ("hour", "beside", "words"),
    [
        (9, None, "lundi 29 mars 2027, 9 h 00 (heure du Québec), 15 h 00 (heure de France)"),
        (
            19,
            None,
            (
                "lundi 29 mars 2027, 19 h 00 (heure du Québec), mardi 30 mars 2027, 1 h 00 "
                "(heure de "
                "France)"
            ),
        ),
        (9, 10, "9 h 00 (heure du Québec), 15 h 00 (heure de France)"),
        (17, 18, "17 h 00 (heure du Québec), lundi 29 mars 2027, 23 h 00 (heure de France)"),
        (19, 20, "19 h 00 (heure du Québec), 1 h 00 (heure de France)"),
    ],
)
def test_a_moment_says_the_day_where_it_does_not_stand_there_already(hour, beside, words):
    at, other = (
        hour and clocks.instant(datetime(2027, 3, 29, hour), TORONTO) for hour in (hour, beside)
    )

    with translation.override("fr"):
        assert (
            readings.moment_words([QUEBEC, FRANCE], at, beside=other).replace("\u00a0", " ")
            == words
        )


@pytest.mark.parametrize(
    ("day", "french", "english"),
    [
        (date(2026, 5, 1), "vendredi 1er\u00a0mai 2026", "Friday 1\u00a0May 2026"),
        (date(2026, 5, 11), "lundi 11\u00a0mai 2026", "Monday 11\u00a0May 2026"),
        (date(2026, 12, 31), "jeudi 31\u00a0décembre 2026", "Thursday 31\u00a0December 2026"),
        (datetime(2027, 8, 1, 9, 30), "dimanche 1er\u00a0août 2027", "Sunday 1\u00a0August 2027"),
    ],
)
def test_a_day_in_words_breaks_before_its_number_and_its_year_alone(day, french, english):
    with translation.override("fr"):
        assert readings.day_words(day) == french
    with translation.override("en"):
        assert readings.day_words(day) == english


@pytest.mark.parametrize(
    ("place", "french", "english"),
    [
        ("Québec", "heure de Québec", "Québec time"),
        ("La Réunion", "heure de La Réunion", "La Réunion time"),
        ("Ottawa", "heure d’Ottawa", "Ottawa time"),
        ("Athènes", "heure d’Athènes", "Athènes time"),
        ("Île-de-France", "heure d’Île-de-France", "Île-de-France time"),
        ("Écosse", "heure d’Écosse", "Écosse time"),
        ("Haïti", "heure d’Haïti", "Haïti time"),
    ],
)
def test_a_clock_without_a_label_elides_its_place(place, french, english):
    with translation.override("fr"):
        assert Clock(place, PARIS).label == french
    with translation.override("en"):
        assert Clock(place, PARIS).label == english


def test_a_french_label_is_for_french_alone():
    with translation.override("fr"):
        assert QUEBEC.label == "heure du Québec"
    with translation.override("en"):
        assert QUEBEC.label == "Québec time"


def test_the_zones_to_choose_from_are_places_and_no_aliases():
    names = zones.zone_names()

    assert set(ZONES) <= set(names)
    assert (
        set(names)
        & {"America/Montreal", "US/Eastern", "Canada/Eastern", "Etc/GMT+5", "EST5EDT", "GMT"}
        == set()
    )
    assert names[-1] == "UTC"
    assert names[:-1] == sorted(set(names) - {"UTC"})


def test_zoneinfo_can_open_every_zone_to_choose_from():
    assert [ZoneInfo(name).key for name in zones.zone_names()] == zones.zone_names()
