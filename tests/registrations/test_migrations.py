"""The migrations of a database with people in it, forwards and backwards."""

import hashlib
import json
from datetime import UTC, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registrations.models import Registration
from tests.helpers.clock import NOW

ORIGIN, NOBODY_LOST, TOLD = "0001_initial", "0002_nobody_lost", "0003_what_people_were_told"
SEATS, OWED = "0005_seats_given_back", "0014_owed_mail_leaves"
HEARTBEAT, HEADCOUNTS = "0009_heartbeat_and_owed_mails", "0010_headcounts_of_all"
SEARCH_FILLED = "0012_search_text_filled"
ROLES, WHO_CANCELLED = "0020_roles", "0021_who_cancelled"
LATER = NOW + timedelta(days=9)

pytestmark = pytest.mark.long_walk


@pytest.fixture
def migrate(transactional_db):
    """Bring registrations to a migration by its name; the models as they were there."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()

    def act(name):
        targets = [("registrations", name), *(node for node in newest if node[0] == "events")]
        executor = MigrationExecutor(connection)
        executor.migrate(targets)
        return MigrationExecutor(connection).loader.project_state(targets).apps.get_model

    yield act
    MigrationExecutor(connection).migrate(newest)


def workshop_of(model):
    return model("events", "Workshop").objects.create(
        slug="atelier",
        title="Données",
        starts_at=LATER,
        ends_at=LATER + timedelta(hours=2),
        state="published",
    )


def enrol(model, name, **facts):
    """A registration as the rows of that time hold it."""
    registrations = model("registrations", "Registration").objects
    workshop = model("events", "Workshop").objects.get()
    person = {"first_name": name, "last_name": "Tremblay", "email": f"{name}@example.org"}
    person |= {
        "email_key": f"{name}@example.org",
        "manage_token": f"m-{name}",
        "join_token": f"j-{name}",
    }
    return registrations.create(workshop=workshop, created_at=NOW, **person | facts)


def registration_rows(model, *fields):
    return list(
        model("registrations", "Registration")
        .objects.order_by("pk")
        .values_list("first_name", *fields)
    )


def test_whoever_gave_a_seat_back_before_the_upgrade_is_known_to_have_had_one(migrate):
    then = migrate(TOLD)
    workshop_of(then)
    enrol(then, "left", state="cancelled", sequence=1, cancelled_at=NOW)
    enrol(then, "left-the-list", state="cancelled", sequence=None, cancelled_at=NOW)
    enrol(then, "waits", state="waiting", sequence=None)
    enrol(then, "returned", state="cancelled", sequence=1, confirmed_at=LATER, cancelled_at=LATER)

    now = migrate(SEATS)

    expected = [("left", NOW), ("left-the-list", None), ("waits", None), ("returned", LATER)]
    assert registration_rows(now, "confirmed_at") == expected


def test_the_whole_upgrade_leaves_each_with_the_seat_they_had(migrate):
    then = migrate(ORIGIN)
    workshop_of(then)
    enrol(then, "comes", state="confirmed")
    enrol(then, "left", state="cancelled", cancelled_at=NOW)

    now = migrate(SEATS)

    assert registration_rows(now, "state", "confirmed_at") == [
        ("comes", "confirmed", NOW),
        ("left", "cancelled", NOW),
    ]


def digest(workshop, state):
    """What the first release kept of what it had told."""
    start, end = (at.astimezone(UTC).isoformat() for at in (workshop.starts_at, workshop.ends_at))
    facts = [workshop.title, start, end, workshop.place, workshop.state, state]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def test_what_was_told_survives_the_way_to_the_first_release_and_back(migrate):
    then = migrate(ORIGIN)
    workshop = workshop_of(then)
    told = [digest(workshop, "confirmed"), "f" * 64, ""]
    for name, each in zip(["knows", "knows-another-hour", "knows-nothing"], told, strict=True):
        enrol(then, name, state="confirmed", told=each)
    now = migrate(SEATS)
    known = registration_rows(now, "told")

    back = registration_rows(migrate(ORIGIN), "told")

    assert back == [("knows", told[0]), ("knows-another-hour", ""), ("knows-nothing", "")]
    again = registration_rows(migrate(SEATS), "told")
    assert [json.loads(text or "{}") for _name, text in again] == [
        json.loads(text or "{}") for _name, text in known
    ]
    assert json.loads(known[0][1])["title"] == "Données"


def test_a_database_in_use_finds_its_way_back_to_the_first_release(migrate):
    now = migrate(SEATS)
    workshop_of(now)
    waits = enrol(now, "waits", state="waiting", sequence=None, told="{}")
    stored = {"created_at": NOW, "due_at": NOW, "due_since": NOW, "message_id": "<1@example.org>"}
    now("registrations", "OutgoingMail").objects.create(
        registration=waits, kind="waiting", sequence=None, **stored
    )
    for name in ("gone", "gone-too"):
        enrol(now, name, state="confirmed", sequence=0, email_key="", erased_at=NOW)

    then = migrate(ORIGIN)

    assert registration_rows(then, "state", "sequence") == [
        ("waits", "waiting", 0),
        *[(n, "confirmed", 0) for n in ("gone", "gone-too")],
    ]
    assert list(
        then("registrations", "OutgoingMail").objects.values_list("sequence", flat=True)
    ) == [0]


def test_what_an_earlier_release_put_off_for_hours_is_tried_at_once(migrate):
    then = migrate(SEATS)
    workshop_of(then)
    mails = then("registrations", "OutgoingMail").objects
    facts = {"kind": "confirmation", "created_at": NOW, "due_since": NOW}
    rows = [
        ("put-off", {"attempts": 6, "due_at": NOW + timedelta(hours=12)}),
        ("limited", {"attempts": 0, "due_at": LATER, "due_since": LATER}),
        ("failed", {"attempts": 13, "due_at": NOW, "state": "failed"}),
    ]
    for name, row in rows:
        person = enrol(then, name, state="confirmed")
        mails.create(registration=person, message_id=f"<{name}@example.org>", **facts | row)

    now = migrate(OWED)

    found = now("registrations", "OutgoingMail").objects.order_by("pk")
    assert list(found.values_list("due_at", "attempts")) == [(NOW, 1), (LATER, 0), (NOW, 13)]


def test_each_workshop_has_a_headcount_after_the_upgrade(migrate):
    then = migrate(HEARTBEAT)
    workshop_of(then)
    community = then("events", "Community").objects.create(name="Lakou", zone="UTC")
    for name in ("a", "b"):
        enrol(then, name, state="confirmed", community=community)
    enrol(then, "c", state="confirmed")
    enrol(then, "d", state="waiting")
    enrol(then, "e", state="cancelled")

    now = migrate(HEADCOUNTS)

    [headcount] = now("registrations", "Headcount").objects.all()
    assert (headcount.confirmed, headcount.waiting) == (3, 1)
    assert headcount.confirmed_of == {str(community.pk): 2}


def test_a_headcount_that_is_there_stays_as_it_is(migrate):
    then = migrate(HEARTBEAT)
    workshop = workshop_of(then)
    enrol(then, "a", state="confirmed")
    then("registrations", "Headcount").objects.create(
        workshop=workshop, confirmed=7, checked_at=NOW
    )

    now = migrate(HEADCOUNTS)

    assert now("registrations", "Headcount").objects.get().confirmed == 7


def test_whoever_is_registered_is_searched_after_the_upgrade_and_who_is_erased_is_not(migrate):
    then = migrate(HEADCOUNTS)
    workshop_of(then)
    enrol(then, "Zénaïde", state="confirmed", organisation="Théâtre")
    enrol(then, "", state="cancelled", email="", email_key="", erased_at=NOW)

    now = migrate(SEARCH_FILLED)

    text = "zenaide tremblay zenaide@example.org theatre"
    assert registration_rows(now, "search_text") == [("Zénaïde", text), ("", None)]


def test_whom_the_organisers_cancelled_before_the_upgrade_is_known_by_the_desks_log(migrate):
    then = migrate(ROLES)
    workshop_of(then)
    organiser = User.objects.create_user("zoe")
    of_people = ContentType.objects.get_for_model(Registration)

    def log(person, message, at):
        facts = {"content_type": of_people, "object_id": person.pk, "action_flag": 2}
        entry = LogEntry.objects.create(user=organiser, change_message=message, **facts)
        LogEntry.objects.filter(pk=entry.pk).update(action_time=at)

    left = {"state": "cancelled", "cancelled_at": NOW}
    soon, before = NOW + timedelta(seconds=5), NOW - timedelta(days=1)
    log(enrol(then, "by-desk", **left), "Inscription annulée.", soon)
    log(enrol(then, "in-english", **left), "Cancelled the registration.", soon)
    log(enrol(then, "came-back-and-left", **left), "Inscription annulée.", before)
    log(enrol(then, "restored", state="confirmed"), "Inscription annulée.", soon)
    log(enrol(then, "changed", **left), "Modifié : prénom.", soon)
    enrol(then, "left", **left)

    now = migrate(WHO_CANCELLED)

    marked = dict(registration_rows(now, "cancelled_by_desk"))
    assert [name for name, by_desk in marked.items() if by_desk] == ["by-desk", "in-english"]
