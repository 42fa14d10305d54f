"""The mails of an announcement: the calendar entry one version up, and the changes in words.

People on the waiting list get the words alone.
"""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from events.clocks import instant
from events.models import Workshop
from registrations import worker
from registrations.domain import announcements, lost_links, privacy, signup
from registrations.mail import queue
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import DRAWN
from tests.helpers.database import at_once
from tests.helpers.mails import (
    WHEN,
    a_while_passes,
    calendar,
    deliver_claimed,
    entry,
    html,
    leaf,
    plain,
    text,
    words,
)
from tests.helpers.workshops import change

BEFORE = (
    "lundi 29 mars 2027, 9 h 30 – 12 h 00 (heure du Québec), 15 h 30 – 18 h 00 (heure de France)"
)
AFTER = "mardi 30 mars 2027 10 h 00 – 12 h 30 (heure du Québec) 16 h 00 – 18 h 30 (heure de France)"


def tells_the_move(message):
    """Whether the text of `message` says AFTER and BEFORE, each once."""
    said = plain(text(message))
    return [said.count(each) for each in (AFTER, f"Avant : {BEFORE}")] == [1, 1]


def hold_at(workshop, *wall):
    """Hold it at `wall` on Québec's clock, as an organiser's save does."""
    start = instant(datetime(*wall), "America/Toronto")
    change(workshop, starts_at=start, ends_at=start + timedelta(hours=2.5))


@pytest.fixture
def announce(smtp, now):
    """Press the button and let the worker run; the mails that arrived since the last time."""
    seen = []

    def act(workshop):
        announcements.announce(workshop, now=now)
        worker.run_once(now=now)
        new = smtp.messages[len(seen) :]
        seen.extend(new)
        return new

    return act


@pytest.fixture
def invited(workshop, register, announce):
    """Zoé Tremblay, who has her confirmation."""
    registration = register(workshop)
    announce(workshop)
    return registration


def version(message):
    event = entry(message)
    return (
        calendar(message)["METHOD"],
        event["UID"],
        event["SEQUENCE"],
        event["STATUS"],
        event.start,
    )


@pytest.mark.one_database
def test_a_move_is_the_same_entry_one_version_up(workshop, invited, announce):
    hold_at(workshop, 2027, 3, 30, 10, 0)

    [message] = announce(workshop)

    start = instant(datetime(2027, 3, 30, 10, 0), "America/Toronto")
    assert version(message) == ("REQUEST", str(invited.uid), 1, "CONFIRMED", start)
    assert leaf(message, "text/calendar")["Content-Type"].params["method"] == "REQUEST"
    assert plain(str(message["Subject"])) == "Nouvelle date : mardi 30 mars, 10 h 00 / 16 h 00"


@pytest.mark.one_database
def test_a_move_is_told_in_words_before_and_after_on_both_clocks(workshop, invited, announce):
    hold_at(workshop, 2027, 3, 30, 10, 0)

    [message] = announce(workshop)

    said, told = plain(text(message)), words(html(message))
    assert [said.count(each) for each in (AFTER, f"L’horaire Avant : {BEFORE}")] == [1, 1]
    assert told.count("Québec 10 h 00 jusqu’à 12 h 30 France 16 h 00 jusqu’à 18 h 30") == 1
    assert told.count(f"L’horaire Avant : {BEFORE}".replace(", ", " ")) == 1
    assert [content.count("Vous gardez votre place.") for content in (said, told)] == [1, 1]
    # No clock is read a third time.
    assert [said.count(hour) for hour in ("10 h 00", "9 h 30", "16 h 00")] == [1, 1, 1]


@pytest.mark.one_database
def test_the_persons_own_clock_stands_among_them(workshop, register, announce):
    register(workshop, zone="Europe/London")
    announce(workshop)
    hold_at(workshop, 2027, 3, 30, 10, 0)

    [message] = announce(workshop)

    own = [
        f"{hours} (votre heure, Londres)" for hours in ("14 h 30 – 17 h 00", "15 h 00 – 17 h 30")
    ]
    said = plain(text(message))
    assert [said.count(each) for each in (f"{AFTER} {own[1]}", f"{BEFORE}, {own[0]}")] == [1, 1]


@pytest.mark.one_database
def test_each_is_told_in_their_own_language(workshop, register, announce):
    register(workshop, language="en")
    announce(workshop)
    hold_at(workshop, 2027, 3, 30, 10, 0)

    [message] = announce(workshop)

    assert str(message["Subject"]) == "New date: Tuesday 30 March, 10:00\u00a0a.m. / 4:00\u00a0p.m."
    assert (
        plain(text(message)).count(
            "Before: Monday 29 March 2027, 9:30 a.m. – 12:00 p.m. (Québec time)"
        )
        == 1
    )


@pytest.mark.one_database
def test_a_new_title_and_place_are_told_in_words(workshop, invited, announce):
    change(workshop, title="Cultures & <données>", place="Jitsi")

    [message] = announce(workshop)

    lines = [
        "Le titre Avant : Données culturelles Le lieu",
        "Le lieu Avant : Zoom Maintenant : Jitsi",
    ]
    for content in (plain(text(message)), words(html(message))):
        assert [content.count(line) for line in ("L’horaire", *lines)] == [0, 1, 1]
        assert content.count("Cultures & <données>") == 1
    assert (entry(message)["SUMMARY"], entry(message)["SEQUENCE"]) == ("Cultures & <données>", 1)


@pytest.mark.one_database
def test_the_way_in_stays_the_same(workshop, invited, announce, smtp):
    hold_at(workshop, 2027, 3, 30, 10, 0)

    announce(workshop)

    join = f"https://ateliers.example.org{invited.join_path}"
    assert [text(message).count(join) for message in smtp.messages] == [1, 1]


@pytest.mark.one_database
def test_who_waits_gets_words_and_no_invite(make_workshop, register, announce):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    waiting = register(workshop)
    announce(workshop)
    hold_at(workshop, 2027, 3, 30, 10, 0)

    _first, message = announce(workshop)

    waiting.refresh_from_db()
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert tells_the_move(message)
    in_line = "Vous gardez votre place dans la liste d’attente. Vous êtes en 1re position."
    assert plain(text(message)).count(in_line) == 1
    assert (waiting.sequence, text(message).count(waiting.join_path)) == (None, 0)


@pytest.mark.one_database
def test_a_cancelled_workshop_leaves_every_calendar(workshop, invited, announce):
    change(workshop, state="cancelled")

    [message] = announce(workshop)

    assert version(message) == ("CANCEL", str(invited.uid), 1, "CANCELLED", workshop.starts_at)
    assert plain(str(message["Subject"])) == f"Atelier annulé : {WHEN}"
    assert plain(text(message)).count("cet atelier est annulé et n’aura pas lieu.") == 1


@pytest.mark.one_database
def test_who_waited_for_a_cancelled_workshop_gets_words(make_workshop, register, announce):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    register(workshop)
    announce(workshop)
    change(workshop, state="cancelled")

    _first, message = announce(workshop)

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    contents = [plain(text(message)), words(html(message))]
    assert [content.count("agenda") for content in contents] == [0, 0]
    # In the HTML the clock is struck out.
    assert [content.count("Il devait avoir lieu :") for content in contents] == [1, 0]
    assert html(message).count("line-through") == 4


@pytest.mark.one_database
def test_a_workshop_that_takes_place_after_all_comes_back_and_says_so(workshop, invited, announce):
    change(workshop, state="cancelled")
    announce(workshop)
    change(workshop, state="published")

    [message] = announce(workshop)

    assert version(message) == ("REQUEST", str(invited.uid), 2, "CONFIRMED", workshop.starts_at)
    assert [
        plain(content).count("L’atelier a bien lieu")
        for content in (text(message), words(html(message)))
    ] == [1, 1]


@pytest.mark.one_database
def test_a_second_announcement_tells_from_the_first(workshop, invited, announce):
    hold_at(workshop, 2027, 3, 30, 10, 0)
    announce(workshop)
    hold_at(workshop, 2027, 3, 31, 10, 0)

    [message] = announce(workshop)

    later = AFTER.replace("mardi 30", "mercredi 31")
    assert entry(message)["SEQUENCE"] == 2
    said = plain(text(message))
    # Only the day is another one.
    assert [said.count(each) for each in (later, "Avant : mardi 30 mars 2027 ")] == [1, 1]


@pytest.mark.one_database
def test_two_announcements_before_the_worker_runs_are_one_mail_from_the_first_to_the_last(
    workshop, invited, announce, smtp, now
):
    hold_at(workshop, 2027, 3, 31, 10, 0)
    announcements.announce(workshop, now=now)
    hold_at(workshop, 2027, 3, 30, 10, 0)

    [message] = announce(workshop)

    invited.refresh_from_db()
    assert tells_the_move(message)
    assert (entry(message)["SEQUENCE"], invited.sequence) == (2, 2)


def test_news_that_was_tried_may_have_arrived_and_is_not_taken_back(
    workshop, invited, announce, smtp, now
):
    hold_at(workshop, 2027, 3, 30, 10, 0)
    smtp.answers = ["451 4.7.1 Later"]
    announce(workshop)
    first = workshop.registrations.get().told
    hold_at(workshop, 2027, 3, 31, 10, 0)

    announcements.announce(workshop, now=now)

    tried, newer = OutgoingMail.objects.filter(kind="update").order_by("pk")
    assert (tried.state, tried.attempts, newer.before) == ("queued", 1, first)


@pytest.mark.one_database
def test_a_cancelled_workshop_takes_no_lost_links_back(workshop, invited, announce, now):
    lost_links.ask(invited.email, now=now)
    lost_links.answer(now=now)
    change(workshop, state="cancelled")

    announce(workshop)

    assert OutgoingMail.objects.get(kind="links").state == "sent"


def test_a_reminder_leaves_the_news_to_be_announced(workshop, invited, smtp, now):
    change(workshop, place="Jitsi")
    worker.run_once(now=workshop.starts_at - timedelta(days=1))

    assert [mail.state for mail in invited.mails.filter(kind="day_reminder")] == ["sent"]
    assert announcements.announce(workshop, now=now) == 1


def test_a_cancellation_overtakes_the_update_that_has_not_left(workshop, invited, announce, now):
    hold_at(workshop, 2027, 3, 30, 10, 0)
    announcements.announce(workshop, now=now)
    change(workshop, state="cancelled")

    [message] = announce(workshop)

    assert (calendar(message)["METHOD"], entry(message)["SEQUENCE"]) == ("CANCEL", 2)
    assert OutgoingMail.objects.get(kind="update").state == "dropped"


@pytest.mark.one_database
def test_an_edit_between_the_button_and_the_worker_is_told_as_it_is_then(
    workshop, invited, announce, smtp, now
):
    change(workshop, place="Jitsi")
    announcements.announce(workshop, now=now)
    hold_at(workshop, 2027, 3, 30, 10, 0)

    worker.run_once(now=now)

    message = smtp.messages[-1]
    assert tells_the_move(message)
    assert announcements.outdated(Workshop.objects.get()) == []


@pytest.mark.one_database
def test_who_left_before_the_worker_runs_hears_of_the_cancellation_alone(
    workshop, invited, announce, smtp, now
):
    hold_at(workshop, 2027, 3, 30, 10, 0)
    announcements.announce(workshop, now=now)
    signup.cancel(invited, now=now)

    worker.run_once(now=now)

    assert [calendar(message)["METHOD"] for message in smtp.messages] == ["REQUEST", "CANCEL"]


def test_who_registers_after_the_move_holds_the_new_time(workshop, register, now):
    hold_at(workshop, 2027, 3, 30, 10, 0)
    register(workshop)

    assert announcements.announce(workshop, now=now) == 0


@pytest.mark.one_database
def test_a_mail_for_another_reason_tells_the_new_time_and_leaves_nothing_to_announce(
    workshop, invited, register, smtp, now
):
    hold_at(workshop, 2027, 3, 30, 10, 0)
    a_while_passes()
    register(workshop)
    worker.run_once(now=now)

    assert entry(smtp.messages[-1])["SEQUENCE"] == 1
    assert announcements.announce(workshop, now=now) == 0


@pytest.mark.django_db(transaction=True)
def test_two_organisers_who_press_at_once_mail_everybody_once(
    transactional_db, workshop, crowd, now
):
    crowd(workshop, 5)
    hold_at(workshop, 2027, 3, 30, 10, 0)

    counts = at_once(*[partial(announcements.announce, workshop, now=now)] * 3)

    assert sorted(counts) == [0, 0, 5]
    assert OutgoingMail.objects.filter(kind="update").count() == 5
    assert set(workshop.registrations.values_list("sequence", flat=True)) == {1}


@pytest.fixture
def moved_in_silence(invited, workshop):
    """Zoé, whose workshop was moved to an odd date and renamed, of which nobody told her."""
    hold_at(workshop, 2027, 3, 16, 11, 0)
    change(workshop, title="Un titre que personne ne connaît")
    invited.refresh_from_db()
    return invited


KNOWN = (
    "lundi 29 mars 2027",
    "9 h 30 – 12 h 00 (heure du Québec)",
    "15 h 30 – 18 h 00 (heure de France)",
)
UNKNOWN = ("16 mars", "11 h 00", "inhabituel", "que personne ne connaît")


def speaks_of_what_is_known(message, start, title="Données culturelles"):
    event = entry(message)
    assert (event["SUMMARY"], event.start, event.end) == (
        title,
        start,
        start + timedelta(hours=2.5),
    )
    day = start.astimezone(ZoneInfo("America/Toronto")).day
    assert f" {day} mars, " in str(message["Subject"])
    assert plain(text(message)).count(title) == 1
    said, drawn = plain(text(message)), words(html(message))
    assert [said.count(line) for line in KNOWN] == [1, 1, 1]
    assert [drawn.count(line) for line in ("Lundi 29 mars 2027", DRAWN)] == [1, 1]
    for content in (said, drawn):
        assert [content.count(line) for line in UNKNOWN] == [0, 0, 0, 0]


@pytest.mark.one_database
def test_a_workshop_moved_in_silence_is_cancelled_at_the_hour_each_knows(
    workshop, moved_in_silence, announce
):
    change(workshop, state="cancelled")

    [message] = announce(workshop)

    assert version(message)[:4] == ("CANCEL", str(moved_in_silence.uid), 1, "CANCELLED")
    speaks_of_what_is_known(message, workshop.starts_at)


@pytest.mark.one_database
def test_who_registered_after_a_silent_move_hears_of_the_later_hour(
    workshop, moved_in_silence, register, announce
):
    register(workshop, email="later@example.org")
    change(workshop, state="cancelled")

    messages = announce(workshop)

    starts = {message["To"].addresses[0].addr_spec: entry(message).start for message in messages}
    assert starts == {
        "zoe@example.org": workshop.starts_at,
        "later@example.org": instant(datetime(2027, 3, 16, 11, 0), "America/Toronto"),
    }


@pytest.mark.one_database
def test_who_cancels_after_a_silent_move_hears_of_the_hour_they_know(
    workshop, moved_in_silence, smtp, now
):
    signup.cancel(moved_in_silence, now=now)
    worker.run_once(now=now)

    speaks_of_what_is_known(smtp.messages[-1], workshop.starts_at)
    assert version(smtp.messages[-1])[:4] == ("CANCEL", str(moved_in_silence.uid), 1, "CANCELLED")


@pytest.mark.one_database
def test_a_move_between_cancelling_and_the_worker_is_not_told(workshop, invited, smtp, now):
    signup.cancel(invited, now=now)
    hold_at(workshop, 2027, 3, 16, 11, 0)

    worker.run_once(now=now)

    speaks_of_what_is_known(smtp.messages[-1], workshop.starts_at)
    assert entry(smtp.messages[-1])["SEQUENCE"] == 1


@pytest.mark.one_database
def test_who_cancels_before_the_news_leaves_hears_of_the_hour_they_know(
    workshop, moved_in_silence, smtp, now
):
    announcements.announce(workshop, now=now)
    signup.cancel(moved_in_silence, now=now)
    worker.run_once(now=now)

    speaks_of_what_is_known(smtp.messages[-1], workshop.starts_at)


@pytest.mark.one_database
def test_whom_the_news_could_not_reach_holds_the_old_hour_still(
    workshop, moved_in_silence, smtp, now
):
    smtp.answers = ["550 5.7.1 Refused"]
    announcements.announce(workshop, now=now)
    worker.run_once(now=now)
    [group] = announcements.outdated(Workshop.objects.get())
    assert [change.old for change in group.changes] == ["l’ancien horaire", "l’ancien titre"]

    change(workshop, state="cancelled")
    announcements.announce(workshop, now=now)
    worker.run_once(now=now)

    speaks_of_what_is_known(smtp.messages[-1], workshop.starts_at)
    assert announcements.outdated(Workshop.objects.get()) == []


def test_news_that_failed_behind_newer_news_takes_nothing_back(
    workshop, moved_in_silence, smtp, now
):
    smtp.answers = ["451 4.7.1 Later", "550 5.7.1 Refused"]
    announcements.announce(workshop, now=now)
    worker.run_once(now=now)
    hold_at(workshop, 2027, 3, 30, 10, 0)
    announcements.announce(workshop, now=now)
    told = Registration.objects.get().told
    first = OutgoingMail.objects.filter(kind="update").earliest("pk")
    deliver_claimed(queue.claim([first.pk], now=now + timedelta(hours=1)), clock=lambda: now)

    assert OutgoingMail.objects.get(pk=first.pk).state == "failed"
    assert Registration.objects.get().told == told


@pytest.mark.one_database
def test_who_is_erased_after_a_silent_move_hears_of_the_hour_they_know(
    workshop, moved_in_silence, smtp, now
):
    privacy.erase(moved_in_silence, now=now)
    worker.run_once(now=now)

    speaks_of_what_is_known(smtp.messages[-1], workshop.starts_at)


@pytest.mark.one_database
def test_who_undoes_after_a_silent_move_gets_the_hour_of_today(
    workshop, moved_in_silence, smtp, now
):
    signup.cancel(moved_in_silence, now=now)
    worker.run_once(now=now)
    signup.reinstate(moved_in_silence, now=now)
    worker.run_once(now=now)

    start = instant(datetime(2027, 3, 16, 11, 0), "America/Toronto")
    assert version(smtp.messages[-1]) == (
        "REQUEST",
        str(moved_in_silence.uid),
        2,
        "CONFIRMED",
        start,
    )


@pytest.mark.one_database
def test_the_odd_offset_of_a_cancelled_workshop_is_told_in_text_and_html(
    make_workshop, register, announce
):
    workshop = make_workshop(start=datetime(2027, 3, 16, 9, 30))
    register(workshop)
    announce(workshop)
    change(workshop, state="cancelled")

    [message] = announce(workshop)

    assert [c.count("Décalage inhabituel") for c in (text(message), words(html(message)))] == [1, 1]


def three_at_a_time(monkeypatch):
    monkeypatch.setattr(announcements, "BATCH", 3)


@pytest.mark.django_db(transaction=True)
def test_many_are_told_in_batches_and_the_lock_is_free_between_two(
    workshop, crowd, monkeypatch, now
):
    three_at_a_time(monkeypatch)
    crowd(workshop, 7)
    change(workshop, place="Jitsi")
    held = []

    told = announcements.announce(
        workshop, now=now, stop=lambda: held.append(connection.in_atomic_block)
    )

    assert (told, held) == (7, [False] * 3)
    assert OutgoingMail.objects.filter(kind="update").count() == 7
    assert announcements.outdated(Workshop.objects.get()) == []


def test_an_announcement_that_is_cut_short_is_finished_by_the_next_one(
    workshop, crowd, monkeypatch, now
):
    three_at_a_time(monkeypatch)
    crowd(workshop, 7)
    change(workshop, place="Jitsi")
    asked = []

    first = announcements.announce(workshop, now=now, stop=lambda: len(asked) or asked.append(1))
    [left] = announcements.outdated(Workshop.objects.get())
    second = announcements.announce(workshop, now=now)

    assert (first, left.count, second) == (3, 4, 4)
    mailed = OutgoingMail.objects.filter(kind="update").values_list("registration", flat=True)
    assert len(set(mailed)) == len(mailed) == 7
