"""The hours of each host are the same on every surface, on each day of the odd weeks of 2027.

What is expected is worked out here by zoneinfo alone, from the instants that are stored.
"""

import re
from datetime import date, datetime, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import feedparser
import icalendar
import pytest
from django.urls import reverse
from django.utils import timezone

from events.card import workshop_card
from events.models import Workshop
from registrations.mail import delivery
from registrations.models import OutgoingMail
from tests.helpers import mails
from tests.helpers.desk import desk
from tests.helpers.mails import plain
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

ZONES = {"Québec": "America/Toronto", "France": "Europe/Paris", "La Réunion": "Indian/Reunion"}
TWO, THREE = ("Québec", "France"), ("Québec", "France", "La Réunion")


def days(first, last):
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


# The clocks of Québec and France change on the first and last day of each of these weeks.
SPRING = days(date(2027, 3, 14), date(2027, 3, 28))
AUTUMN = days(date(2027, 10, 31), date(2027, 11, 7))
MORNINGS = [(TWO, day, 9) for day in [*SPRING, *AUTUMN, date(2027, 6, 15)]]
# In the evening the others' clocks show the next day.
CASES = [*MORNINGS, (THREE, date(2027, 3, 16), 9), (THREE, date(2027, 3, 27), 19)]


def hour(at):
    return f"{at.hour} h {at.minute:02}"


def expected(workshop, places):
    """(place, start, end) of each host, as French writes the hours."""
    zones = [ZoneInfo(ZONES[place]) for place in places]
    return [
        (place, hour(workshop.starts_at.astimezone(zone)), hour(workshop.ends_at.astimezone(zone)))
        for place, zone in zip(places, zones, strict=True)
    ]


def drawn(words):
    """(place, start, end) of each half of the twin clocks in the `words` of a surface."""
    half = r"({}) (?:\w+ \d+(?:er)? \w+ \d{{4}} )?(\d+ h \d\d) jusqu’à (\d+ h \d\d)"
    return re.findall(half.format("|".join(ZONES)), plain(words))


def written(words):
    """(place, start, end) of each line « 9 h 30 – 12 h 00 (heure du Québec) » in `words`."""
    line = r"(\d+ h \d\d) – (\d+ h \d\d) \(heure d[ue] ([^)]+)\)"
    return [(place, start, end) for start, end, place in re.findall(line, plain(words))]


def of_calendar(content, places):
    """(place, start, end) of each host by the instants in the bytes of one event's calendar."""
    [event] = icalendar.Calendar.from_ical(content).events
    hours = []
    for place in places:
        zone = ZoneInfo(ZONES[place])
        start, end = (event[name].dt.astimezone(zone) for name in ("DTSTART", "DTEND"))
        hours.append((place, hour(start), hour(end)))
    return hours


def received(mail):
    """An outgoing mail as its reader's program parses it."""
    raw = delivery.composed(mail, now=timezone.now()).message().as_bytes(linesep="\r\n")
    return message_from_bytes(raw, policy=policy.default)


def surfaces(workshop, places, client, organiser):
    """{surface: [(place, start, end)]} of all that tells the hours of `workshop`."""
    thanks = client.post(form_of(workshop), typed(), follow=True)
    registration = workshop.registrations.get()
    mail = received(OutgoingMail.objects.with_workshops().get())
    pages = {
        "workshop": workshop.get_absolute_url(),
        "list": reverse("events:list"),
        "form": form_of(workshop),
        "poster": reverse("events:poster", args=[workshop.slug]),
        "manage page": registration.manage_path,
        "join page": registration.join_path,
        "card in a frame": reverse("events:embedded_card", args=[workshop.slug]),
    }
    told = {name: drawn(page_text(client.get(path))) for name, path in pages.items()}
    at_the_desk = page_text(organiser.get(desk(workshop)))
    published = client.get(reverse("events:calendar", args=[workshop.slug])).content
    card = workshop_card(workshop, timezone.now())
    feed = client.get(reverse("events:feed")).content
    [entry] = feedparser.parse(client.get(reverse("events:atom")).content).entries
    return told | {
        "thanks": drawn(page_text(thanks)),
        "mail, HTML": drawn(mails.words(mails.html(mail))),
        "mail, text": written(mails.text(mail)),
        "invite": of_calendar(mails.leaf(mail, "text/calendar").get_payload(decode=True), places),
        "published calendar": of_calendar(published, places),
        "feed": of_calendar(feed, places),
        "Atom": written(entry.summary),
        "card": drawn(" ".join(f"{half.place} {half.start} {half.end}" for half in card.halves)),
        "desk": drawn(at_the_desk),
        "desk, beside the date": written(at_the_desk),
    }


@pytest.mark.parametrize(
    ("places", "day", "at"),
    CASES,
    ids=[f"{day}, {at}:30, {len(places)} hosts" for places, day, at in CASES],
)
def test_each_hosts_hours_are_equal_on_every_surface(
    places, day, at, make_workshop, client, admin_client
):
    start = datetime(day.year, day.month, day.day, at, 30)
    workshop = Workshop.objects.get(pk=make_workshop(*places, start=start).pk)

    told = surfaces(workshop, places, client, admin_client)

    assert told == dict.fromkeys(told, expected(workshop, places))
    assert len(told) == 17


def test_the_days_are_those_on_which_the_two_clocks_are_five_hours_apart():
    apart = {
        day: datetime(day.year, day.month, day.day, 13, 30, tzinfo=ZoneInfo("UTC"))
        for _places, day, _at in MORNINGS
    }
    hours = {
        day: instant.astimezone(ZoneInfo(ZONES["France"])).hour
        - instant.astimezone(ZoneInfo(ZONES["Québec"])).hour
        for day, instant in apart.items()
    }

    assert {day for day, difference in hours.items() if difference == 5} == {
        *SPRING[:-1],
        *AUTUMN[:-1],
    }
