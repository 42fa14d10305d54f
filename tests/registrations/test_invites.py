"""Invites: what a calendar program reads in a REQUEST, a CANCEL and the published calendar."""

from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from events import calendars
from events.models import Hosting, Workshop
from registrations.domain import signup
from registrations.mail import invites, snapshots
from registrations.models import Registration
from tests.helpers.readers import ask_node

pytestmark = pytest.mark.one_database

STAMP = datetime(2027, 1, 15, 12, 5, tzinfo=UTC)
SITE = "https://ateliers.example.org"
METHODS = {
    "REQUEST": partial(invites.message, "REQUEST"),
    "CANCEL": partial(invites.message, "CANCEL"),
}

TEXTS = [
    "Données culturelles : où, quoi, à qui ? Œuvres, naïveté, Noël",
    "L’atelier d'été",
    'Le "grand" atelier, dit "le petit"',
    "a,b;c:d=e",
    ",;:\\",
    "C:\\nouveau\\nord\\,fin\\;\\",
    "\\n n'est pas une ligne",
    "^ ^^ ^n ^' caret",
    "100 %, %2C %3A %5C %22 %0D%0A",
    "Théâtre 🎭🎟️ 👩🏽‍💻 🇨🇦🇫🇷",
    "é" * 150,
    "🎭" * 150,
    "W" * 150,
    "שלום עולם, مرحبا; بالعالم",
    "Nguyễn Thị Ánh; 山田, 太郎",
    "e\u0301 de\u0301compose\u0301",
    "BEGIN:VALARM ATTENDEE:mailto:x@example.org",
    "  deux  espaces\u00a0!",
    "<b>gras</b> &amp; Cie",
]


@pytest.fixture(autouse=True)
def stopped_clock(standing_clock, time_machine, now):
    """Rows are stamped to the second."""
    time_machine.move_to(now, tick=False)


@pytest.fixture
def invited(workshop, register):
    """Zoé Tremblay's registration, with its hosts at hand."""
    registration = register(workshop)
    registration.workshop = Workshop.objects.with_hosts().get(pk=workshop.pk)
    return registration


def write(method, registration, sequence=0, stamp=STAMP):
    return METHODS[method](registration, sequence=sequence, stamp=stamp)


def unfolded(content):
    """The content lines (RFC 5545 3.1), as text."""
    return content.decode().replace("\r\n ", "").split("\r\n")[:-1]


def event_lines(content):
    """{property with its parameters: value} of the only VEVENT."""
    lines = unfolded(content)
    inside = lines[lines.index("BEGIN:VEVENT") + 1 : lines.index("END:VEVENT")]
    pairs = [split_value(line) for line in inside]
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def split_value(line):
    """A content line as (name and parameters, value).

    The first colon outside double quotes separates them.
    """
    quoted = False
    for position, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return line[:position], line[position + 1 :]
    raise ValueError(line)


def only_event(content):
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def ask_ical_js(*contents):
    """What ical.js reads in each calendar."""
    return ask_node("ical.mjs", [{"ics": content.decode()} for content in contents])


def span(workshop):
    """Start and end as seconds since 1970."""
    return workshop.starts_at.timestamp(), workshop.ends_at.timestamp()


def span_by_ical_js(content):
    (answer,) = ask_ical_js(content)
    (event,) = answer["events"]
    return event["start"]["seconds"], event["end"]["seconds"]


def span_by_icalendar(content):
    event = only_event(content)
    return event.start.timestamp(), event.end.timestamp()


def test_a_request_says_exactly_this(workshop, register):
    registration = register(workshop)

    content = invites.message("REQUEST", registration, sequence=0, stamp=STAMP)

    assert unfolded(content)[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Praxis//Praxis//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]
    join = f"{SITE}/j/{registration.join_token}/"
    assert event_lines(content) == {
        "UID": str(registration.uid),
        "SEQUENCE": "0",
        "DTSTAMP": "20270115T120500Z",
        "CREATED": "20270115T120000Z",
        "LAST-MODIFIED": "20270115T120000Z",
        "DTSTART;TZID=America/Toronto": "20270329T093000",
        "DTEND;TZID=America/Toronto": "20270329T120000",
        "SUMMARY": "Données culturelles",
        "DESCRIPTION": (
            "lundi\u00a029\u00a0mars\u00a02027\\n"
            "9\u00a0h\u00a030\u00a0– 12\u00a0h\u00a000 (heure du Québec)\\n"
            "15\u00a0h\u00a030\u00a0– 18\u00a0h\u00a000 (heure de France)\\n"
            f"\\nPour nous rejoindre\u00a0: {join}"
        ),
        "LOCATION": f"En ligne\u00a0: {join}",
        "URL": f"{SITE}/ateliers/atelier-1/",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
        "CLASS": "PUBLIC",
        'ORGANIZER;CN="Culture pour tous et TMNlab"': "mailto:praxis@ateliers.example.org",
        (
            'ATTENDEE;CN="Zoé Tremblay";CUTYPE=INDIVIDUAL;'
            "PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE"
        ): ("mailto:zoe@example.org"),
    }


def test_a_cancel_says_exactly_this(workshop, register):
    registration = register(workshop)

    content = invites.message("CANCEL", registration, sequence=1, stamp=STAMP)

    assert unfolded(content)[4] == "METHOD:CANCEL"
    assert event_lines(content) == {
        "UID": str(registration.uid),
        "SEQUENCE": "1",
        "DTSTAMP": "20270115T120500Z",
        "CREATED": "20270115T120000Z",
        "LAST-MODIFIED": "20270115T120500Z",
        "DTSTART;TZID=America/Toronto": "20270329T093000",
        "DTEND;TZID=America/Toronto": "20270329T120000",
        "SUMMARY": "Données culturelles",
        "URL": f"{SITE}/ateliers/atelier-1/",
        "STATUS": "CANCELLED",
        "TRANSP": "OPAQUE",
        "CLASS": "PUBLIC",
        'ORGANIZER;CN="Culture pour tous et TMNlab"': "mailto:praxis@ateliers.example.org",
        (
            'ATTENDEE;CN="Zoé Tremblay";CUTYPE=INDIVIDUAL;'
            "PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=FALSE"
        ): ("mailto:zoe@example.org"),
    }


def test_an_invite_speaks_the_active_language(workshop, register):
    registration = register(workshop, language="en")

    with translation.override("en"):
        lines = event_lines(invites.message("REQUEST", registration, sequence=0, stamp=STAMP))

    join = f"{SITE}/en/j/{registration.join_token}/"
    assert lines["DESCRIPTION"] == (
        "Monday\u00a029\u00a0March\u00a02027\\n09:30\u00a0– 12:00 (Québec time)\\n15:30\u00a0– "
        "18:00 (France time)\\n"
        f"\\nTo join: {join}"
    )
    assert lines["LOCATION"] == f"Online: {join}"
    assert lines["URL"] == f"{SITE}/en/workshops/atelier-1/"
    assert (
        lines['ORGANIZER;CN="Culture pour tous and TMNlab"'] == "mailto:praxis@ateliers.example.org"
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("title", ["Données culturelles", "é" * 150, "🎭" * 150, "e\u0301" * 75])
def test_lines_end_with_crlf_and_are_folded_between_characters_at_75_octets(
    make_workshop, register, method, title
):
    registration = register(
        make_workshop("Québec", "France", "La Réunion", title=title), last_name="Œ" * 150
    )

    content = write(method, registration)

    lines = content.split(b"\r\n")
    assert (lines[-1], content.count(b"\n"), content.count(b"\r")) == (
        b"",
        len(lines) - 1,
        len(lines) - 1,
    )
    assert [line for line in lines if len(line) > 75] == []
    assert b"".join(line.decode().encode() + b"\r\n" for line in lines[:-1]) == content
    assert f"SUMMARY:{title}" in unfolded(content)


@pytest.mark.parametrize("method", METHODS)
def test_three_hosts_have_three_zones_and_the_first_one_lends_its_clock(
    make_workshop, register, method
):
    workshop = make_workshop("La Réunion", "Québec", "France", start=datetime(2027, 3, 16, 17, 30))

    content = write(method, register(workshop))

    (answer,) = ask_ical_js(content)
    (event,) = answer["events"]
    assert (answer["method"], answer["tzids"]) == (
        method,
        ["Indian/Reunion", "America/Toronto", "Europe/Paris"],
    )
    assert event["start"] == {
        "seconds": workshop.starts_at.timestamp(),
        "zone": "Indian/Reunion",
        "wall": "2027-03-16T17:30:00",
    }
    assert event["end"] == {
        "seconds": workshop.ends_at.timestamp(),
        "zone": "Indian/Reunion",
        "wall": "2027-03-16T20:00:00",
    }


def test_two_hosts_in_one_zone_share_its_vtimezone(make_workshop, register, communities):
    workshop = make_workshop("Québec", "France")
    communities["Martinique"].zone = "America/Toronto"
    communities["Martinique"].save()
    Hosting.objects.create(workshop=workshop, community=communities["Martinique"], position=3)

    (answer,) = ask_ical_js(invites.message("REQUEST", register(workshop), sequence=0, stamp=STAMP))

    assert answer["tzids"] == ["America/Toronto", "Europe/Paris"]


def test_the_description_gives_every_host_its_hours(make_workshop, register):
    workshop = make_workshop(
        "Québec", "France", "La Réunion", "Katmandou", start=datetime(2027, 3, 29, 14, 30)
    )
    registration = register(workshop)

    description = str(
        only_event(invites.message("REQUEST", registration, sequence=0, stamp=STAMP))["DESCRIPTION"]
    )

    *clock_lines, blank, join = description.split("\n")
    assert clock_lines == [
        "lundi\u00a029\u00a0mars\u00a02027",
        "14\u00a0h\u00a030\u00a0– 17\u00a0h\u00a000 (heure du Québec)",
        "20\u00a0h\u00a030\u00a0– 23\u00a0h\u00a000 (heure de France)",
        (
            "22\u00a0h\u00a030\u00a0– 1\u00a0h\u00a000 le mardi\u00a030\u00a0mars\u00a02027 (heure "
            "de La Réunion)"
        ),
        (
            "mardi\u00a030\u00a0mars\u00a02027, 0\u00a0h\u00a015\u00a0– 2\u00a0h\u00a045 (heure de "
            "Katmandou)"
        ),
    ]
    assert (blank, join.rpartition(" ")[2]) == ("", f"{SITE}/j/{registration.join_token}/")


@pytest.mark.parametrize("start", [datetime(2027, 3, 16, 9, 30), datetime(2026, 10, 28, 9, 30)])
def test_in_the_odd_weeks_the_description_says_so_after_the_clocks(make_workshop, register, start):
    workshop = make_workshop(start=start)
    registration = register(workshop, now=start.replace(tzinfo=UTC) - timedelta(days=1))

    description = str(
        only_event(invites.message("REQUEST", registration, sequence=0, stamp=STAMP))["DESCRIPTION"]
    )

    assert description.split("\n")[1:-2] == [
        "9\u00a0h\u00a030\u00a0– 12\u00a0h\u00a000 (heure du Québec)",
        "14\u00a0h\u00a030\u00a0– 17\u00a0h\u00a000 (heure de France)",
        workshop.odd_sentences[0],
    ]


HOURS = [
    (("Québec", "France"), datetime(2027, 3, 16, 9, 30)),
    (("Québec", "France"), datetime(2026, 10, 28, 9, 30)),
    (("Québec", "France"), datetime(2027, 3, 29, 9, 30)),
    (("France", "Québec"), datetime(2027, 3, 28, 1, 0)),
    (("Québec", "France"), datetime(2027, 11, 7, 0, 30)),
    (("Québec", "France"), datetime(2027, 3, 29, 23, 0)),
    (("Katmandou", "Québec"), datetime(2028, 1, 1, 0, 15)),
    (("Casablanca", "France"), datetime(2026, 2, 20, 14, 0)),
    (("La Réunion", "Martinique"), datetime(2027, 7, 14, 2, 0)),
]


@pytest.mark.parametrize(("places", "start"), HOURS)
def test_icalendar_and_ical_js_read_the_workshops_own_instants(
    make_workshop, register, places, start
):
    workshop = make_workshop(*places, start=start)
    registration = register(workshop, now=workshop.starts_at - timedelta(days=1))

    for content in (write(method, registration) for method in METHODS):
        assert span_by_icalendar(content) == span(workshop)
        assert span_by_ical_js(content) == span(workshop)


@pytest.mark.parametrize("method", METHODS)
def test_no_secret_and_nobody_else_is_in_an_invite(make_workshop, register, method):
    workshop = make_workshop(
        meeting_url="https://zoom.example/j/123?pwd=secret", contact_email="bureau@example.org"
    )
    other = register(workshop, first_name="Amina", last_name="Diallo", email="amina@example.net")
    registration = register(workshop)

    text = "".join(unfolded(write(method, registration)))

    secrets = [
        registration.manage_token,
        other.manage_token,
        other.join_token,
        str(other.uid),
        "zoom.example",
        "pwd=",
    ]
    assert [
        secret for secret in [*secrets, "amina@example.net", "Amina", "Diallo"] if secret in text
    ] == []
    assert text.count("ATTENDEE") == 1
    assert (registration.join_token in text) == (method == "REQUEST")


@pytest.mark.parametrize("method", METHODS)
def test_an_invite_rings_no_alarm_and_carries_no_html(workshop, register, method):
    content = write(method, register(workshop))

    assert {component.name for component in Calendar.from_ical(content).walk()} == {
        "VCALENDAR",
        "VTIMEZONE",
        "STANDARD",
        "DAYLIGHT",
        "VEVENT",
    }
    assert [name for name in event_lines(content) if name.startswith("X-")] == []


def test_the_same_invite_sent_again_differs_in_its_stamp_alone(workshop, register):
    registration = register(workshop)

    first = unfolded(invites.message("REQUEST", registration, sequence=0, stamp=STAMP))
    again = unfolded(
        invites.message("REQUEST", registration, sequence=0, stamp=STAMP + timedelta(days=3))
    )

    assert [pair for pair in zip(first, again, strict=True) if pair[0] != pair[1]] == [
        ("DTSTAMP:20270115T120500Z", "DTSTAMP:20270118T120500Z")
    ]


def test_a_move_keeps_the_uid(workshop, register):
    registration = register(workshop)
    before = event_lines(invites.message("REQUEST", registration, sequence=0, stamp=STAMP))
    Workshop.objects.filter(pk=workshop.pk).update(
        starts_at=workshop.starts_at + timedelta(hours=1),
        ends_at=workshop.ends_at + timedelta(hours=1),
    )
    registration.workshop.refresh_from_db()

    after = event_lines(
        invites.message("REQUEST", registration, sequence=1, stamp=STAMP + timedelta(days=1))
    )

    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    assert set(changed) == {
        "SEQUENCE",
        "DTSTAMP",
        "DTSTART;TZID=America/Toronto",
        "DTEND;TZID=America/Toronto",
        "DESCRIPTION",
    }
    assert changed["SEQUENCE"] == ("0", "1")
    assert changed["DTSTART;TZID=America/Toronto"] == ("20270329T093000", "20270329T103000")


def test_a_cancel_takes_out_the_entry_that_the_request_put_in(workshop, register):
    registration = register(workshop)
    asked = event_lines(invites.message("REQUEST", registration, sequence=0, stamp=STAMP))

    withdrawn = event_lines(invites.message("CANCEL", registration, sequence=1, stamp=STAMP))

    assert set(asked) - set(withdrawn) == {"DESCRIPTION", "LOCATION"}
    assert {name for name, value in withdrawn.items() if asked.get(name) != value} == {
        "SEQUENCE",
        "STATUS",
        "LAST-MODIFIED",
    }


def test_registering_again_after_a_cancellation_is_a_new_entry(workshop, register, now):
    first = register(workshop)
    signup.cancel(first, now=now)

    second = register(workshop)

    uids = [
        event_lines(invites.message("REQUEST", r, sequence=0, stamp=STAMP))["UID"]
        for r in (first, second)
    ]
    assert uids == [str(first.uid), str(second.uid)]
    assert first.uid != second.uid


def test_each_person_has_an_entry_of_their_own(workshop, register):
    people = [register(workshop, email=address) for address in ("a@example.org", "b@example.org")]

    events = [
        only_event(invites.message("REQUEST", person, sequence=0, stamp=STAMP)) for person in people
    ]

    assert [(str(event["UID"]), str(event["ATTENDEE"])) for event in events] == [
        (str(people[0].uid), "mailto:a@example.org"),
        (str(people[1].uid), "mailto:b@example.org"),
    ]
    assert people[0].uid != people[1].uid


def as_common_name(text):
    return text.replace('"', "'")


def titled_invites(make_workshop, register, communities):
    """(title, name, REQUEST) for each of TEXTS, which is also the name of the person and of the
    first host.

    A name has no backslash here: RFC 5545 escapes none in a parameter, and readers unescape it all
    the same.
    """
    for text in TEXTS:
        name = text.replace("\\", "/")
        communities["Québec"].name = name
        communities["Québec"].save()
        registration = register(make_workshop(title=text), first_name=name, last_name="Roy")
        yield (
            text,
            as_common_name(name),
            invites.message("REQUEST", registration, sequence=0, stamp=STAMP),
        )


def test_icalendar_reads_back_every_title_and_name(make_workshop, register, communities):
    for title, name, content in titled_invites(make_workshop, register, communities):
        event = only_event(content)
        assert str(event["SUMMARY"]) == title
        assert event["ATTENDEE"].params["CN"] == f"{name} Roy"
        assert event["ORGANIZER"].params["CN"] == f"{name} et TMNlab"


def test_ical_js_reads_back_every_title_and_name(make_workshop, register, communities):
    titles, names, contents = zip(
        *titled_invites(make_workshop, register, communities), strict=True
    )

    answers = ask_ical_js(*contents)

    events = [event for answer in answers for event in answer["events"]]
    assert [event["summary"] for event in events] == list(titles)
    assert [event["attendees"] for event in events] == [
        [
            {
                "address": "mailto:zoe@example.org",
                "cn": f"{name} Roy",
                "cutype": "INDIVIDUAL",
                "partstat": "ACCEPTED",
                "role": "REQ-PARTICIPANT",
                "rsvp": "FALSE",
            }
        ]
        for name in names
    ]
    assert [event["organizer"] for event in events] == [
        [{"address": "mailto:praxis@ateliers.example.org", "cn": f"{name} et TMNlab"}]
        for name in names
    ]


def test_a_backslash_in_a_name_is_written_as_it_is(invited):
    invited.first_name = "A\\,b\\;c\\"

    (attendee,) = (
        name for name in event_lines(write("REQUEST", invited)) if name.startswith("ATTENDEE")
    )

    assert attendee.startswith('ATTENDEE;CN="A\\,b\\;c\\ Tremblay";')


@pytest.mark.xfail(
    strict=True, reason="icalendar writes a backslash before a capital N as a line break"
)
def test_a_backslash_before_a_capital_n_is_no_line_break(invited):
    invited.workshop.title = "C:\\Nord"

    (answer,) = ask_ical_js(invites.message("REQUEST", invited, sequence=0, stamp=STAMP))

    assert answer["events"][0]["summary"] == "C:\\Nord"


lines_of_text = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\\"),
    min_size=1,
    max_size=60,
)


@settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=lines_of_text)
def test_any_title_and_name_are_read_back(invited, text):
    invited.workshop.title = invited.first_name = text

    event = only_event(invites.message("REQUEST", invited, sequence=0, stamp=STAMP))

    assert str(event["SUMMARY"]) == text
    assert event["ATTENDEE"].params["CN"] == f"{as_common_name(text)} Tremblay"


def test_the_facts_tell_what_a_person_must_hear_of(workshop, register):
    registration = register(workshop)
    workshop = registration.workshop
    seen = [snapshots.snapshot(registration.workshop, registration.state)]

    for owner, field, value in [
        (workshop, "title", "Autre titre"),
        (workshop, "starts_at", workshop.starts_at + timedelta(minutes=1)),
        (workshop, "ends_at", workshop.ends_at + timedelta(minutes=1)),
        (workshop, "place", "Jitsi"),
        (workshop, "state", Workshop.State.CANCELLED),
        (registration, "state", "cancelled"),
    ]:
        setattr(owner, field, value)
        seen.append(snapshots.snapshot(registration.workshop, registration.state))

    assert len(set(seen)) == 7
    assert registration.told == seen[0]


def test_the_facts_are_deaf_to_the_rest(workshop, register):
    registration = register(workshop)
    before = snapshots.snapshot(registration.workshop, registration.state)

    registration.workshop.description = registration.workshop.contact_email = "x@example.org"
    registration.workshop.meeting_url = "https://zoom.example/autre"
    registration.organisation = "Autre"

    assert snapshots.snapshot(registration.workshop, registration.state) == before


def test_somebody_whom_no_invite_ever_reached_gets_version_0(workshop, register):
    registration = register(workshop)
    Registration.objects.update(sequence=None)
    registration.refresh_from_db()

    snapshots.record(registration, "already_registered")

    assert (registration.sequence, Registration.objects.get().sequence) == (0, 0)


def test_two_who_tell_the_same_news_at_once_raise_the_sequence_once(workshop, register, meanwhile):
    registration = register(workshop)
    Workshop.objects.update(place="Jitsi")
    one, other = (Registration.objects.get(pk=registration.pk) for _each in range(2))
    meanwhile(lambda: snapshots.record(other, "update"))

    snapshots.record(one, "update")

    assert Registration.objects.get().sequence == 1


def test_the_published_calendar_says_exactly_this(make_workshop, register):
    workshop = make_workshop(meeting_url="https://zoom.example/j/123?pwd=secret")
    register(workshop)

    content = calendars.published([workshop])

    assert unfolded(content)[4] == "METHOD:PUBLISH"
    assert event_lines(content) == {
        "UID": str(workshop.uid),
        "SEQUENCE": "0",
        "DTSTAMP": "20270115T120000Z",
        "CREATED": "20270115T120000Z",
        "LAST-MODIFIED": "20270115T120000Z",
        "DTSTART;TZID=America/Toronto": "20270329T093000",
        "DTEND;TZID=America/Toronto": "20270329T120000",
        "SUMMARY": "Données culturelles",
        "DESCRIPTION": (
            "lundi\u00a029\u00a0mars\u00a02027\\n"
            "9\u00a0h\u00a030\u00a0– 12\u00a0h\u00a000 (heure du Québec)\\n"
            "15\u00a0h\u00a030\u00a0– 18\u00a0h\u00a000 (heure de France)\\n"
            f"\\nInscription et détails\u00a0: {SITE}/ateliers/atelier-1/"
        ),
        "LOCATION": "Zoom",
        "URL": f"{SITE}/ateliers/atelier-1/",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
        "CLASS": "PUBLIC",
        'ORGANIZER;CN="Culture pour tous et TMNlab"': "mailto:praxis@ateliers.example.org",
    }


def test_nobody_is_sent_to_register_for_a_cancelled_workshop(make_workshop):
    [*_hours, last] = event_lines(
        calendars.published([make_workshop(state=Workshop.State.CANCELLED)])
    )["DESCRIPTION"].split("\\n")

    assert last == f"Détails\u00a0: {SITE}/ateliers/atelier-1/"


def test_the_published_calendar_is_in_lines_of_75_octets(make_workshop):
    content = calendars.published(
        [make_workshop(title="🎭" * 150), make_workshop("France", title="é, " * 50 + "fin")]
    )

    lines = content.split(b"\r\n")
    assert content.count(b"\n") == content.count(b"\r") == len(lines) - 1
    assert [line for line in lines if len(line) > 75] == []


def test_a_cancelled_workshop_stays_in_the_published_calendar_as_cancelled(make_workshop):
    kept, cancelled = make_workshop(), make_workshop(state=Workshop.State.CANCELLED)

    (answer,) = ask_ical_js(calendars.published([kept, cancelled]))

    assert [(event["uid"], event["status"]) for event in answer["events"]] == [
        (str(kept.uid), "CONFIRMED"),
        (str(cancelled.uid), "CANCELLED"),
    ]


def test_an_edit_gives_the_published_entry_a_later_stamp(workshop, time_machine, now):
    time_machine.move_to(now + timedelta(hours=2), tick=False)
    workshop.title = "Autre titre"
    workshop.save()

    lines = event_lines(calendars.published([workshop]))

    assert (lines["DTSTAMP"], lines["LAST-MODIFIED"], lines["CREATED"]) == (
        "20270115T140000Z",
        "20270115T140000Z",
        "20270115T120000Z",
    )


def test_a_published_workshop_is_not_the_entry_of_a_registration(workshop, register):
    registration = register(workshop)

    assert event_lines(calendars.published([workshop]))["UID"] != str(registration.uid)


def test_an_empty_published_calendar_is_still_a_calendar():
    assert unfolded(calendars.published([])) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Praxis//Praxis//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "END:VCALENDAR",
    ]


def queries(workshop):
    return {
        name: dict(parse_qsl(urlsplit(url).query)) for name, url in calendars.web_links(workshop)
    }


@pytest.mark.parametrize(
    ("start", "first", "last"),
    [
        (datetime(2027, 3, 29, 9, 30), datetime(2027, 3, 29, 13, 30), datetime(2027, 3, 29, 16, 0)),
        (datetime(2027, 3, 1, 9, 30), datetime(2027, 3, 1, 14, 30), datetime(2027, 3, 1, 17, 0)),
        (
            datetime(2026, 10, 28, 22, 30),
            datetime(2026, 10, 29, 2, 30),
            datetime(2026, 10, 29, 5, 0),
        ),
    ],
)
def test_the_web_calendars_are_given_the_instants_in_utc(make_workshop, start, first, last):
    links = queries(make_workshop(start=start))

    assert links["Google Calendar"]["dates"] == f"{first:%Y%m%dT%H%M%SZ}/{last:%Y%m%dT%H%M%SZ}"
    assert links["Google Calendar"]["ctz"] == "America/Toronto"
    for name in ("Outlook.com", "Office 365"):
        assert (links[name]["startdt"], links[name]["enddt"]) == (
            f"{first.isoformat()}Z",
            f"{last.isoformat()}Z",
        )


def test_the_web_calendars_are_told_nothing_secret(make_workshop, register):
    workshop = make_workshop(
        title='Été & "hiver" + 100 % #1', meeting_url="https://zoom.example/j/1?pwd=secret"
    )
    registration = register(workshop)

    links = queries(workshop)

    details = "\n".join([*workshop.clock_lines, "", f"{SITE}/ateliers/atelier-1/"])
    facts = [
        [link.get("text") or link["subject"], link["location"], link.get("details") or link["body"]]
        for link in links.values()
    ]
    assert facts == [[workshop.title, "Zoom", details]] * 3
    everything = str(calendars.web_links(workshop))
    secrets = ["zoom.example", registration.join_token, registration.manage_token]
    assert [secret for secret in secrets if secret in everything] == []


def test_the_web_calendars_are_given_no_plus_for_a_space(make_workshop):
    # Outlook shows it as it stands.
    workshop = make_workshop(title="Deux et deux")

    assert [url for _, url in calendars.web_links(workshop) if "+" in url] == []


def test_the_web_calendars_are_asked_over_https(workshop):
    assert [
        (name, urlsplit(url).scheme, urlsplit(url).hostname)
        for name, url in calendars.web_links(workshop)
    ] == [
        ("Google Calendar", "https", "calendar.google.com"),
        ("Outlook.com", "https", "outlook.live.com"),
        ("Office 365", "https", "outlook.office.com"),
    ]
