"""Feeds to subscribe to: what six calendar readers and an Atom reader make of them, and what they
cost."""

import re
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import icalendar
import pytest
from lxml import etree

from events.models import Community, Workshop
from registrations.mail import delivery
from registrations.models import OutgoingMail
from tests.helpers import mails
from tests.helpers.clock import NOW
from tests.helpers.pages import page_text
from tests.helpers.readers import read_by_six

pytestmark = pytest.mark.one_database

SITE = "https://ateliers.example.org"
ATOM_RULES = etree.RelaxNG(etree.parse(Path(__file__).parents[1] / "helpers" / "atom.rng"))
SIX = {"icalendar", "vobject", "ics", "ical.js", "node-ical", "ts-ics"}
# Each day of the weeks in which Québec and France are five hours apart, and one of six hours.
ODD_DAYS = [
    *(date(2027, 3, day) for day in range(14, 29)),
    *(date(2027, 10, 31) + timedelta(days=number) for number in range(8)),
    date(2027, 6, 15),
]
PLACES = [("Québec", "France"), ("France", "Québec"), ("La Réunion",), ("Katmandou", "Casablanca")]


@pytest.fixture
def server_caches(settings, request):
    """The caches that a server has, empty."""
    memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    names = ("default", "drawings")
    settings.CACHES = {
        name: memory | {"LOCATION": f"{name} {request.node.nodeid}"} for name in names
    }


def edit(workshop, **fields):
    """Save `workshop` with other `fields`, as an organiser does."""
    for name, value in fields.items():
        setattr(workshop, name, value)
    workshop.save()


def expected(workshop):
    """What a reader is to find of `workshop`, besides its SEQUENCE."""
    status = "CANCELLED" if workshop.is_cancelled else "CONFIRMED"
    return workshop.starts_at.timestamp(), workshop.ends_at.timestamp(), status, workshop.title


def properties(content):
    """The lines of a calendar before its first component, unfolded."""
    head = content.decode().replace("\r\n ", "").partition("BEGIN:V")[2]
    return dict(line.split(":", 1) for line in head.partition("BEGIN:")[0].splitlines()[1:])


def test_six_readers_read_each_workshops_own_instants_through_the_odd_weeks(
    make_workshop, client, time_machine
):
    workshops = []
    for number, day in enumerate(ODD_DAYS):
        hour = (0, 9, 23)[number % 3]
        start = datetime(day.year, day.month, day.day, hour, 30)
        title = f"Rencontre n° {number} : « données », d’ici; là-bas, \\ n"
        workshops.append(make_workshop(*PLACES[number % 4], start=start, title=title))
    time_machine.move_to(NOW + timedelta(hours=1))
    for workshop in workshops[::5]:
        later = timedelta(days=7)
        edit(workshop, starts_at=workshop.starts_at + later, ends_at=workshop.ends_at + later)
    for workshop in workshops[::7]:
        edit(workshop, state=Workshop.State.CANCELLED)

    (found,) = read_by_six(client.get("/calendrier.ics").content)

    wanted = {str(workshop.uid): expected(workshop) for workshop in workshops}
    assert set(found) == SIX
    for reader, events in found.items():
        read = {uid: facts[:-1] for uid, facts in events.items()}
        # node-ical and ts-ics leave some escapes in a title as they stand.
        if reader in ("node-ical", "ts-ics"):
            read = {uid: (*facts[:-1], wanted[uid][-1]) for uid, facts in read.items()}
        assert read == wanted, reader


def test_a_subscribed_calendar_follows_a_move_and_a_cancellation(
    workshop, server_caches, client, time_machine
):
    held, seen, etag = {}, [], ""

    def refresh(hours):
        """What each reader's calendar shows, `hours` after NOW."""
        nonlocal etag
        time_machine.move_to(NOW + timedelta(hours=hours))
        answer = client.get("/calendrier.ics", headers={"if-none-match": etag})
        if answer.status_code == 304:
            return
        etag = answer["ETag"]
        (found,) = read_by_six(answer.content)
        for reader, events in found.items():
            for uid, facts in events.items():
                known = held.setdefault(reader, {}).get(uid)
                # RFC 5546 2.1.5: the higher SEQUENCE wins.
                if known is None or facts[-1] > known[-1]:
                    held[reader][uid] = facts
        seen.append({facts[:-1] for events in held.values() for facts in events.values()})
        assert {len(events) for events in held.values()} == {1}

    first = expected(workshop)
    refresh(1)
    refresh(2)
    edit(workshop, starts_at=workshop.starts_at + timedelta(hours=2))
    moved = expected(workshop)
    refresh(3)
    edit(workshop, state=Workshop.State.CANCELLED)
    called_off = expected(workshop)
    refresh(4)
    refresh(5)

    assert seen == [{first}, {moved}, {called_off}]
    assert set(held) == SIX


def test_the_feed_and_the_invite_tell_the_same_instants(workshop, register, client):
    register(workshop)
    mail = OutgoingMail.objects.with_workshops().get()

    raw = delivery.composed(mail, now=NOW).message().as_bytes(linesep="\r\n")
    [invited] = mails.calendar(message_from_bytes(raw, policy=policy.default)).events
    [published] = icalendar.Calendar.from_ical(client.get("/calendrier.ics").content).events

    names = ("DTSTART", "DTEND", "SUMMARY", "URL")
    assert [published[name] for name in names] == [invited[name] for name in names]
    assert "ATTENDEE" not in published


def test_a_feed_says_its_name_its_colour_and_when_to_ask_again(workshop, communities, client):
    host = communities["Québec"]
    edit(host, name="Culture, art; etc.", colour="green")

    of_all = properties(client.get("/calendrier.ics").content)
    english = properties(client.get("/en/calendar.ics").content)
    of_host = properties(client.get(f"/communautes/{host.pk}/calendrier.ics").content)

    assert of_all["NAME"] == of_all["X-WR-CALNAME"] == "Ateliers Praxis"
    assert english["NAME"] == "Praxis workshops"
    assert of_host["NAME"] == of_host["X-WR-CALNAME"] == r"Culture\, art\; etc."
    assert of_all["METHOD"] == "PUBLISH"
    assert of_all["REFRESH-INTERVAL;VALUE=DURATION"] == of_all["X-PUBLISHED-TTL"] == "PT1H"
    assert of_all["SOURCE;VALUE=URI"] == f"{SITE}/calendrier.ics"
    assert of_host["URL;VALUE=URI"] == f"{SITE}/communautes/{host.pk}-culture-art-etc/"
    assert (of_all["COLOR"], of_host["COLOR"]) == ("midnightblue", "seagreen")
    assert of_host["X-APPLE-CALENDAR-COLOR"] == "#1d6b45"
    assert of_all["DESCRIPTION"].startswith("Des ateliers en ligne et gratuits")


def test_a_communitys_feed_holds_its_workshops_and_keeps_its_address(
    make_workshop, communities, client
):
    make_workshop("Québec", "France", title="À deux")
    make_workshop("Martinique", title="Ailleurs")
    make_workshop("France", title="Secret", state=Workshop.State.DRAFT)
    host = communities["France"]
    paths = [f"/communautes/{host.pk}/calendrier.ics", f"/en/communities/{host.pk}/atom.xml"]

    before = [client.get(path).content.decode() for path in paths]
    edit(host, name="Un autre nom")
    after = [client.get(path).content.decode() for path in paths]

    assert [page.count("À deux") for page in before + after] == [1] * 4
    assert [re.findall("Ailleurs|Secret", page) for page in before + after] == [[]] * 4
    assert [page.count("Un autre nom") > 0 for page in after] == [True, True]
    missing = ["/communautes/99999/calendrier.ics", f"/communautes/{'9' * 40}/atom.xml"]
    assert [client.get(path).status_code for path in missing] == [404, 404]


@pytest.mark.parametrize("path", ["/calendrier.ics", "/en/atom.xml"])
def test_a_feed_that_has_not_changed_answers_304_by_its_etag_or_its_date(
    path, make_workshop, server_caches, client, time_machine
):
    _kept, withdrawn = make_workshop(), make_workshop(title="Retiré")
    first = client.get(path)
    known = {"if-none-match": first["ETag"]}
    dated = {"if-modified-since": first["Last-Modified"]}
    later = {"if-modified-since": "Fri, 15 Jan 2027 18:00:00 GMT"}

    time_machine.move_to(NOW + timedelta(minutes=5))
    same = [client.get(path, headers=headers) for headers in (known, dated, later, {})]
    # The date of what stays is no later than before, and yet the feed is another one.
    Workshop.objects.filter(pk=withdrawn.pk).update(state=Workshop.State.DRAFT)
    time_machine.move_to(NOW + timedelta(minutes=10))
    changed = [client.get(path, headers=headers) for headers in (known, dated, later, {})]

    assert [answer.status_code for answer in same] == [304, 304, 200, 200]
    assert [answer.status_code for answer in changed] == [200] * 4
    assert same[-1]["Last-Modified"] == first["Last-Modified"] == "Fri, 15 Jan 2027 12:00:00 GMT"
    assert changed[-1]["Last-Modified"] == "Fri, 15 Jan 2027 12:10:00 GMT"
    assert {answer["Cache-Control"] for answer in [first, *same]} == {"public, max-age=60"}


def test_feeds_tell_nothing_secret_and_set_no_cookie(make_workshop, register, client):
    workshop = make_workshop(
        meeting_url="https://zoom.example/j/1?pwd=secret",
        afterwards="https://replay.example/secret",
        keyword="Sésame-secret",
    )
    person = register(workshop)
    secrets = ["zoom.example", "secret", person.manage_token, person.join_token, "Zoé", "zoe@"]
    key = workshop.communities[0].pk
    paths = ["/calendrier.ics", "/atom.xml", f"/communautes/{key}/calendrier.ics", "/agenda/"]

    for path in paths:
        answer = client.get(path)
        assert [each for each in secrets if each in answer.content.decode()] == []
        assert answer.cookies.output() == ""


def test_feeds_cost_as_many_statements_however_many_workshops(
    make_workshop, communities, client, django_assert_num_queries
):
    key = communities["Québec"].pk
    costs = {
        "/calendrier.ics": 3,
        "/atom.xml": 3,
        f"/communautes/{key}/calendrier.ics": 4,
        f"/communautes/{key}/atom.xml": 4,
        "/agenda/": 1,
    }

    for rows in (1, 9):
        for _ in range(rows):
            make_workshop()
            make_workshop(start=datetime(2026, 12, 1, 9, 30))
        for path, statements in costs.items():
            with django_assert_num_queries(statements):
                client.get(path)


@pytest.fixture
def atom(client):
    """The bytes of an Atom feed, which its rules and a reader have found valid."""

    def read(path="/atom.xml"):
        answer = client.get(path)
        assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
        ATOM_RULES.assertValid(etree.fromstring(answer.content))
        feed = feedparser.parse(answer.content)
        assert (feed.bozo, feed.version) == (False, "atom10")
        return feed

    return read


def test_atom_is_valid_and_says_what_changed_and_when(make_workshop, atom, time_machine):
    kept = make_workshop(
        title="Données\x0b & « culture » <b>]]>\ufffe\uffff",
        description="Un *mot*.\x00\x0b\ufffe\n\n[Lien](https://example.org/?a=1&b=2)",
        announced_starts_at=NOW,
    )
    make_workshop(state=Workshop.State.CANCELLED, cancellation_reason="Grève.", title="Ciné")
    english = make_workshop(title="Talk", language="en")
    before = atom()
    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    edit(english, slug="another-address", description="Now with a text")
    after, in_english = atom(), atom("/en/atom.xml")

    titles = {"Nouvelle date : Données & « culture » <b>]]>", "Annulé : Ciné", "Talk"}
    assert {entry.title.replace("\xa0", " ") for entry in before.entries} == titles
    assert before.feed.id == f"{SITE}/atom.xml"
    assert {entry.id for entry in before.entries} == {entry.id for entry in after.entries}
    assert f"urn:uuid:{kept.uid}" in {entry.id for entry in after.entries}
    assert after.entries[0].title == "Talk"
    assert after.entries[0].updated == after.feed.updated == "2027-01-15T13:00:00+00:00"
    assert after.entries[0].link == f"{SITE}/ateliers/another-address/"
    assert [entry.updated for entry in after.entries[1:]] == [
        entry.updated for entry in before.entries if entry.title != "Talk"
    ]
    [summary] = [entry.summary for entry in after.entries if "Données" in entry.title]
    assert "9 h 30 – 12 h 00 (heure du Québec)" in summary.replace("\xa0", " ")
    assert "<em>mot</em>" in summary
    # The entry is in the language of its workshop, its hours in that of the feed.
    [told] = [entry.summary for entry in in_english.entries if "Données" in entry.title]
    assert told.startswith('<p lang="en">')
    assert in_english.feed.language == "en"


def test_a_feed_without_workshops_is_valid_and_stays_the_same(db, atom, client, time_machine):
    first = client.get("/atom.xml").content
    time_machine.move_to(NOW + timedelta(days=1))

    assert atom().entries == []
    assert client.get("/atom.xml").content == first
    assert read_by_six(client.get("/calendrier.ics").content) == [dict.fromkeys(SIX, {})]


def test_pages_name_their_feeds_to_programs(workshop, communities, client):
    host = communities["Québec"]
    link = r'<link rel="alternate" type="([^"]+)" href="([^"]+)" title="([^"]+)">'
    page, of_host = workshop.get_absolute_url(), host.get_absolute_url()

    found = {
        path: re.findall(link, client.get(path).content.decode())
        for path in ("/", page, of_host, "/en/calendar/")
    }

    of_all = [
        ("text/calendar", f"{SITE}/calendrier.ics", "Ateliers Praxis"),
        ("application/atom+xml", f"{SITE}/atom.xml", "Ateliers Praxis"),
    ]
    assert found["/"] == found[page] == of_all
    assert found[of_host][0] == (
        "text/calendar",
        f"{SITE}/communautes/{host.pk}/calendrier.ics",
        "Culture pour tous",
    )
    assert found["/en/calendar/"][0][1] == f"{SITE}/en/calendar.ics"
    paths = [urlsplit(href).path for links in found.values() for _type, href, _title in links]
    assert {client.get(path).status_code for path in paths} == {200}


def test_the_page_of_the_calendar_gives_each_address_and_is_honest(workshop, client):
    answer = client.get("/agenda/")

    html, text = answer.content.decode(), page_text(answer)
    keys = Community.objects.filter(workshops=workshop).values_list("pk", flat=True)
    calendars = ["calendrier.ics", *(f"communautes/{key}/calendrier.ics" for key in keys)]
    host = SITE.removeprefix("https://")
    for path in calendars:
        assert f'href="webcal://{host}/{path}"' in html
        assert f">{SITE}/{path}</textarea>" in html
    assert "Google environ une fois par jour" in text
    assert "un courriel vous annonce chaque changement" in text
