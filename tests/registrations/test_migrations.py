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
from django.db.migrations.loader import MigrationLoader

from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import NOW
from tests.helpers.images import Image

ORIGIN, NOBODY_LOST, TOLD = "0001_initial", "0002_nobody_lost", "0003_what_people_were_told"
SEATS, OWED = "0005_seats_given_back", "0014_owed_mail_leaves"
HEARTBEAT, HEADCOUNTS = "0009_heartbeat_and_owed_mails", "0010_headcounts_of_all"
SEARCH_FILLED = "0012_search_text_filled"
ROLES, WHO_CANCELLED = "0020_roles", "0021_who_cancelled"
NEWEST = "newest"
LATER = NOW + timedelta(days=9)

pytestmark = pytest.mark.long_walk


def targets(name):
    """Where registrations are at a migration, by its name, and everything else at its newest."""
    newest = MigrationLoader(None).graph.leaf_nodes()
    return [("registrations", name), *(node for node in newest if node[0] == "events")]


def models_at(name):
    return MigrationLoader(None).project_state(targets(name)).apps.get_model


def migrate(name):
    """Brings registrations to a migration by its name; the models as they were there."""
    MigrationExecutor(connection).migrate(targets(name))
    return models_at(name)


@pytest.fixture(scope="module")
def images(django_db_setup, django_db_blocker):
    """{name of a migration: an Image of the database there, empty}: the way back is gone once."""
    with django_db_blocker.unblock():
        images = {NEWEST: Image(NEWEST)}
        for name in (ROLES, HEADCOUNTS, HEARTBEAT, SEATS, TOLD, ORIGIN):
            migrate(name)
            images[name] = Image(name)
        images[NEWEST].restore()
    yield images
    with django_db_blocker.unblock():
        for image in images.values():
            image.drop()


@pytest.fixture
def begin_at(transactional_db, images):
    """Begin with an empty database at a migration, by its name; the models as they were there."""

    def act(name):
        images[name].restore()
        return models_at(name)

    yield act
    images[NEWEST].restore()


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


def test_whoever_gave_a_seat_back_before_the_upgrade_is_known_to_have_had_one(begin_at):
    then = begin_at(TOLD)
    workshop_of(then)
    enrol(then, "left", state="cancelled", sequence=1, cancelled_at=NOW)
    enrol(then, "left-the-list", state="cancelled", sequence=None, cancelled_at=NOW)
    enrol(then, "waits", state="waiting", sequence=None)
    enrol(then, "returned", state="cancelled", sequence=1, confirmed_at=LATER, cancelled_at=LATER)

    now = migrate(SEATS)

    expected = [("left", NOW), ("left-the-list", None), ("waits", None), ("returned", LATER)]
    assert registration_rows(now, "confirmed_at") == expected


def test_the_whole_upgrade_leaves_each_with_the_seat_they_had(begin_at):
    then = begin_at(ORIGIN)
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


def test_what_was_told_survives_the_way_to_the_first_release_and_back(begin_at):
    then = begin_at(ORIGIN)
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


def test_a_database_in_use_finds_its_way_back_to_the_first_release(begin_at):
    now = begin_at(SEATS)
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


def test_what_an_earlier_release_put_off_for_hours_is_tried_at_once(begin_at):
    then = begin_at(SEATS)
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


def test_each_workshop_has_a_headcount_after_the_upgrade(begin_at):
    then = begin_at(HEARTBEAT)
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


def test_a_headcount_that_is_there_stays_as_it_is(begin_at):
    then = begin_at(HEARTBEAT)
    workshop = workshop_of(then)
    enrol(then, "a", state="confirmed")
    then("registrations", "Headcount").objects.create(
        workshop=workshop, confirmed=7, checked_at=NOW
    )

    now = migrate(HEADCOUNTS)

    assert now("registrations", "Headcount").objects.get().confirmed == 7


def test_whoever_is_registered_is_searched_after_the_upgrade_and_who_is_erased_is_not(begin_at):
    then = begin_at(HEADCOUNTS)
    workshop_of(then)
    enrol(then, "Zénaïde", state="confirmed", organisation="Théâtre")
    enrol(then, "", state="cancelled", email="", email_key="", erased_at=NOW)

    now = migrate(SEARCH_FILLED)

    text = "zenaide tremblay zenaide@example.org theatre"
    assert registration_rows(now, "search_text") == [("Zénaïde", text), ("", None)]


def log(organiser, person, message, at):
    """Enters into the desk's log what an organiser did to somebody."""
    of_people = ContentType.objects.get_for_model(Registration)
    facts = {"content_type": of_people, "object_id": person.pk, "action_flag": 2}
    entry = LogEntry.objects.create(user=organiser, change_message=message, **facts)
    LogEntry.objects.filter(pk=entry.pk).update(action_time=at)


def test_whom_the_organisers_cancelled_before_the_upgrade_is_known_by_the_desks_log(begin_at):
    then = begin_at(ROLES)
    workshop_of(then)
    zoe = User.objects.create_user("zoe")
    left = {"state": "cancelled", "cancelled_at": NOW}
    soon, before = NOW + timedelta(seconds=5), NOW - timedelta(days=1)
    log(zoe, enrol(then, "by-desk", **left), "Inscription annulée.", soon)
    log(zoe, enrol(then, "in-english", **left), "Cancelled the registration.", soon)
    log(zoe, enrol(then, "came-back-and-left", **left), "Inscription annulée.", before)
    log(zoe, enrol(then, "restored", state="confirmed"), "Inscription annulée.", soon)
    log(zoe, enrol(then, "changed", **left), "Modifié : prénom.", soon)
    enrol(then, "left", **left)

    now = migrate(WHO_CANCELLED)

    marked = dict(registration_rows(now, "cancelled_by_desk"))
    assert [name for name, by_desk in marked.items() if by_desk] == ["by-desk", "in-english"]


def test_people_who_came_at_each_release_are_there_after_all_of_them(begin_at):
    then = begin_at(ORIGIN)
    workshop = workshop_of(then)
    enrol(then, "knows", state="confirmed", told=digest(workshop, "confirmed"))
    enrol(then, "knows-another-hour", state="confirmed", told="f" * 64)
    enrol(then, "left", state="cancelled", cancelled_at=NOW)
    then = migrate(TOLD)
    enrol(then, "left-the-list", state="cancelled", sequence=None, cancelled_at=NOW)
    then = migrate(SEATS)
    waits = enrol(then, "waits", state="waiting", sequence=None, told="{}")
    enrol(then, "gone", state="confirmed", sequence=0, email_key="", erased_at=NOW)
    for number, facts in enumerate([{}, {"attempts": 6}, {"attempts": 13, "state": "failed"}]):
        facts |= {"message_id": f"<{number}@example.org>", "created_at": NOW}
        then("registrations", "OutgoingMail").objects.create(
            registration=waits, kind="waiting", due_at=LATER, due_since=NOW, **facts
        )
    then = migrate(HEARTBEAT)
    community = then("events", "Community").objects.create(name="Lakou", zone="UTC")
    enrol(then, "of-a-community", state="confirmed", community=community)
    then = migrate(ROLES)
    by_desk = enrol(then, "by-desk", state="cancelled", cancelled_at=NOW)
    log(User.objects.create_user("zoe"), by_desk, "Inscription annulée.", NOW)

    MigrationExecutor(connection).migrate(MigrationLoader(None).graph.leaf_nodes())

    people = Registration.objects.order_by("pk")
    assert list(people.values_list("first_name", "state", "cancelled_by_desk")) == [
        ("knows", "confirmed", False),
        ("knows-another-hour", "confirmed", False),
        ("left", "cancelled", False),
        ("left-the-list", "cancelled", False),
        ("waits", "waiting", False),
        ("gone", "confirmed", False),
        ("of-a-community", "confirmed", False),
        ("by-desk", "cancelled", True),
    ]
    assert list(OutgoingMail.objects.order_by("pk").values_list("attempts", "state")) == [
        (0, "queued"),
        (1, "queued"),
        (13, "failed"),
    ]
