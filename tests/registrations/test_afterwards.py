"""The mail about what stays: one to each person who had a seat, when the organiser chose."""

import importlib
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from events.models import Workshop
from registrations import worker
from registrations.domain import privacy, signup
from registrations.mail import afterwards, delivery
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import NOW, utc
from tests.helpers.mails import text
from tests.helpers.pages import page_text
from tests.helpers.workshops import change, move

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
REPLAY = "https://video.example/1"


def told():
    """Whom the mail was written for, by address."""
    mails = OutgoingMail.objects.filter(kind="afterwards").order_by("registration__email")
    return list(mails.values_list("registration__email", flat=True))


def states():
    mails = OutgoingMail.objects.filter(kind="afterwards")
    return list(mails.values_list("state", "last_error"))


@pytest.mark.one_database
def test_when_it_leaves(make_workshop):
    """The session ends on 29 March 2027 at 16:00 UTC, or as the case says."""
    end = utc(2027, 3, 29, 16, 0)
    stays, third = {"replay_url": REPLAY}, {"afterwards_mail": "third_day"}
    cases = [
        ({}, None),
        ({"afterwards": " \n"}, None),
        # The third day tells of the ballot and of the attestation all the same.
        (third, end + 3 * DAY),
        (stays | {"afterwards_mail": "never"}, None),
        # What was there before the end leaves an hour after it.
        (stays, end + HOUR),
        (stays | {"afterwards_changed_at": end - 9 * DAY}, end + HOUR),
        # Each change gives another hour.
        (stays | {"afterwards_changed_at": end + 2 * HOUR}, end + 3 * HOUR),
        ({"slides_url": REPLAY, "afterwards_changed_at": end + 9 * DAY}, end + 9 * DAY + HOUR),
        (stays | third, end + 3 * DAY),
        (stays | third | {"afterwards_changed_at": end + 3 * DAY}, end + 3 * DAY + HOUR),
        (stays | third | {"afterwards_changed_at": end + 9 * DAY}, end + 9 * DAY + HOUR),
    ]
    workshop = make_workshop()
    for fields, at in cases:
        found = Workshop(pk=workshop.pk, starts_at=workshop.starts_at, ends_at=end, **fields)
        assert (fields, afterwards.leaves_at(found)) == (fields, at)
    # Clocks go forward in Québec on 14 March: the same hour there, three days of 24 hours less one.
    workshop = make_workshop(start=datetime(2027, 3, 12, 9, 30), **stays, **third)
    assert afterwards.leaves_at(workshop) == utc(2027, 3, 15, 16, 0)
    assert workshop.ends_at == utc(2027, 3, 12, 17, 0)


def test_each_person_who_had_a_seat_gets_one_mail_and_never_a_second(make_workshop, register, now):
    workshop = make_workshop(capacity=4, replay_url=REPLAY)
    seated, second, cancelled, erased, waiting = (
        register(workshop, email=f"{name}@example.org") for name in "abcde"
    )
    signup.cancel(cancelled, now=now)  # the first in line gets the seat
    last = register(workshop, email="f@example.org")
    assert (waiting.state, last.state) == ("waiting", "waiting")
    end = workshop.ends_at
    privacy.erase(erased, now=end)

    counts = [afterwards.write_due(now=end + HOUR + after) for after in (-SECOND, 0 * SECOND, HOUR)]
    change(workshop, slides_url=REPLAY, afterwards_changed_at=end + 2 * DAY)
    counts += [afterwards.write_due(now=end + 4 * DAY), afterwards.write_due(now=end + 9 * DAY)]

    assert counts == [0, 3, 0, 0, 0]
    assert told() == ["a@example.org", "b@example.org", "e@example.org"]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "cancelled"},
        {"state": "draft"},
        {"afterwards_mail": "never"},
        {"replay_url": ""},
        {"afterwards": " ", "replay_url": ""},
    ],
    ids=str,
)
@pytest.mark.one_database
def test_nobody_is_told_where_none_is_to_leave(fields, make_workshop, register):
    workshop = make_workshop(replay_url=REPLAY)
    register(workshop)
    workshop = change(workshop, **fields)

    counts = [afterwards.write_due(now=workshop.ends_at + after) for after in (HOUR, 5 * DAY)]

    assert (counts, told()) == ([0, 0], [])


@pytest.mark.one_database
def test_nothing_leaves_two_months_after_the_end(make_workshop, register, smtp):
    workshop = make_workshop(replay_url=REPLAY)
    register(workshop)
    limit = workshop.ends_at + 60 * DAY

    assert afterwards.write_due(now=limit) == 0
    assert afterwards.write_due(now=limit - SECOND) == 1
    delivery.deliver_due(now=limit)
    assert states() == [("dropped", "its moment has passed: the workshop has been over for long")]


@pytest.mark.one_database
def test_what_was_over_before_the_upgrade_is_told_to_nobody(make_workshop, register, time_machine):
    workshop = make_workshop(afterwards="Un vieux lien")
    coming = make_workshop(starts_at=workshop.ends_at, ends_at=workshop.ends_at + SECOND)
    register(workshop)
    time_machine.move_to(workshop.ends_at, tick=False)

    module = importlib.import_module("events.migrations.0014_afterwards")
    module.no_mail_about_what_is_over(apps, None)

    choices = Workshop.objects.order_by("pk").values_list("afterwards_mail", flat=True)
    assert (list(choices), coming.afterwards_mail) == (["never", "once"], "once")
    assert afterwards.write_due(now=workshop.ends_at + DAY) == 0


@pytest.mark.one_database
def test_a_mail_that_has_not_left_waits_while_the_organiser_thinks_again(
    make_workshop, register, smtp
):
    """Each case is put right again, and the one mail leaves."""
    workshop = make_workshop(replay_url=REPLAY)
    register(workshop)
    at = workshop.ends_at + HOUR
    afterwards.write_due(now=at)
    OutgoingMail.objects.exclude(kind="afterwards").delete()
    thoughts = [
        {"afterwards_mail": "never"},
        {"replay_url": ""},
        {"afterwards_changed_at": at},
        {"state": "draft"},
        {"starts_at": at + DAY, "ends_at": at + 2 * DAY},
    ]
    before = {name: getattr(workshop, name) for each in thoughts for name in each}
    for thought in thoughts:
        change(workshop, **thought)
        delivery.deliver_due(now=at)
        OutgoingMail.objects.update(due_at=at)
        change(workshop, **before)
        assert (thought, states()) == (thought, [("queued", "")])

    delivery.deliver_due(now=at)

    assert (states(), len(smtp.messages)) == ([("sent", "")], 1)


@pytest.mark.one_database
@pytest.mark.parametrize("gone", ["cancelled workshop", "erased person"])
def test_a_mail_that_is_not_true_any_more_never_leaves(gone, make_workshop, register, smtp):
    workshop = make_workshop(replay_url=REPLAY)
    person = register(workshop)
    at = workshop.ends_at + HOUR
    afterwards.write_due(now=at)
    OutgoingMail.objects.exclude(kind="afterwards").delete()
    if gone == "erased person":
        privacy.erase(person, now=at)
    else:
        change(workshop, state="cancelled")

    delivery.deliver_due(now=at)

    left = [] if gone == "erased person" else [("dropped", "overtaken: the workshop was cancelled")]
    assert (states(), smtp.messages) == (left, [])


@pytest.mark.one_database
def test_a_workshop_that_moves_once_it_was_over_is_not_told_of_twice(make_workshop, register):
    workshop = make_workshop(replay_url=REPLAY)
    register(workshop)
    afterwards.write_due(now=workshop.ends_at + HOUR)
    moved = move(workshop, 7 * DAY)

    assert (afterwards.write_due(now=moved.ends_at + DAY), told()) == (0, ["zoe@example.org"])


def test_a_round_of_the_worker_sends_it_with_links_of_ours_alone(
    make_workshop, register, smtp, client, time_machine
):
    workshop = make_workshop(replay_url=REPLAY, afterwards=f"[Suite]({REPLAY})")
    person = register(workshop)
    worker.run_once(now=NOW)
    at = workshop.ends_at + HOUR
    smtp.messages.clear()
    time_machine.move_to(at, tick=False)

    tally = worker.run_once(now=timezone.now())

    assert tally["mails about what stays"] == 1
    [message] = smtp.messages
    words = text(message)
    ballot = f"{person.join_path}avis/"
    assert (words.count(person.join_path), words.count(ballot)) == (2, 1)
    assert client.get(ballot).status_code == 200
    assert "attestation" not in words  # nobody noted that they came
    assert "video.example" not in message.as_string()
    person = Registration.objects.get()
    assert (person.afterwards_mail_at, person.sequence) == (at, 0)
    for path in (person.join_path, person.manage_path):
        page = client.get(path)
        assert page.content.decode().count(f'href="{REPLAY}"') == 2
        assert page_text(page).count("Pour y revenir") == 1


@pytest.mark.one_database
def test_a_round_costs_one_statement_where_nothing_is_due(
    make_workshop, crowd, django_assert_num_queries
):
    def cost(moment):
        with django_assert_num_queries(1):
            assert afterwards.write_due(now=moment) == 0

    for number in range(3):
        workshop = make_workshop(replay_url=REPLAY)
        crowd(workshop, 3, first=number)
        cost(workshop.ends_at)
        afterwards.write_due(now=workshop.ends_at + HOUR)
        cost(workshop.ends_at + DAY)
    make_workshop(afterwards_mail="third_day")
    cost(workshop.ends_at + 9 * DAY)


@pytest.mark.one_database
def test_the_persons_own_pages_show_it_after_the_end_alone(
    make_workshop, register, client, time_machine
):
    workshop = make_workshop(capacity=1, replay_url=REPLAY)
    seated, waiting = (register(workshop, email=f"{name}@example.org") for name in "ab")
    paths = [seated.join_path, seated.manage_path, waiting.join_path, waiting.manage_path]

    def shown():
        return [client.get(path).content.decode().count(REPLAY) for path in paths]

    time_machine.move_to(workshop.ends_at - SECOND, tick=False)
    before = shown()
    time_machine.move_to(workshop.ends_at, tick=False)

    assert (before, shown()) == ([0, 0, 0, 0], [1, 1, 0, 0])
    change(workshop, state="draft")
    assert shown() == [0, 0, 0, 0]
