"""Page, mail, invite, published calendar, JSON-LD and OpenAgenda tell the same instants."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from events.models import Workshop
from registrations import worker
from registrations.domain import announcements
from tests.helpers.json_ld import event_of
from tests.helpers.mails import entry, plain, text
from tests.helpers.pages import page_text
from tests.helpers.workshops import change, move

pytestmark = pytest.mark.one_database

LENGTH = timedelta(hours=2.5)
ZONES = {"Québec": "America/Toronto", "France": "Europe/Paris"}
# 9:30 in Québec: before, in and after the weeks in which France is five hours away, both times of
# the year; a week later each is on the other side of a change, or within it.
DAYS = ["2027-03-12", "2027-03-15", "2027-03-26", "2027-03-29", "2027-10-25", "2027-11-01"]
DAYS += ["2027-11-05", "2027-11-08"]
STATUSES = {
    "published": "EventScheduled",
    "moved": "EventRescheduled",
    "cancelled": "EventCancelled",
}


def hours(at, zone):
    local = at.astimezone(ZoneInfo(zone))
    return f"{local.hour} h {local.minute:02}"


def instants(start, end):
    return tuple(datetime.fromisoformat(str(each)).astimezone(UTC) for each in (start, end))


def told_to_openagenda(client):
    """{uid: (start, end)} of each workshop."""
    events = json.loads(client.get("/agenda/openagenda.json").content)["events"]
    return {
        each["extIds"][0]["value"]: instants(timing["begin"], timing["end"])
        for each in events
        for timing in each["timings"]
    }


def surfaces(workshop, page, client, smtp):
    """What each surface says of `workshop`, its last mail included: {surface: (start, end)}."""
    event, english = event_of(page), event_of(client.get(f"/en/workshops/{workshop.slug}/"))
    calendar = client.get(f"/ateliers/{workshop.slug}/calendrier.ics")
    [published] = Calendar.from_ical(calendar.content).events
    invite = entry(mail_of(smtp, workshop))
    return {
        "page in French": instants(event["startDate"], event["endDate"]),
        "page in English": instants(english["startDate"], english["endDate"]),
        "calendar": instants(published.start, published.end),
        "invite": instants(invite.start, invite.end),
    }


def mail_of(smtp, workshop):
    [*_earlier, last] = [each for each in smtp.messages if f"{workshop.slug}@" in each["To"]]
    return last


@pytest.mark.long_walk
def test_all_tell_the_same_over_the_odd_weeks_after_a_move_and_a_cancellation(
    make_workshop, register, client, smtp, now
):
    def look(stage, starts):
        worker.run_once(now=now)
        openagenda = told_to_openagenda(client)
        for workshop, start in zip(workshops, starts, strict=True):
            response = client.get(f"/ateliers/{workshop.slug}/")
            found = surfaces(workshop, response, client, smtp)
            found["OpenAgenda"] = openagenda[str(workshop.uid)]
            assert set(found.values()) == {(start, start + LENGTH)}, (stage, start, found)
            event, page = event_of(response), page_text(response)
            assert event["eventStatus"] == f"http://schema.org/{STATUSES[stage]}"
            assert ("previousStartDate" in event) == (stage == "moved")
            mail = plain(text(mail_of(smtp, workshop)))
            for place, zone in ZONES.items():
                begins, ends = hours(start, zone), hours(start + LENGTH, zone)
                assert f"{place} {begins} jusqu’à {ends}" in page, (stage, start, place)
                assert f"{begins} – {ends} (heure d" in mail, (stage, start, place)

    starts = [
        datetime.fromisoformat(f"{day} 09:30").replace(tzinfo=ZoneInfo(ZONES["Québec"]))
        for day in DAYS
    ]
    starts = [start.astimezone(UTC) for start in starts]
    workshops = [
        make_workshop(
            *(("Québec", "France") if number % 2 else ("France", "Québec")),
            starts_at=start,
            ends_at=start + LENGTH,
            announced_starts_at=start,
        )
        for number, start in enumerate(starts)
    ]
    for workshop in workshops:
        register(workshop, email=f"{workshop.slug}@example.org")
    look("published", starts)

    for workshop in workshops:
        announcements.announce(move(workshop, timedelta(days=7)), now=now)
    look("moved", [start + timedelta(days=7) for start in starts])

    for workshop in workshops:
        announcements.announce(change(workshop, state=Workshop.State.CANCELLED), now=now)
    look("cancelled", [start + timedelta(days=7) for start in starts])
    assert {entry(mail_of(smtp, each))["status"] for each in workshops} == {"CANCELLED"}
