"""Reminders: due on each person's own clock, written once, never for a moment that has passed."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import translation

from registrations import worker
from registrations.domain import signup
from registrations.mail import delivery, reminders
from registrations.models import OutgoingMail
from tests.helpers.clock import DRAWN, NOW, utc
from tests.helpers.mails import CLOCKS, SITE, html, plain, text, words
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import typed
from tests.helpers.workshops import change, move

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
SOON = "C’est pour bientôt : ce courriel tient lieu de rappel. Gardez-le sous la main."
PASSED = "its moment has passed, or the workshop was moved"


def written(registration):
    """The reminders of a registration, the first one first."""
    kinds = ["day_reminder", "hour_reminder"]
    return list(
        registration.mails.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True)
    )


def fates(registration, kind):
    mails = registration.mails.filter(kind=kind).order_by("pk")
    return list(mails.values_list("state", "last_error"))


def got(smtp):
    """The subjects that arrived, in their order."""
    subjects = [plain(message["Subject"]) for message in smtp.messages]
    return [re.split(" [:?] ", subject)[0] for subject in subjects]


def sweep_at(*moments):
    for moment in moments:
        worker.run_once(now=moment)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("place", "start", "zone", "fields", "due"),
    [
        # An ordinary day; whoever has no known clock is on the first host's.
        ("Québec", datetime(2027, 3, 29, 9, 30), "", {}, utc(2027, 3, 28, 13, 30)),
        # Clocks jump in Québec on 14 March at 2:00: the wall hour of the start, 23 hours before it.
        ("Québec", datetime(2027, 3, 14, 9, 30), "", {}, utc(2027, 3, 13, 14, 30)),
        ("Québec", datetime(2027, 3, 14, 9, 30), "America/Toronto", {}, utc(2027, 3, 13, 14, 30)),
        ("Québec", datetime(2027, 3, 14, 9, 30), "Europe/Paris", {}, utc(2027, 3, 13, 13, 30)),
        (
            "Québec",
            datetime(2027, 3, 20, 9, 30),
            "America/Toronto",
            {"reminder_days": 7},
            utc(2027, 3, 13, 14, 30),
        ),
        (
            "Québec",
            datetime(2027, 3, 29, 9, 30),
            "",
            {"reminder_days": 60},
            utc(2027, 1, 28, 14, 30),
        ),
        # The hour that does not exist is read as the one an hour later.
        ("Québec", datetime(2027, 3, 15, 2, 30), "America/Toronto", {}, utc(2027, 3, 14, 7, 30)),
        # Clocks jump in France on 28 March: people of one workshop are reminded an hour apart.
        ("France", datetime(2027, 3, 28, 15, 0), "Europe/Paris", {}, utc(2027, 3, 27, 14, 0)),
        ("France", datetime(2027, 3, 28, 15, 0), "America/Toronto", {}, utc(2027, 3, 27, 13, 0)),
        ("France", datetime(2027, 3, 28, 15, 0), "", {}, utc(2027, 3, 27, 14, 0)),
        ("Québec", datetime(2027, 3, 28, 9, 0), "", {}, utc(2027, 3, 27, 13, 0)),
        ("Québec", datetime(2027, 3, 28, 9, 0), "Europe/Paris", {}, utc(2027, 3, 27, 14, 0)),
        # Clocks fall back in Québec on 7 November at 2:00: 25 hours; of the hour that comes twice,
        # the first.
        ("Québec", datetime(2027, 11, 7, 9, 30), "America/Toronto", {}, utc(2027, 11, 6, 13, 30)),
        ("Québec", datetime(2027, 11, 8, 1, 30), "America/Toronto", {}, utc(2027, 11, 7, 5, 30)),
        # One hemisphere goes forward while the other goes back.
        (
            "France",
            datetime(2027, 4, 5, 15, 0),
            "America/Santiago",
            {"reminder_days": 10},
            utc(2027, 3, 26, 12, 0),
        ),
        (
            "France",
            datetime(2027, 4, 5, 15, 0),
            "Europe/Paris",
            {"reminder_days": 10},
            utc(2027, 3, 26, 14, 0),
        ),
    ],
)
def test_a_lead_of_days_leads_to_the_wall_hour_of_the_start_on_the_persons_own_clock(
    place, start, zone, fields, due, make_workshop, register
):
    registration = register(make_workshop(place, start=start, **fields), zone=zone)

    counts = [reminders.write_due(now=moment) for moment in (due - SECOND, due, due + SECOND)]

    assert counts == [0, 1, 0]
    assert written(registration) == ["day_reminder"]


@pytest.mark.one_database
@pytest.mark.parametrize("zone", ["", "America/Toronto", "Europe/Paris", "Asia/Kathmandu"])
def test_a_lead_of_hours_is_as_many_hours_on_every_clock(zone, make_workshop, register):
    workshop = make_workshop(
        "Québec", start=datetime(2027, 3, 14, 3, 30), reminder_hours=2, reminder_days=None
    )
    registration = register(workshop, zone=zone)

    due = utc(2027, 3, 14, 5, 30)
    counts = [reminders.write_due(now=moment) for moment in (due - SECOND, due, due + SECOND)]

    assert (counts, written(registration)) == ([0, 1, 0], ["hour_reminder"])


@pytest.mark.one_database
def test_by_default_one_reminder_comes_the_day_before_and_one_an_hour_before(
    workshop, register, smtp
):
    register(workshop)
    start = workshop.starts_at

    found = []
    for moment in (
        NOW,
        start - DAY - SECOND,
        start - DAY,
        start - HOUR - SECOND,
        start - HOUR,
        start - SECOND,
        start,
    ):
        sweep_at(moment)
        found.append(got(smtp)[1:])

    both = ["Toujours des nôtres", "On commence bientôt"]
    assert found == [[], [], both[:1], both[:1], both, both, both]


def test_a_lead_left_blank_means_no_such_reminder(make_workshop, register):
    cases = [
        ({"reminder_days": None}, ["hour_reminder"]),
        ({"reminder_hours": None}, ["day_reminder"]),
        ({"reminder_days": None, "reminder_hours": None}, []),
        ({"reminder_days": 60, "reminder_hours": 23}, ["day_reminder", "hour_reminder"]),
    ]
    people = [register(make_workshop(**fields)) for fields, _expected in cases]
    start = people[0].workshop.starts_at

    for hours in (*range(24 * 61, 24, -6), *range(24, -1, -1)):
        reminders.write_due(now=start - timedelta(hours=hours))

    found = [(fields, written(each)) for (fields, _), each in zip(cases, people, strict=True)]
    assert found == cases


def test_a_longer_lead_counts_from_the_next_sweep_on(workshop, register):
    registration = register(workshop)
    moment = workshop.starts_at - 3 * DAY
    before = reminders.write_due(now=moment)
    change(workshop, reminder_days=5)

    assert [before, reminders.write_due(now=moment), reminders.write_due(now=moment + HOUR)] == [
        0,
        1,
        0,
    ]
    assert written(registration) == ["day_reminder"]


def test_a_shorter_lead_reminds_nobody_twice(make_workshop, register):
    workshop = make_workshop(reminder_days=5)
    registration = register(workshop)
    reminders.write_due(now=workshop.starts_at - 4 * DAY)
    change(workshop, reminder_days=1)

    counts = [reminders.write_due(now=workshop.starts_at - lead) for lead in (DAY, 2 * HOUR, HOUR)]

    assert (counts, written(registration)) == ([0, 0, 1], ["day_reminder", "hour_reminder"])


def test_where_no_sweep_came_in_time_the_later_reminder_alone_is_written(workshop, register):
    registration = register(workshop)

    assert reminders.write_due(now=workshop.starts_at - HOUR) == 1
    assert written(registration) == ["hour_reminder"]


@pytest.mark.one_database
def test_a_first_reminder_that_could_not_leave_in_time_is_dropped_and_says_so(
    workshop, register, smtp
):
    registration = register(workshop)
    sweep_at(NOW)
    smtp.answers = ["451 4.7.1 Later"]

    sweep_at(workshop.starts_at - HOUR - 5 * SECOND, workshop.starts_at - HOUR + HOUR / 30)

    assert got(smtp)[1:] == ["On commence bientôt"]
    assert fates(registration, "day_reminder") == [("dropped", PASSED)]


@pytest.mark.one_database
def test_after_the_start_no_reminder_is_written_and_none_leaves(workshop, register, smtp):
    registration = register(workshop)
    sweep_at(NOW)
    reminders.write_due(now=workshop.starts_at - SECOND)
    late = register(workshop, email="late@example.org")

    sweep_at(workshop.starts_at)

    assert (fates(registration, "hour_reminder"), written(late)) == ([("dropped", PASSED)], [])
    assert got(smtp) == ["Inscription confirmée"] * 2


@pytest.fixture
def last_text(smtp):
    """Everything due at `moment` leaves.

    The text and the HTML of the last mail to Zoé, as a reader sees them.
    """

    def act(moment):
        worker.run_once(now=moment)
        last = [
            mail for mail in smtp.messages if mail["To"].addresses[0].addr_spec == "zoe@example.org"
        ][-1]
        return plain(text(last)), words(html(last))

    return act


@pytest.mark.parametrize(
    ("lead", "is_soon", "expected"),
    [
        (DAY + SECOND, 0, ["day_reminder", "hour_reminder"]),
        (DAY, 1, ["hour_reminder"]),
        (HOUR + SECOND, 1, ["hour_reminder"]),
        (HOUR, 1, []),
        (SECOND, 1, []),
    ],
)
@pytest.mark.one_database
def test_who_registers_after_a_reminder_was_due_reads_its_details_in_the_confirmation(
    lead, is_soon, expected, workshop, register, last_text
):
    moment = workshop.starts_at - lead
    registration = register(workshop, now=moment)

    plain_text, markup = last_text(moment)
    for later in (DAY, 23 * HOUR, HOUR, HOUR / 2):
        reminders.write_due(now=max(moment, workshop.starts_at - later))

    assert [plain_text.count(SOON), markup.count(SOON)] == [is_soon] * 2
    assert [plain_text.count(line) for line in [*CLOCKS, registration.join_path]] == [1, 1, 1]
    assert written(registration) == expected


def test_who_registers_within_a_day_of_25_hours_before_the_start_is_not_reminded_at_once(
    make_workshop, register
):
    # The clocks of Québec fall back in the night before.
    workshop = make_workshop("Québec", start=datetime(2027, 11, 7, 9, 30), reminder_hours=None)
    moment = workshop.starts_at - timedelta(hours=24.5)
    registration = register(workshop, now=moment)

    assert (reminders.write_due(now=moment), registration.day_reminder_for) == (
        0,
        workshop.starts_at,
    )


@pytest.mark.parametrize(("lead", "expected"), [(2 * DAY, 2), (2 * HOUR, 1), (HOUR / 2, 0)])
@pytest.mark.one_database
def test_who_is_given_a_seat_after_a_reminder_was_due_reads_its_details_in_that_mail(
    lead, expected, make_workshop, register, last_text
):
    workshop = make_workshop(capacity=1)
    seated = register(workshop, email="first@example.org")
    waiting = register(workshop)
    moment = workshop.starts_at - lead
    signup.cancel(seated, now=moment)

    plain_text, markup = last_text(moment)
    for later in (DAY, HOUR, HOUR / 3):
        reminders.write_due(now=max(moment, workshop.starts_at - later))

    assert [plain_text.count(SOON), markup.count(SOON)] == [int(expected < 2)] * 2
    assert (len(written(waiting)), written(seated)) == (expected, [])


def test_who_takes_the_seat_back_is_not_reminded_twice(workshop, register):
    registration = register(workshop)
    moment = workshop.starts_at - DAY
    reminders.write_due(now=moment)
    signup.cancel(registration, now=moment)
    signup.reinstate(registration, now=moment + HOUR)

    counts = [reminders.write_due(now=workshop.starts_at - lead) for lead in (2 * HOUR, HOUR)]

    assert (counts, written(registration)) == ([0, 1], ["day_reminder", "hour_reminder"])


def test_nobody_is_reminded_who_waits_or_has_cancelled(make_workshop, register, now):
    workshop = make_workshop(capacity=1)
    gone = register(workshop, email="gone@example.org")
    signup.cancel(gone, now=now)
    register(workshop)
    register(workshop, email="waits@example.org")

    assert [reminders.write_due(now=workshop.starts_at - lead) for lead in (DAY, HOUR)] == [1, 1]
    reminded = OutgoingMail.objects.filter(kind__contains="reminder").values_list(
        "registration__email", flat=True
    )
    assert set(reminded) == {"zoe@example.org"}


@pytest.mark.parametrize("state", ["draft", "cancelled"])
def test_nobody_is_reminded_of_a_workshop_that_does_not_take_place(state, workshop, register):
    register(workshop)
    change(workshop, state=state)

    assert [reminders.write_due(now=workshop.starts_at - lead) for lead in (DAY, HOUR)] == [0, 0]


@pytest.mark.one_database
def test_a_reminder_still_queued_when_its_person_cancels_is_dropped_and_says_so(
    workshop, register, smtp
):
    registration = register(workshop)
    sweep_at(NOW)
    moment = workshop.starts_at - DAY
    reminders.write_due(now=moment)

    signup.cancel(registration, now=moment)
    sweep_at(moment)

    assert got(smtp)[1:] == ["Inscription annulée"]
    assert fates(registration, "day_reminder") == [
        ("dropped", "overtaken: the registration was cancelled before it left")
    ]


def test_a_moved_workshop_is_reminded_of_again_and_the_queued_reminder_is_dropped(
    workshop, register, smtp
):
    registration = register(workshop)
    sweep_at(NOW)
    reminders.write_due(now=workshop.starts_at - DAY)
    move(workshop, 7 * DAY)

    sweep_at(
        workshop.starts_at - DAY, workshop.starts_at + 6 * DAY, workshop.starts_at + 7 * DAY - HOUR
    )

    assert fates(registration, "day_reminder") == [("dropped", PASSED), ("sent", "")]
    assert got(smtp)[1:] == ["Toujours des nôtres", "On commence bientôt"]


def test_a_workshop_moved_after_its_reminder_left_is_reminded_of_again(workshop, register, smtp):
    register(workshop)
    sweep_at(NOW, workshop.starts_at - DAY)
    move(workshop, 7 * DAY)

    sweep_at(workshop.starts_at - HOUR, workshop.starts_at + 6 * DAY)

    assert got(smtp)[1:] == ["Toujours des nôtres", "Toujours des nôtres"]


def test_a_workshop_moved_to_an_earlier_hour_is_reminded_of_again_too(workshop, register, smtp):
    register(workshop)
    sweep_at(NOW, workshop.starts_at - DAY)
    move(workshop, -HOUR / 2)

    sweep_at(workshop.starts_at - 23 * HOUR)

    assert got(smtp)[1:] == ["Toujours des nôtres", "Toujours des nôtres"]


def test_a_reminder_of_the_old_hour_does_not_leave_before_the_next_sweep_either(
    workshop, register, smtp
):
    registration = register(workshop)
    sweep_at(NOW)
    reminders.write_due(now=workshop.starts_at - DAY)
    move(workshop, HOUR / 2)

    delivery.deliver_due(now=workshop.starts_at - 23 * HOUR)

    assert (got(smtp)[1:], fates(registration, "day_reminder")) == ([], [("dropped", PASSED)])


def test_more_people_than_a_batch_holds_are_reminded_in_one_round(workshop, crowd, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 2)
    crowd(workshop, 5)

    assert [reminders.write_due(now=workshop.starts_at - DAY) for _twice in range(2)] == [5, 0]


def test_a_workshop_moved_by_half_an_hour_while_its_reminder_is_queued_is_reminded_of_once(
    workshop, register, smtp
):
    registration = register(workshop)
    sweep_at(NOW)
    reminders.write_due(now=workshop.starts_at - DAY)
    move(workshop, HOUR / 2)

    sweep_at(workshop.starts_at - 23 * HOUR)

    assert got(smtp)[1:] == ["Toujours des nôtres"]
    assert len(written(registration)) == 2


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_first_reminder_asks_whether_one_still_comes(language, workshop, register, smtp):
    registration = register(workshop, language=language)
    sweep_at(NOW, workshop.starts_at - DAY)

    message = smtp.messages[-1]
    plain_text, markup = plain(text(message)), html(message)
    asked = {
        "fr": "Toujours des nôtres ? Alors, vous n’avez rien à faire.",
        "en": "Still able to come? If so, there’s nothing to do.",
    }
    free_it = {"fr": "libérez votre place", "en": "free your seat"}
    assert [plain_text.count(asked[language]), words(markup).count(asked[language])] == [1, 1]
    assert [plain_text.count(free_it[language]), words(markup).count(free_it[language])] == [1, 1]
    with translation.override(language):
        manage, join = (SITE + path for path in (registration.manage_path, registration.join_path))
    # Beside the question stands what leads straight to the button that frees the seat.
    found = (manage, join, f"{manage}?leave#leave")
    assert [text(message).count(f"\n{link}\n") for link in found] == [1, 1, 1]
    assert [markup.count(f'href="{link}"') for link in found] == [1, 1, 1]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("lead", "subject"), [(DAY, "Toujours des nôtres"), (HOUR, "On commence bientôt")]
)
def test_a_reminder_shows_both_clocks_and_the_link_to_the_room_and_has_no_invite(
    lead, subject, workshop, register, smtp
):
    registration = register(workshop)
    sequence = registration.sequence
    sweep_at(NOW, workshop.starts_at - lead)

    message = smtp.messages[-1]
    registration.refresh_from_db()
    assert got(smtp)[1:] == [subject]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert [plain(text(message)).count(line) for line in CLOCKS] == [1, 1]
    assert words(html(message)).count(DRAWN) == 1
    assert [body.count(registration.join_path) for body in (text(message), html(message))] == [1, 1]
    assert registration.sequence == sequence


@pytest.mark.one_database
def test_the_own_clock_of_a_person_elsewhere_stands_in_the_reminder(workshop, register, smtp):
    register(workshop, zone="Asia/Tokyo")
    sweep_at(NOW, workshop.starts_at - DAY)

    assert [plain(text(smtp.messages[-1])).count(line) for line in [*CLOCKS, "22 h 30"]] == [
        1,
        1,
        1,
    ]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("after", "address", "room", "started"),
    [
        (-SECOND, "https://zoom.example/j/1", "La salle est ouverte.", 0),
        (SECOND, "https://zoom.example/j/1", "La salle est ouverte.", 1),
        (SECOND, "", "Ouverture de la salle : 9 h 15", 1),
    ],
)
def test_who_registers_at_the_start_or_after_it_reads_that_it_has_begun(
    after, address, room, started, make_workshop, register, last_text
):
    workshop = make_workshop(meeting_url=address)
    moment = workshop.starts_at + after
    register(workshop, now=moment)

    for body in last_text(moment):
        assert body.count(SOON) == 1 - started
        assert body.count("L’atelier a commencé : entrez par le lien ci-dessus.") == started
        assert body.count(room) == 1


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("before", "address", "sentence"),
    [
        (HOUR, "https://zoom.example/j/1", "Le jour venu, le lien du courriel ouvre la salle."),
        (-SECOND, "https://zoom.example/j/1", "La salle est ouverte : le lien du courriel y mène."),
        (-SECOND, "", "L’atelier a commencé : le lien du courriel mène à la salle."),
    ],
)
def test_the_page_after_the_form_says_whether_the_room_is_open(
    before, address, sentence, make_workshop, client, time_machine
):
    workshop = make_workshop(meeting_url=address)
    time_machine.move_to(workshop.starts_at - before)

    page = page_text(client.post(form_of(workshop), typed(), follow=True))

    assert page.count(sentence) == 1
