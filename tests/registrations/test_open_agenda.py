"""OpenAgenda: the file that it reads, and the agenda that the worker keeps there."""

import json
import logging
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Workshop
from registrations import worker
from registrations.admin import agenda_words
from registrations.admin.agenda_words import reason
from registrations.domain import open_agenda as agenda_acts
from registrations.domain import open_agenda_api
from registrations.models import AgendaEntry
from tests.helpers import open_agenda as fake
from tests.helpers.desk import overview
from tests.helpers.pages import page_text
from tests.helpers.workshops import change, move

pytestmark = pytest.mark.one_database

FILE = "/agenda/openagenda.json"
SITE = "https://ateliers.example.org"
FIRST = datetime(2027, 3, 22, 13, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agenda(settings):
    """An agenda that this site keeps."""
    with fake.open_agenda() as agenda:
        settings.OPENAGENDA_API = agenda.url
        settings.OPENAGENDA_KEY, settings.OPENAGENDA_AGENDA = fake.KEY, fake.AGENDA
        yield agenda


def events_in(response):
    return json.loads(response.content)["events"]


def test_the_file_tells_the_next_workshops_as_openagenda_takes_them(make_workshop, client, now):
    workshop = make_workshop(
        title="Données culturelles",
        description="Ce qui *nous* relie.\n\nEt [la suite](https://example.org/).",
        translated_title="Cultural data",
        translated_description="What binds us.",
        meeting_url="https://zoom.example/j/1",
    )
    make_workshop(state=Workshop.State.DRAFT)
    make_workshop(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))

    response = client.get(FILE)

    [event] = events_in(response)
    long = event.pop("longDescription")
    picture = event.pop("image")["url"]
    assert event == {
        "title": {"fr": "Données culturelles", "en": "Cultural data"},
        "description": {"fr": "Ce qui nous relie. Et la suite.", "en": "What binds us."},
        "conditions": {
            "fr": "Gratuit, sur inscription. En ligne.",
            "en": "Free, on registration. Online.",
        },
        "extIds": [{"key": "praxis", "value": str(workshop.uid)}],
        "attendanceMode": 2,
        "onlineAccessLink": f"{SITE}/ateliers/atelier-1/",
        "timezone": "America/Toronto",
        "timings": [{"begin": "2027-03-29T09:30:00-0400", "end": "2027-03-29T12:00:00-0400"}],
        "status": 1,
        "registration": [f"{SITE}/ateliers/atelier-1/inscription/"],
    }
    assert picture.startswith(f"{SITE}/ateliers/atelier-1/image.png?v=")
    assert "15 h 30 – 18 h 00 (heure de France)" in long["fr"].replace("\u00a0", " ")
    assert "3:30" in long["en"]
    assert "[la suite](https://example.org/)" in long["fr"]
    assert "zoom.example" not in response.content.decode()
    assert json.loads(client.get(f"/en{FILE}").content)["events"][0]["title"] == event["title"]


def test_the_file_stays_within_the_limits(make_workshop, client):
    long = "Une phrase 🎭 assez longue, " * 600
    make_workshop(title=long[:200], description=long, hours=50, capacity=1)
    make_workshop(title="é" * 200)

    events = events_in(client.get(FILE))

    assert [fake.faults_of(event) for event in events] == [[], []]
    longest = max(events, key=lambda event: len(event["timings"]))
    assert [(each["begin"][:16], each["end"][:16]) for each in longest["timings"]] == [
        ("2027-03-29T09:30", "2027-03-30T09:30"),
        ("2027-03-30T09:30", "2027-03-31T09:30"),
        ("2027-03-31T09:30", "2027-03-31T11:30"),
    ]


@pytest.mark.parametrize(
    ("announced", "told"),
    [
        ({"captions": "human"}, {"hi": True}),
        ({"interpretation": ["en", "lsq"]}, {"hi": True}),
        ({"captions": "automatic", "interpretation": ["en"]}, None),
    ],
)
def test_deaf_people_find_what_they_can_follow(announced, told, make_workshop, client):
    make_workshop(**announced)

    assert events_in(client.get(FILE))[0].get("accessibility") == told


def test_the_status_says_what_people_must_know_first(make_workshop, register, client):
    workshop = make_workshop(capacity=1, announced_starts_at=FIRST)
    moved = events_in(client.get(FILE))[0]["status"]
    register(workshop)
    full = events_in(client.get(FILE))[0]["status"]
    change(workshop, state=Workshop.State.CANCELLED, cancellation_reason="Une intervenante malade.")
    [cancelled] = events_in(client.get(FILE))

    assert (moved, full, cancelled["status"]) == (2, 5, 6)
    assert "registration" not in cancelled
    assert "Une intervenante malade." in cancelled["longDescription"]["fr"]


def test_the_file_costs_as_much_for_many_and_is_not_sent_twice(make_workshop, client):
    def get(**headers):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(FILE, headers=headers)
        return response, len(queries)

    make_workshop(capacity=2)
    first, once = get()
    for _ in range(3):
        make_workshop(capacity=2)
    second, again = get()

    assert (once, again) == (4, 4)
    assert get(if_none_match=first["ETag"])[0].status_code == 200
    unchanged, _count = get(if_none_match=second["ETag"])
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert second["Cache-Control"] == "public, max-age=60"


def test_the_agenda_follows_its_workshop(agenda, make_workshop, register, now, monkeypatch):
    def round_of(moment):
        agenda.asked.clear()
        worker.run_once(now=moment)
        return [method for method, _path in agenda.asked]

    workshop = make_workshop(capacity=1)
    key = str(workshop.uid)
    assert round_of(now) == ["POST", "PUT"]
    assert agenda.events[key]["title"] == {"fr": "Données culturelles"}
    assert round_of(now + MINUTE) == []

    register(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(announced_starts_at=workshop.starts_at)
    assert round_of(now + 2 * MINUTE) == ["POST", "PUT"]
    assert agenda.events[key]["status"] == 5
    move(workshop, timedelta(days=1))
    change(workshop, capacity=None)
    round_of(now + 3 * MINUTE)
    assert agenda.events[key]["status"] == 2
    assert agenda.events[key]["timings"][0]["begin"] == "2027-03-30T09:30:00-0400"
    change(workshop, state=Workshop.State.CANCELLED)
    round_of(now + 4 * MINUTE)
    assert agenda.events[key]["status"] == 6
    change(workshop, state=Workshop.State.DRAFT)
    assert round_of(now + 5 * MINUTE) == ["POST", "DELETE"]
    assert (agenda.events, AgendaEntry.objects.count()) == ({}, 0)

    change(workshop, state=Workshop.State.PUBLISHED)
    round_of(now + 6 * MINUTE)
    workshop.registrations.all().delete()
    workshop.delete()
    round_of(now + 7 * MINUTE)
    assert (agenda.events, AgendaEntry.objects.count()) == ({}, 0)


def test_what_is_over_stays_in_the_agenda(agenda, workshop, now):
    worker.run_once(now=now)
    before = dict(agenda.events)
    change(workshop, title="Autrement")

    worker.run_once(now=workshop.ends_at + MINUTE)

    assert agenda.events == before


def test_without_a_key_nothing_is_asked_and_nothing_written(agenda, workshop, now, settings):
    settings.OPENAGENDA_KEY = ""

    worker.run_once(now=now)

    assert (agenda.asked, AgendaEntry.objects.count()) == ([], 0)


def hang(handler):
    time.sleep(1.3)


ANSWERS = {
    "too much": (lambda handler: handler.answer(429, {}, Retry_After="600"), "HTTP 429 {}", 10),
    "broken": (lambda handler: handler.answer(500, {"message": "oops"}), "HTTP 500", 1),
    "elsewhere": (
        lambda handler: handler.answer(302, {}, Location="http://example.org/"),
        "HTTP 302 {}",
        1,
    ),
    "silent": (hang, "TimeoutError", 1),
    "cut off": (lambda handler: handler.connection.close(), "", 1),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ANSWERS)
def test_what_is_not_taken_now_is_tried_again(name, agenda, workshop, now, monkeypatch, caplog):
    monkeypatch.setattr(open_agenda_api, "TIMEOUT", 1)
    answer, error, minutes = ANSWERS[name]
    agenda.script.append(answer)

    worker.run_once(now=now)
    entry = AgendaEntry.objects.get()
    assert entry.last_error.startswith(error)
    assert timedelta() <= entry.due_at - now - minutes * MINUTE < MINUTE
    worker.run_once(now=entry.due_at)

    entry.refresh_from_db()
    assert (entry.is_as_wanted, entry.last_error, entry.due_at) == (True, "", None)
    assert str(workshop.uid) in agenda.events
    assert fake.KEY not in caplog.text
    assert "token-" not in caplog.text


def test_a_refused_event_is_given_up_until_it_changes(agenda, workshop, now):
    secrets = f"wrong: {fake.KEY} token-0"
    agenda.script.append(lambda handler: handler.answer(400, {"message": secrets}))

    worker.run_once(now=now)

    entry = AgendaEntry.objects.get()
    assert entry.is_given_up
    assert entry.last_error == 'HTTP 400 {"message": "wrong: *** ***"}'
    worker.run_once(now=now + timedelta(days=1))
    assert agenda.events == {}
    change(workshop, title="Autrement dit")
    worker.run_once(now=now + timedelta(days=1, minutes=2))
    assert agenda.events[str(workshop.uid)]["title"] == {"fr": "Autrement dit"}


def test_a_service_that_is_away_for_days_is_given_up_and_a_new_key_tries_again(
    agenda, workshop, now, settings, caplog
):
    caplog.set_level(logging.WARNING, "praxis.work")
    settings.OPENAGENDA_KEY = "another"
    worker.run_once(now=now)
    while (due_at := AgendaEntry.objects.get().due_at) is not None:
        worker.run_once(now=due_at, housekeeping=False)
        last = due_at

    assert timedelta(days=4) <= last - now < timedelta(days=5)
    assert AgendaEntry.objects.get().last_error.startswith("access token: HTTP 403")
    assert caplog.records[-1].getMessage().endswith("(access token: HTTP 403), given up")

    settings.OPENAGENDA_KEY = fake.KEY
    worker.run_once(now=last + MINUTE)
    assert str(workshop.uid) in agenda.events


def test_a_withdrawal_is_never_given_up(agenda, workshop, now):
    worker.run_once(now=now)
    change(workshop, state=Workshop.State.DRAFT)
    agenda.script.append(lambda handler: handler.answer(400, {}))
    worker.run_once(now=now + MINUTE)
    AgendaEntry.objects.update(attempts=100)
    agenda.script.append(lambda handler: handler.answer(500, {}))
    worker.run_once(now=now + 2 * MINUTE)
    due_at = AgendaEntry.objects.get().due_at

    worker.run_once(now=due_at)

    assert due_at - now == 2 * MINUTE + timedelta(hours=12)
    assert (agenda.events, AgendaEntry.objects.count()) == ({}, 0)


def test_a_token_that_ended_early_is_asked_for_anew(agenda, workshop, now):
    courier = open_agenda_api.Courier()

    def finish():
        while courier.thread:
            agenda_acts.keep(clock=lambda: now, courier=courier)

    agenda_acts.plan(now=now)
    agenda_acts.keep(clock=lambda: now, courier=courier)
    finish()
    agenda.tokens.clear()
    change(workshop, title="Autrement dit")
    agenda_acts.plan(now=now)
    agenda_acts.keep(clock=lambda: now, courier=courier)
    finish()

    assert [method for method, _path in agenda.asked] == ["POST", "PUT", "PUT", "POST", "PUT"]
    assert agenda.events[str(workshop.uid)]["title"] == {"fr": "Autrement dit"}


def test_a_worker_that_runs_on_does_not_wait_for_openagenda(agenda, workshop, now):
    courier = open_agenda_api.Courier()
    agenda.script.append(hang)
    agenda_acts.plan(now=now)

    began = time.monotonic()
    worker.run_once(now=now, housekeeping=False, courier=courier)
    worker.run_once(now=now, housekeeping=False, courier=courier)

    assert time.monotonic() - began < 0.3
    assert AgendaEntry.objects.get().attempts == 1


def test_what_changes_while_it_is_sent_is_sent_again(agenda, workshop, now):
    courier = open_agenda_api.Courier()
    agenda_acts.plan(now=now)
    agenda_acts.keep(clock=lambda: now, courier=courier)
    change(workshop, title="Autrement dit")
    agenda_acts.plan(now=now)
    while courier.thread:
        agenda_acts.keep(clock=lambda: now, courier=courier)

    assert agenda.events[str(workshop.uid)]["title"] == {"fr": "Autrement dit"}
    assert AgendaEntry.objects.get().is_as_wanted


def test_what_is_withdrawn_by_another_worker_while_it_is_sent_leaves_again(agenda, workshop, now):
    came, withdrawn = threading.Event(), threading.Event()

    def arrive_late(handler):
        came.set()
        withdrawn.wait(10)
        agenda.events[str(workshop.uid)] = {}
        handler.answer(200, {})

    courier = open_agenda_api.Courier()
    agenda.script.append(arrive_late)
    agenda_acts.plan(now=now)
    agenda_acts.keep(clock=lambda: now, courier=courier)
    came.wait(10)
    change(workshop, state=Workshop.State.DRAFT)
    agenda_acts.plan(now=now)
    agenda_acts.keep(clock=lambda: now)
    withdrawn.set()
    while courier.thread:
        agenda_acts.keep(clock=lambda: now, courier=courier)

    agenda_acts.keep(clock=lambda: now)

    assert (agenda.events, AgendaEntry.objects.count()) == ({}, 0)


def test_the_overview_says_whether_the_agenda_has_it(agenda, workshop, now, admin_client, settings):
    def line():
        with CaptureQueriesContext(connection) as queries:
            text = page_text(admin_client.get(overview(workshop)))
        found = text.partition("OpenAgenda ")[2].partition(" L’adresse à partager")[0]
        return found.replace("\u202f", " "), len(queries)

    at_first = line()
    agenda.script.append(lambda handler: handler.answer(503, {}))
    worker.run_once(now=now)
    failed = line()
    worker.run_once(now=now + 2 * MINUTE)
    arrived = line()
    AgendaEntry.objects.update(taken="", last_error="HTTP 400 {}")
    given_up = line()
    settings.OPENAGENDA_KEY = ""
    off = line()

    assert [words for words, _count in (at_first, failed, arrived, given_up, off)] == [
        "Y sera envoyé d’ici peu.",
        "Pas encore à jour : OpenAgenda ne répond pas comme prévu (HTTP 503). "
        "Prochain essai : 15 janvier 2027, 7 h 01 (heure du Québec).",
        "Reçu le 15 janvier 2027, 7 h 02 (heure du Québec).",
        "Abandonné : OpenAgenda refuse l’annonce (HTTP 400 {}). "
        "L’envoi reprendra dès que vous modifierez l’annonce.",
        "",
    ]
    assert {count for _words, count in (at_first, failed, arrived, given_up)} == {off[1] + 1}


@pytest.mark.parametrize(
    ("error", "words", "is_by_setting"),
    [
        ("TimeoutError", "OpenAgenda ne répond pas comme prévu (TimeoutError)", False),
        ("HTTP 429 slow down", "OpenAgenda ne répond pas comme prévu (HTTP 429)", False),
        ("HTTP 422 no title", "OpenAgenda refuse l’annonce (HTTP 422 no title)", False),
        ("HTTP 401", "OpenAgenda n’accepte pas la clé du site (OPENAGENDA_KEY)", True),
        (
            "access token: HTTP 400 {}",
            "OpenAgenda n’accepte pas la clé du site (OPENAGENDA_KEY)",
            True,
        ),
        ("access token: HTTP 500", "OpenAgenda ne répond pas comme prévu (HTTP 500)", False),
        ("HTTP 404 {}", "OpenAgenda ne connaît pas cet agenda (OPENAGENDA_AGENDA)", True),
    ],
)
def test_the_desk_says_what_can_be_done(error, words, is_by_setting):
    assert (reason(error), agenda_words.is_by_setting(error)) == (words, is_by_setting)
