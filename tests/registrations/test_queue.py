"""The queue of mails: stored, claimed by one worker, sent, tried again, given up, dropped.

At the end `manage.py work` itself, in a process of its own.
"""

import re
import shutil
import time
from datetime import timedelta
from email import message_from_bytes, policy
from functools import partial

import icalendar
import pytest
from aiosmtpd.controller import Controller
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from events.models import Workshop
from registrations import worker
from registrations.domain import announcements, privacy, signup
from registrations.mail import delivery, outcomes, queue, snapshots
from registrations.models import OutgoingMail, Registration
from tests.helpers.database import at_once
from tests.helpers.mails import a_sure_server, a_while_passes, deliver_claimed
from tests.helpers.network import wait_for
from tests.helpers.people import typed
from tests.helpers.processes import Worker, environment, manage, run
from tests.helpers.shared import made_once
from tests.helpers.workshops import move

State = OutgoingMail.State


def deliver(mail_pk, *, now):
    """Did the mail leave?"""
    return deliver_claimed(queue.claim([mail_pk], now=now), clock=lambda: now)[State.SENT] == 1


def sweep(*, now):
    """How many mails left?"""
    return worker.run_once(now=now)[State.SENT]


def look(*, now):
    """What a worker does each second, between two sweeps."""
    worker.run_once(now=now, housekeeping=False)


def sent_ids(smtp):
    return [message["Message-ID"] for message in smtp.messages]


def stop(smtp):
    smtp.controller.stop()


def start_server(smtp):
    smtp.controller = Controller(smtp, hostname="127.0.0.1", port=smtp.controller.port)
    smtp.controller.start()


def refuse_recipients(smtp, *replies):
    """Answer the next RCPT commands with `replies`, then accept."""
    left = list(replies)

    async def handle_RCPT(server, session, envelope, address, options):
        if left:
            return left.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    smtp.handle_RCPT = handle_RCPT


def test_a_registration_and_its_mail_are_written_together(workshop, register, now):
    registration = register(workshop)

    [mail] = OutgoingMail.objects.all()
    assert (mail.registration, mail.kind, mail.state, mail.sequence) == (
        registration,
        "confirmation",
        State.QUEUED,
        0,
    )
    assert (mail.created_at, mail.due_at, mail.attempts) == (now, now, 0)
    assert mail.message_id.endswith("@ateliers.example.org>")


def test_a_registration_that_is_rolled_back_leaves_neither_row_nor_mail(workshop, register):
    class Crash(Exception):
        pass

    def register_and_crash():
        register(workshop)
        raise Crash

    with pytest.raises(Crash), transaction.atomic():
        register_and_crash()

    assert (Registration.objects.count(), OutgoingMail.objects.count()) == (0, 0)


@pytest.fixture
def no_long_message_id(transactional_db):
    """SQLite ignores a column's length, which PostgreSQL enforces: a trigger stands in for it."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER no_long_message_id BEFORE INSERT ON registrations_outgoingmail"
            " WHEN length(NEW.message_id) > 255 BEGIN SELECT RAISE(ABORT, 'value too long'); END"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER no_long_message_id")


def test_a_mail_that_cannot_be_stored_takes_its_registration_with_it(
    no_long_message_id, workshop, register, settings
):
    register(workshop)
    settings.DEFAULT_FROM_EMAIL = "praxis@" + "x" * 300

    with pytest.raises(DatabaseError, match="value too long"):
        register(workshop, email="second@example.org")

    assert [row.email for row in Registration.objects.all()] == ["zoe@example.org"]
    assert [mail.registration.email for mail in OutgoingMail.objects.all()] == ["zoe@example.org"]


def test_a_mail_leaves_once_and_its_row_says_when(workshop, register, smtp, now):
    mail = register(workshop).mails.get()

    assert [deliver(mail.pk, now=now), deliver(mail.pk, now=now), sweep(now=now)] == [
        True,
        False,
        0,
    ]

    mail.refresh_from_db()
    assert sent_ids(smtp) == [mail.message_id]
    assert (mail.state, mail.sent_at, mail.attempts, mail.lease_until, mail.last_error) == (
        State.SENT,
        now,
        1,
        None,
        "",
    )


def test_a_mail_that_is_not_due_yet_stays(workshop, register, smtp, now):
    mail = register(workshop).mails.get()
    OutgoingMail.objects.update(due_at=now + timedelta(minutes=5))

    assert [deliver(mail.pk, now=now), sweep(now=now)] == [False, 0]
    assert sweep(now=now + timedelta(minutes=5)) == 1
    assert sent_ids(smtp) == [mail.message_id]


@pytest.mark.django_db(transaction=True)
@pytest.mark.one_database
def test_with_the_mail_server_down_one_registers_and_the_mail_leaves_when_it_is_back(
    transactional_db, workshop, client, smtp
):
    stop(smtp)

    response = client.post(reverse("registrations:sign_up", args=[workshop.slug]), typed())
    call_command("work", "--once")

    mail = workshop.registrations.get().mails.get()
    assert response.status_code == 302
    assert (mail.state, mail.due_at, mail.attempts) == (State.QUEUED, mail.created_at, 0)
    assert mail.last_error.startswith("ConnectionRefusedError: ")

    start_server(smtp)
    call_command("work", "--once")

    mail.refresh_from_db()
    assert sent_ids(smtp) == [mail.message_id]
    assert (mail.state, mail.attempts, mail.last_error) == (State.SENT, 1, "")


@pytest.mark.one_database
def test_a_mail_server_may_be_down_for_three_days(workshop, register, smtp, now):
    mail = register(workshop).mails.get()
    stop(smtp)
    for hours in range(72):
        look(now=now + timedelta(hours=hours))
    start_server(smtp)

    later = now + timedelta(days=3, hours=12)
    assert sweep(now=later) == 1

    mail.refresh_from_db()
    assert sent_ids(smtp) == [mail.message_id]
    # The clock of a sweep runs on while a busy machine connects.
    assert mail.state == State.SENT
    assert later <= mail.sent_at < later + timedelta(minutes=1)


@pytest.mark.one_database
def test_time_without_a_mail_server_gives_up_no_mail(workshop, register, smtp, now):
    mail = register(workshop).mails.get()
    stop(smtp)
    for days in range(30):
        look(now=now + timedelta(days=days))
    start_server(smtp)
    smtp.answers = ["451 4.7.1 Later"]
    later = now + timedelta(days=30)

    # It was refused within a minute, and is tried again a minute after that.
    assert [sweep(now=later), sweep(now=later + timedelta(minutes=2))] == [0, 1]

    mail.refresh_from_db()
    assert sent_ids(smtp) == [mail.message_id]
    assert (mail.state, mail.attempts) == (State.SENT, 2)


def test_a_mail_that_could_not_leave_before_the_end_leaves_no_more(workshop, register, smtp):
    register(workshop)

    assert sweep(now=workshop.ends_at) == 0
    assert OutgoingMail.objects.values_list("state", "last_error").get() == (
        State.DROPPED,
        "its moment has passed: the workshop is over",
    )


@pytest.mark.one_database
def test_a_mail_is_given_up_after_four_days_of_refusals_whenever_they_began(
    workshop, register, smtp, now
):
    mail = register(workshop).mails.get()
    began = moment = now + timedelta(days=40)
    smtp.answers = ["451 4.7.1 Later"] * 20
    while mail.state == State.QUEUED:
        sweep(now=moment)
        mail.refresh_from_db()
        last, moment = moment, mail.due_at

    assert (mail.state, mail.attempts) == (State.FAILED, 14)
    assert timedelta(days=4) <= last - began < timedelta(days=4, hours=12)


def test_a_promise_that_was_held_has_its_four_days_from_its_release_on(
    workshop, register, smtp, now
):
    register(workshop)
    Workshop.objects.update(state=Workshop.State.DRAFT)
    later = now + timedelta(days=5)
    sweep(now=later)
    Workshop.objects.update(state=Workshop.State.PUBLISHED)
    smtp.answers = ["451 4.7.1 Later"]

    sweep(now=later + outcomes.HOLD_FOR)

    assert OutgoingMail.objects.values_list("state", "attempts").get() == (State.QUEUED, 1)


def test_a_mail_whose_person_is_erased_as_it_is_taken_up_stops_nobody(
    workshop, register, smtp, now
):
    register(workshop)
    register(workshop, email="second@example.org")
    first = OutgoingMail.objects.order_by("pk").first().pk
    gone = []

    def erase_first(execute, sql, *rest):
        if (
            not gone
            and sql.startswith("SELECT")
            and '"registrations_outgoingmail"."content"' in sql
        ):
            gone.append(OutgoingMail.objects.filter(pk=first).delete())
        return execute(sql, *rest)

    with connection.execute_wrapper(erase_first):
        assert sweep(now=now) == 1

    assert [message["To"].addresses[0].addr_spec for message in smtp.messages] == [
        "second@example.org"
    ]


def test_a_mail_that_cannot_be_composed_does_not_hold_up_the_others(workshop, register, smtp, now):
    broken = register(workshop, email="a@example.org").mails.get()
    Registration.objects.filter(pk=broken.registration_id).update(told="{ no JSON")
    whole = register(workshop, email="b@example.org").mails.get()

    assert sweep(now=now) == 1

    broken.refresh_from_db()
    assert sent_ids(smtp) == [whole.message_id]
    assert (broken.state, broken.attempts) == (State.QUEUED, 1)


@pytest.mark.one_database
def test_the_pauses_between_attempts_grow(workshop, register, smtp, now):
    mail = register(workshop).mails.get()
    smtp.answers = ["451 4.7.1 Later"] * 7
    pauses = []
    moment = now
    for _attempt in range(7):
        deliver(mail.pk, now=moment)
        mail.refresh_from_db()
        pauses.append(mail.due_at - moment)
        moment = mail.due_at

    minutes = [pause.total_seconds() / 60 for pause in pauses]
    assert minutes == [1, 5, 30, 120, 360, 720, 720]


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_many_threads_deliver_arrives_once(
    transactional_db, workshop, register, smtp, now
):
    mail = register(workshop).mails.get()

    answers = at_once(*[partial(deliver, mail.pk, now=now)] * 8)

    mail.refresh_from_db()
    assert sorted(answers) == [False] * 7 + [True]
    assert sent_ids(smtp) == [mail.message_id]
    assert (mail.state, mail.attempts) == (State.SENT, 1)


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_time_send_each_mail_once(
    transactional_db, workshop, register, smtp, now
):
    ids = {register(workshop, email=f"p{n}@example.org").mails.get().message_id for n in range(6)}

    counts = at_once(*[partial(sweep, now=now)] * 4)

    assert sum(counts) == 6
    assert sorted(sent_ids(smtp)) == sorted(ids)


def test_a_killed_worker_delays_a_mail_by_minutes(workshop, register, smtp, now):
    mail = register(workshop).mails.get()
    assert [claimed.lease_until for claimed in queue.claim([mail.pk], now=now)] == [
        now + queue.LEASE
    ]

    before, after = now + queue.LEASE - timedelta(seconds=1), now + queue.LEASE

    assert timedelta(seconds=0) < queue.LEASE <= timedelta(minutes=5)
    assert [sweep(now=before), sweep(now=after), sweep(now=after)] == [0, 1, 0]
    mail.refresh_from_db()
    assert sent_ids(smtp) == [mail.message_id]
    assert (mail.state, mail.attempts) == (State.SENT, 1)


def test_a_worker_that_lost_its_lease_does_not_overwrite_what_another_wrote(
    workshop, register, smtp, now
):
    mail = register(workshop).mails.get()
    [claimed] = queue.claim([mail.pk], now=now)
    later = now + queue.LEASE
    sweep(now=later)

    outcomes.refused(claimed, TimeoutError("too late"), now=later)

    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.last_error) == (State.SENT, later, "")


@pytest.fixture
def held(workshop, register, now):
    """Three mails that one worker has claimed together."""
    stored = [
        register(workshop, email=f"p{number}@example.org").mails.get().pk for number in range(3)
    ]
    return queue.claim(stored, now=now)


def rows_of(mails):
    rows = OutgoingMail.objects.filter(pk__in=mails).order_by("pk")
    return list(rows.values_list("state", "attempts", "lease_until"))


def test_a_worker_told_to_end_gives_back_what_it_has_not_begun(held, smtp, now):
    smtp.seconds_per_mail = 0.5
    round_ = delivery.Delivery(lambda: now, a_sure_server())

    round_.hand_over(held)
    wait_for(lambda: len(round_.senders.waiting) == 2)
    round_.end()

    assert (round_.tally, sent_ids(smtp)) == ({State.SENT: 1}, [held[0].message_id])
    assert rows_of([mail.pk for mail in held]) == [
        (State.SENT, 1, None),
        *[(State.QUEUED, 0, None)] * 2,
    ]
    assert sweep(now=now) == 2


def test_what_a_slow_server_keeps_waiting_is_given_back_within_a_second(
    held, smtp, now, monkeypatch
):
    monkeypatch.setattr(delivery, "SEND_TOGETHER", 0.1)
    smtp.seconds_per_mail = 0.5

    tally = deliver_claimed(held, clock=lambda: now)

    assert (tally, len(sent_ids(smtp))) == ({State.SENT: 1}, 1)
    assert rows_of([mail.pk for mail in held])[1:] == [(State.QUEUED, 0, None)] * 2


def test_who_lost_the_lease_gives_nothing_back(held, smtp, now):
    OutgoingMail.objects.abandoned(now + queue.LEASE).update(state=State.QUEUED, lease_until=None)
    later = queue.claim([mail.pk for mail in held], now=now + timedelta(minutes=3))

    queue.release(held)

    assert rows_of([mail.pk for mail in held]) == [(State.SENDING, 2, later[0].lease_until)] * 3


def test_a_mail_of_a_kind_that_a_later_release_stored_is_left_to_that_release(
    workshop, register, smtp, now
):
    later = register(workshop, email="later@example.org")
    later.mails.update(kind="message")
    register(workshop)

    assert sweep(now=now) == 1
    mail = later.mails.get()
    assert (mail.state, mail.attempts) == (State.QUEUED, 0)


def test_the_most_urgent_mails_leave_first_and_no_more_than_there_are_connections_for(
    workshop, register, now
):
    mails = [
        register(workshop, email=f"p{number}@example.org").mails.get().pk for number in range(3)
    ]
    OutgoingMail.objects.filter(pk=mails[0]).update(priority=3)

    assert queue.next_to_leave(2, now=now) == [mails[1], mails[2]]
    assert queue.next_to_leave(9, now=now) == [mails[1], mails[2], mails[0]]
    assert queue.next_to_leave(9, now=now, without=[mails[1]]) == [mails[2], mails[0]]


@pytest.mark.django_db(transaction=True)
def test_many_who_claim_the_same_mails_at_once_hold_each_of_them_once(
    transactional_db, workshop, register, now
):
    stored = [
        register(workshop, email=f"p{number}@example.org").mails.get().pk for number in range(12)
    ]

    claims = at_once(*[partial(queue.claim, stored, now=now)] * 6)

    assert sorted(mail.pk for claimed in claims for mail in claimed) == stored


@pytest.fixture
def owed_twice(workshop, register):
    """A registration with its confirmation and, after it, a reminder in the queue."""
    register(workshop)
    a_while_passes()
    registration = register(workshop)
    return registration.mails.order_by("pk")


def test_mails_about_one_registration_leave_in_order(owed_twice, smtp, now):
    first, second = owed_twice
    smtp.answers = ["451 4.7.1 Later"]

    assert [deliver(second.pk, now=now), deliver(first.pk, now=now)] == [False, False]
    assert deliver(second.pk, now=now) is False
    assert smtp.messages == []

    later = now + timedelta(minutes=1)
    assert [deliver(first.pk, now=later), deliver(second.pk, now=later)] == [True, True]
    assert sent_ids(smtp) == [first.message_id, second.message_id]


@pytest.mark.one_database
def test_a_mail_that_failed_does_not_keep_the_next_one_back(owed_twice, smtp, now):
    _first, second = owed_twice
    refuse_recipients(smtp, "550 5.1.1 No such person here")

    assert sweep(now=now) == 1
    assert sent_ids(smtp) == [second.message_id]


@pytest.mark.one_database
def test_a_confirmation_that_a_cancellation_overtook_is_dropped_and_says_so(
    workshop, register, smtp, now
):
    registration = register(workshop)
    smtp.answers = ["451 4.7.1 Later"]
    sweep(now=now)
    signup.cancel(registration, now=now + timedelta(seconds=10))

    sweep(now=now + timedelta(minutes=1))
    sweep(now=now + timedelta(minutes=2))

    confirmation, cancellation = registration.mails.order_by("pk")
    assert [message["Message-ID"] for message in smtp.messages] == [cancellation.message_id]
    assert (confirmation.state, confirmation.last_error) == (
        "dropped",
        "overtaken: the registration was cancelled before it left",
    )


@pytest.mark.parametrize("state", [Workshop.State.DRAFT, Workshop.State.CANCELLED])
def test_a_promise_waits_while_the_workshop_is_not_published(state, workshop, register, smtp, now):
    registration = register(workshop)
    Workshop.objects.update(state=state)

    sweep(now=now)
    held = (list(smtp.messages), registration.mails.get().state, registration.mails.get().attempts)
    Workshop.objects.update(state=Workshop.State.PUBLISHED)
    sweep(now=now + outcomes.HOLD_FOR)

    assert held == ([], "queued", 0)
    assert sent_ids(smtp) == [registration.mails.get().message_id]


def entries(smtp):
    """(SEQUENCE, start) of the invite in each mail that arrived."""
    parts = [
        part
        for m in smtp.messages
        for part in m.walk()
        if part.get_content_type() == "text/calendar"
    ]
    events = [
        icalendar.Calendar.from_ical(part.get_payload(decode=True)).walk("VEVENT")[0]
        for part in parts
    ]
    return [(event["SEQUENCE"], event.start) for event in events]


@pytest.mark.one_database
def test_a_mail_after_a_move_carries_the_new_hour_under_a_higher_sequence(
    workshop, register, smtp, now
):
    register(workshop)
    sweep(now=now)
    move(workshop, by=timedelta(days=7))
    a_while_passes()
    register(workshop)

    sweep(now=now)

    assert entries(smtp) == [(0, workshop.starts_at), (1, workshop.starts_at + timedelta(days=7))]


@pytest.mark.one_database
def test_a_move_between_storing_and_sending_is_told_with_its_own_sequence(
    workshop, register, smtp, now
):
    registration = register(workshop)
    move(workshop, by=timedelta(days=7))

    sweep(now=now)

    registration.refresh_from_db()
    assert entries(smtp) == [(1, workshop.starts_at + timedelta(days=7))]
    assert (registration.sequence, registration.told) == (
        1,
        snapshots.snapshot(registration.workshop, registration.state),
    )
    assert registration.mails.get().sequence == 1


def test_resending_the_same_words_keeps_the_sequence(workshop, register, smtp, now):
    register(workshop)
    a_while_passes()
    register(workshop)

    sweep(now=now)

    assert entries(smtp) == [(0, workshop.starts_at), (0, workshop.starts_at)]


@pytest.mark.one_database
def test_no_log_line_holds_a_name_an_address_or_a_token(workshop, register, smtp, now, caplog):
    caplog.set_level("DEBUG")
    registration = register(workshop)
    mail = registration.mails.get()
    for moment, reply in enumerate(
        ["451 4.7.1 <zoe@example.org> later", "554 5.7.1 <zoe@example.org> never"]
    ):
        smtp.answers = [reply]
        sweep(now=now + timedelta(minutes=moment))
    register(workshop, email="zoe.two@example.org", last_name="Tremblay")
    sweep(now=now + timedelta(minutes=2))

    secrets = [
        "zoe",
        "tremblay",
        registration.manage_token.lower(),
        registration.join_token.lower(),
    ]
    ours = "\n".join(
        record.getMessage()
        for record in caplog.records
        if record.name.startswith(("praxis", "django"))
    )
    assert [word for word in secrets if word in ours.lower()] == []
    assert ours.count(f"mail {mail.pk} did not leave (SMTPDataError), now failed") == 1


def house_at(folder):
    """The environment of a house in `folder`: its data, and a database of SQLite."""
    return {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'house.sqlite3'}",
        "SITE_URL": "https://ateliers.example.org",
    }


@pytest.fixture
def signed_up():
    """A folder with a database in which somebody has just registered, and the Message-ID of the
    stored mail.
    """
    folder = made_once("house", sign_up)
    return folder, (folder / "message-id").read_text()


def sign_up(folder):
    words = manage("shell", "--verbosity", "0", "--command", SIGN_UP, **house_at(folder))
    (folder / "message-id").write_text(words[-1])


@pytest.fixture
def house(signed_up, tmp_path):
    """The environment of a copy of `signed_up` under tmp_path."""
    shutil.copytree(signed_up[0], tmp_path, dirs_exist_ok=True)
    return house_at(tmp_path)


SIGN_UP = """
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", verbosity=0)
call_command("load_praxis", "--upcoming")
from events.models import Workshop
from registrations.domain import signup
workshop = Workshop.objects.latest("starts_at")
person = {"email": "zoe@example.org", "first_name": "Zoé", "last_name": "Tremblay"}
signup.register(workshop, now=timezone.now(), **person)
print(workshop.registrations.get().mails.get().message_id)
"""


@pytest.mark.real_time
def test_work_once_delivers_and_ends(house, signed_up, smtp):
    known = environment(**house, EMAIL_URL=f"smtp://127.0.0.1:{smtp.controller.port}")

    codes = [run("manage.py", "work", "--once", env=known).returncode for _ in range(2)]

    assert (codes, sent_ids(smtp)) == ([0, 0], [signed_up[1]])


@pytest.mark.real_time
def test_where_email_url_says_files_a_mail_becomes_one_file_whose_path_is_printed(
    house, signed_up, tmp_path, smtp
):
    done = run("manage.py", "work", "--once", env=environment(**house, EMAIL_URL="files"))

    [path] = (tmp_path / "mail").iterdir()
    content = path.read_bytes()
    message = message_from_bytes(content, policy=policy.default)
    assert re.findall(r"\S+\.eml", done.stdout + done.stderr) == [str(path)]
    assert (message["Message-ID"], message["To"].addresses[0].addr_spec) == (
        signed_up[1],
        "zoe@example.org",
    )
    assert content.count(b"\n") == content.count(b"\r\n")
    assert smtp.messages == []


@pytest.mark.real_time
def test_a_running_worker_sends_within_seconds_and_ends_when_told(house, signed_up, tmp_path, smtp):
    worker = Worker(tmp_path / "log", port=smtp.controller.port, **house)
    try:
        deadline = time.monotonic() + 20
        while not smtp.messages and time.monotonic() < deadline:
            time.sleep(0.05)
        told = time.monotonic()
        worker.tell_to_end()
        code = worker.wait()
    finally:
        worker.kill()

    output = "\n".join(worker.lines)
    assert time.monotonic() - told < 5
    assert (code, sent_ids(smtp)) == (0, [signed_up[1]])
    assert output.count("the mail worker is ready") == 1
    assert [word for word in ("zoe@", "Tremblay", "Traceback") if word in output] == []


def test_a_slow_server_does_not_make_a_sweeps_later_leases_begin_in_the_past(
    make_workshop, register, smtp, now
):
    workshop = make_workshop()
    for number in range(3):
        register(workshop, email=f"p{number}@example.org")
    smtp.seconds_per_mail = 1.1

    began = time.monotonic()
    sweep(now=now)
    took = time.monotonic() - began

    claimed = OutgoingMail.objects.order_by("pk").values_list("sent_at", flat=True)
    seconds = [(at - now).total_seconds() for at in claimed]
    # 1, 2 and 3, unless the machine itself is slow.
    assert all(each.is_integer() for each in seconds)
    assert 1 <= seconds[0] < seconds[1] < seconds[2] <= took


@pytest.mark.parametrize("how", ["given back", "refused for now", "killed"])
def test_who_is_owed_a_mail_that_was_held_as_the_workshop_was_cancelled_hears_of_that(
    how, workshop, register, smtp, now
):
    registration = register(workshop)
    held = queue.claim([registration.mails.get().pk], now=now)
    Workshop.objects.update(state=Workshop.State.CANCELLED)

    assert announcements.announce(workshop, now=now) == 1
    if how == "given back":
        queue.release(held)
    elif how == "refused for now":
        outcomes.refused(held[0], TimeoutError("later"), now=now)
    for minutes in range(5):
        sweep(now=now + timedelta(minutes=minutes))

    assert [mail["Subject"].partition("\u00a0:")[0] for mail in smtp.messages] == ["Atelier annulé"]
    assert (
        registration.mails.get(kind="confirmation").last_error
        == "overtaken: the workshop was cancelled"
    )


def test_news_told_while_a_cancellation_is_dropped_stays_told(
    workshop, register, smtp, now, meanwhile
):
    registration = register(workshop)
    sweep(now=now)
    Workshop.objects.update(state=Workshop.State.CANCELLED)
    announcements.announce(workshop, now=now)
    Workshop.objects.update(state=Workshop.State.PUBLISHED, place="Jitsi")
    held = queue.claim([registration.mails.get(kind="workshop_cancelled").pk], now=now)
    meanwhile(lambda: announcements.announce(workshop, now=now))

    deliver_claimed(held, clock=lambda: now)

    registration = Registration.objects.get()
    assert registration.told == snapshots.snapshot(registration.workshop, registration.state)
    assert list(registration.mails.order_by("pk").values_list("kind", "state"))[1:] == [
        ("workshop_cancelled", State.DROPPED),
        ("update", State.QUEUED),
    ]


def test_a_mail_held_as_its_person_is_erased_does_not_outnumber_the_farewell(
    workshop, register, smtp, now
):
    registration = register(workshop)
    move(workshop, by=timedelta(days=7))
    held = queue.claim([registration.mails.get().pk], now=now)

    privacy.erase(registration, now=now)
    deliver_claimed(held, clock=lambda: now)
    sweep(now=now)

    assert [sequence for sequence, _start in entries(smtp)] == [1]
    assert registration.mails.get(pk=held[0].pk).last_error == "the person is erased"


def test_one_mail_that_somebody_else_holds_keeps_no_other_back(
    workshop, register, smtp, now, monkeypatch
):
    mails = [register(workshop, email=f"p{number}@example.org").mails.get() for number in range(4)]
    OutgoingMail.objects.update(priority=3)
    really = queue.claim
    monkeypatch.setattr(
        queue, "claim", lambda pks, now: [] if pks == [mails[0].pk] else really(pks, now=now)
    )

    assert sweep(now=now) == 3
    assert sent_ids(smtp) == [mail.message_id for mail in mails[1:]]


@pytest.mark.one_database
def test_who_registers_again_after_a_refusal_is_answered(workshop, register, smtp, now):
    register(workshop)
    refuse_recipients(smtp, "550 5.1.1 No such person here")
    sweep(now=now)

    registration = register(workshop)

    assert list(registration.mails.order_by("pk").values_list("kind", "state")) == [
        ("confirmation", "failed"),
        ("already_registered", "queued"),
    ]


def test_an_answer_that_was_dropped_as_said_just_now_does_not_silence_the_next(
    workshop, register, now
):
    register(workshop)
    for seconds in (100, 150):
        registration = register(workshop, now=now + timedelta(seconds=seconds))

    assert list(registration.mails.order_by("pk").values_list("kind", "state")) == [
        ("confirmation", "queued"),
        ("already_registered", "dropped"),
        ("already_registered", "queued"),
    ]


def test_a_mail_of_djangos_own_is_written_with_crlf(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = (
        "praxis.mail_backends.files.EmailBackend",
        tmp_path,
    )

    EmailMessage("Bonjour", "un\ndeux\r\n", to=["zoe@example.org"]).send()

    [path] = tmp_path.iterdir()
    raw = path.read_bytes()
    assert (raw.count(b"\n"), raw.count(b"\r")) == (raw.count(b"\r\n"),) * 2
    assert raw.split(b"\r\n\r\n", 1)[1].strip() == b"un\r\ndeux"
