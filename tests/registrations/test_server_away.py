"""A mail server that is away for a night, in compressed time, and what leaves once it is back.

It is black-holed (no packet is answered), silent, or refuses the password.
"""

import socket
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import worker
from registrations.mail.server import MailServer
from registrations.models import OutgoingMail
from tests.helpers.network import wait_for
from tests.helpers.scripted_smtp import cut

State = OutgoingMail.State
NIGHT, STEP = timedelta(hours=10), timedelta(minutes=10)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def owed(workshop, register):
    """The mails of many people, some of which were refused again and again before."""
    mails = [register(workshop, email=f"p{number}@example.org").mails.get() for number in range(30)]
    OutgoingMail.objects.filter(pk__in=[mail.pk for mail in mails[::3]]).update(attempts=9)
    return mails


@pytest.fixture
def known():
    """What one worker knows of the server, from round to round."""
    return MailServer()


@pytest.fixture
def black_hole(settings):
    """An address where no packet is answered: its queue of new connections is full."""
    settings.EMAIL_BACKEND = "praxis.mail_backends.smtp.EmailBackend"
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _client in range(3):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(address)
        yield address


def rows():
    return list(OutgoingMail.objects.values_list("state", "attempts").order_by("pk"))


def night(known, now):
    """Rounds from `now` to the end of the night; when that is."""
    moment = now
    while moment < now + NIGHT:
        worker.run_once(now=moment, server=known, housekeeping=False)
        moment += STEP
    return moment


def all_leave_within_two_minutes(known, moment, server):
    """Do all mails leave, each once, within two minutes from `moment`?"""
    back = moment
    while moment < back + 2 * MINUTE:
        worker.run_once(now=moment, server=known, housekeeping=False)
        moment += SECOND
        if len(server.arrived) == OutgoingMail.objects.count():
            break
    ids = OutgoingMail.objects.values_list("message_id", flat=True)
    sent = OutgoingMail.objects.filter(state=State.SENT, last_error="")
    return sorted(server.arrived) == sorted(ids) and sent.count() == len(ids)


@pytest.mark.long_walk
@pytest.mark.one_database
def test_after_a_night_in_a_black_hole_all_leaves_at_once(
    owed, known, black_hole, server, settings, now
):
    back_at, settings.EMAIL_PORT = settings.EMAIL_PORT, black_hole[1]
    settings.EMAIL_TIMEOUT = 0.05
    before = rows()

    moment = night(known, now)

    assert rows() == before
    assert set(OutgoingMail.objects.values_list("last_error", flat=True)) == {
        "TimeoutError: timed out"
    }
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = back_at, 5
    assert all_leave_within_two_minutes(known, moment, server)


@pytest.mark.long_walk
@pytest.mark.one_database
@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("AUTH", "535 5.7.8 Not known here"),
        ("AUTH", "454 4.7.0 Temporary authentication failure"),
        ("CONNECT", "554 5.3.2 Not taking mail"),
        ("MAIL", "550 5.7.1 Unknown sender"),
        ("DATA", cut),
    ],
)
def test_after_a_night_of_one_answer_all_leaves_at_once(
    step, answer, owed, known, server, settings, now
):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "praxis", "a password"
    server.script["EHLO"] = ["250-hello\r\n250 AUTH PLAIN"] * 999
    server.script[step] = [answer] * 999

    moment = night(known, now)

    assert {state for state, _attempts in rows()} == {State.QUEUED}
    assert server.arrived == []
    server.script.pop(step)
    assert all_leave_within_two_minutes(known, moment, server)


@pytest.mark.one_database
def test_a_server_that_is_away_is_asked_less_and_less_and_never_once_per_mail(
    owed, known, server, now
):
    server.script["CONNECT"] = ["421 4.3.2 Too busy"] * 999
    asked = []
    for seconds in range(120):
        before = len(server.dialogues)
        worker.run_once(now=now + seconds * SECOND, server=known, housekeeping=False)
        asked += [seconds] * (len(server.dialogues) - before)

    assert asked == [0, 2, 7, 17, 37, 57, 77, 97, 117]


def test_after_a_failure_one_mail_finds_out_whether_the_server_takes_any(owed, known, server, now):
    worker.run_once(now=now, server=known, housekeeping=False)
    assert len(server.arrived) == 30
    OutgoingMail.objects.update(state=State.QUEUED)
    server.script["DATA"] = [cut] * 999

    worker.run_once(now=now, server=known, housekeeping=False)

    tried = OutgoingMail.objects.filter(due_at=now + MINUTE)
    assert (tried.count(), known.is_away) == (2, True)


def test_a_clock_that_was_set_back_keeps_no_mail(known, now):
    known.missed(TimeoutError(), now=now)

    assert not known.may_be_tried(now=now + SECOND)
    assert known.may_be_tried(now=now - SECOND)


def test_a_mail_at_which_the_connection_breaks_for_days_is_given_up_if_others_leave(
    workshop, register, known, server, now
):
    def of_first(dialogue, message):
        if first.message_id.encode() in message:
            cut(dialogue, message)
        dialogue.keep(message)
        dialogue.say("250 kept")

    first = register(workshop, email="first@example.org").mails.get()
    server.script["BODY"] = [of_first] * 9
    days_later = now + timedelta(days=5)
    states = []
    for moment, others in [(now, 1), (days_later, 0), (days_later + MINUTE, 1)]:
        for number in range(others):
            register(workshop, email=f"p{len(states)}{number}@example.org")
        worker.run_once(now=moment, server=known, housekeeping=False)
        first.refresh_from_db()
        states.append((first.state, first.attempts))

    assert states == [(State.QUEUED, 1), (State.QUEUED, 1), (State.FAILED, 1)]
    assert len(server.arrived) == 2


def test_a_reminder_whose_moment_passed_meanwhile_is_dropped_while_the_server_is_away(
    workshop, register, known, server, now
):
    register(workshop)
    server.script["CONNECT"] = ["421 4.3.2 Too busy"] * 999
    worker.run_once(now=now, server=known)

    worker.run_once(now=workshop.ends_at, server=known)

    assert rows() == [(State.DROPPED, 1)]


@pytest.mark.real_time
def test_a_running_worker_sends_what_is_owed_soon_after_the_server_is_back(
    transactional_db, make_workshop, register, start_worker, server
):
    now = timezone.now()
    coming = make_workshop(start=(now + timedelta(days=70)).replace(tzinfo=None))
    mails = [register(coming, email=f"p{n}@example.org", now=now).mails.get() for n in range(3)]
    server.script["CONNECT"] = ["421 4.3.2 Too busy"] * 2
    worker = start_worker(port=server.port, WORK_CONNECTIONS="1")

    wait_for(lambda: len(server.arrived) == 3)
    worker.tell_to_end()

    assert worker.wait() == 0
    assert worker.lines == [
        "INFO praxis.work the mail worker is ready",
        "WARNING praxis.mail the mail server is away (SMTPConnectError 421); what is owed waits",
        "INFO praxis.work 3 waiting for the mail server",
        "INFO praxis.mail the mail server is back",
        "INFO praxis.work 3 sent",
    ]
    assert server.arrived == [mail.message_id for mail in mails]


@pytest.mark.real_time
def test_work_once_says_that_the_server_is_away_and_ends(
    transactional_db, make_workshop, register, start_worker, server
):
    now = timezone.now()
    coming = make_workshop(start=(now + timedelta(days=70)).replace(tzinfo=None))
    register(coming, now=now)
    server.script["CONNECT"] = ["421 4.3.2 Too busy"] * 9

    worker = start_worker("--once", port=server.port)

    assert worker.wait() == 0
    assert worker.lines == [
        "WARNING praxis.mail the mail server is away (SMTPConnectError 421); what is owed waits",
        "INFO praxis.work 1 waiting for the mail server",
    ]
    assert len(server.dialogues) == 1
