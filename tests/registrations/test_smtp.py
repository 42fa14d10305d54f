"""The row of a mail and the number of its copies after each fault of a mail server."""

from contextlib import closing
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage, get_connection

from praxis.mail_backends import smtp
from registrations import worker
from registrations.mail import delivery, queue
from registrations.management.commands import work
from registrations.models import OutgoingMail
from tests.helpers.scripted_smtp import cut, drip, keep_and_cut, say_and_cut, silence

pytestmark = pytest.mark.one_database

State = OutgoingMail.State
MINUTE = timedelta(minutes=1)
NOTHING_ELSE = dict.fromkeys(
    ["seats given", "taken up again", "reminders written", "mails about what stays"], 0
)
A_MAIL = ["MAIL", "RCPT", "DATA", "BODY"]


def mail_rows(mails):
    """What the rows of `mails` say now."""
    for mail in mails:
        # The Message-ID stays the one it had before.
        mail.refresh_from_db(
            fields=["state", "due_at", "attempts", "lease_until", "sent_at", "last_error"]
        )
    return [(mail.state, mail.due_at, mail.attempts, mail.lease_until) for mail in mails]


FOR_NOW = [
    ("RCPT", "450 4.2.1 Greylisted"),
    ("RCPT", "452 4.2.2 Mailbox full"),
    ("DATA", "451 4.3.0 Out of order"),
    ("BODY", "452 4.3.1 Out of storage"),
]


@pytest.mark.parametrize(("step", "reply"), FOR_NOW)
def test_a_refusal_for_now_is_tried_again_in_a_minute_while_the_next_mail_leaves(
    step, reply, two_mails, server, now
):
    first, second = two_mails
    server.script[step] = [reply]

    worker.run_once(now=now)

    refused, sent = mail_rows(two_mails)
    assert refused == (State.QUEUED, now + MINUTE, 1, None)
    assert sent == (State.SENT, now, 1, None)
    assert first.last_error.count(reply[4:]) == 1
    assert server.arrived == [second.message_id]

    worker.run_once(now=now + MINUTE)

    assert mail_rows([first]) == [(State.SENT, now + MINUTE, 2, None)]
    assert (first.last_error, first.sent_at) == ("", now + MINUTE)
    assert server.arrived == [second.message_id, first.message_id]


OF_THE_SERVER = [
    ("MAIL", "421 4.3.2 Too busy"),
    ("MAIL", "452 4.3.1 Out of storage"),
    # Whom our mail comes from is ours to set right: nobody loses a mail by it.
    ("MAIL", "550 5.7.1 Unknown sender"),
    ("MAIL", "530 5.7.0 Authentication required"),
    ("RCPT", "421 4.3.2 Too busy"),
    ("DATA", "421 4.3.2 Too busy"),
    ("BODY", "421 4.3.2 Too busy"),
]


@pytest.mark.parametrize(("step", "reply"), OF_THE_SERVER)
def test_what_the_server_says_of_itself_is_no_attempt_of_the_mail_while_the_next_one_leaves(
    step, reply, two_mails, server, now
):
    first, second = two_mails
    server.script[step] = [reply]

    worker.run_once(now=now)

    assert mail_rows(two_mails) == [
        (State.QUEUED, now + MINUTE, 0, None),
        (State.SENT, now, 1, None),
    ]
    assert first.last_error.count(reply[4:]) == 1

    worker.run_once(now=now + MINUTE)

    assert mail_rows([first]) == [(State.SENT, now + MINUTE, 1, None)]
    assert (first.last_error, first.sent_at) == ("", now + MINUTE)
    assert server.arrived == [second.message_id, first.message_id]


FOR_GOOD = [
    ("RCPT", "550 5.1.1 No such person here"),
    ("RCPT", "552 5.2.2 Mailbox full for good"),
    ("RCPT", "553 5.1.3 No such address"),
    ("DATA", "554 5.5.1 No valid recipients"),
    ("BODY", "550 5.7.1 We do not like calendars"),
    ("BODY", "554 5.6.0 Not a message"),
]


@pytest.mark.parametrize(("step", "reply"), FOR_GOOD)
def test_a_refusal_for_good_fails_at_once_with_the_servers_words_while_the_next_mail_leaves(
    step, reply, two_mails, server, now
):
    first, second = two_mails
    server.script[step] = [reply]

    worker.run_once(now=now)
    worker.run_once(now=now + timedelta(days=1))

    assert mail_rows(two_mails) == [(State.FAILED, now, 1, None), (State.SENT, now, 1, None)]
    assert (first.last_error.count(reply[4:]), first.sent_at) == (1, None)
    assert server.arrived == [second.message_id]


def test_a_password_that_the_server_refuses_is_ours_to_set_right(two_mails, server, settings, now):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "praxis", "a wrong password"
    server.script["EHLO"] = ["250-hello\r\n250 AUTH PLAIN"] * 3
    server.script["AUTH"] = ["535 5.7.8 Not known here"]

    worker.run_once(now=now)

    assert mail_rows(two_mails) == [(State.QUEUED, now, 0, None)] * 2
    assert {mail.last_error for mail in two_mails} == {"535 5.7.8 Not known here"}

    worker.run_once(now=now)

    assert mail_rows(two_mails) == [(State.SENT, now, 1, None)] * 2
    assert server.arrived == [mail.message_id for mail in two_mails]


# How often a mail counts as tried whose connection breaks at that step: once the server may have
# it, it may have arrived.
TRIED = {"MAIL": 0, "RCPT": 0, "DATA": 1, "BODY": 1}


@pytest.mark.parametrize(("step", "tried"), TRIED.items())
def test_a_connection_cut_before_the_answer_puts_the_mail_off_for_a_minute(
    step, tried, two_mails, server, now
):
    first, second = two_mails
    server.script[step] = [cut]

    worker.run_once(now=now)

    assert mail_rows(two_mails) == [
        (State.QUEUED, now + MINUTE, tried, None),
        (State.SENT, now, 1, None),
    ]

    worker.run_once(now=now + MINUTE)

    assert mail_rows([first]) == [(State.SENT, now + MINUTE, tried + 1, None)]
    assert server.arrived == [second.message_id, first.message_id]


# A reply to EHLO would do no harm: smtplib would say HELO on the same connection.
UNREACHED = [
    ("CONNECT", "421 4.3.2 Too busy", "421 4.3.2 Too busy"),
    ("CONNECT", "554 5.3.2 Not taking mail", "554 5.3.2 Not taking mail"),
    ("CONNECT", cut, "SMTPServerDisconnected: Connection unexpectedly closed"),
    ("EHLO", cut, "SMTPServerDisconnected: Connection unexpectedly closed"),
    ("CONNECT", silence, "SMTPServerDisconnected: Connection unexpectedly closed: timed out"),
    ("EHLO", silence, "SMTPServerDisconnected: Connection unexpectedly closed: timed out"),
]


@pytest.mark.parametrize(("step", "answer", "words"), UNREACHED)
def test_a_server_that_nobody_reaches_changes_no_mail_but_says_why_they_wait(
    step, answer, words, two_mails, server, settings, now
):
    settings.EMAIL_TIMEOUT = 1
    server.script[step] = [answer]

    tally = worker.run_once(now=now)

    assert tally == {"waiting for the mail server": 2, **NOTHING_ELSE}
    assert len(server.dialogues) == 1
    assert mail_rows(two_mails) == [(State.QUEUED, now, 0, None)] * 2
    assert [mail.last_error for mail in two_mails] == [words] * 2

    worker.run_once(now=now)

    assert mail_rows(two_mails) == [(State.SENT, now, 1, None)] * 2
    assert [mail.last_error for mail in two_mails] == ["", ""]
    assert server.arrived == [mail.message_id for mail in two_mails]


def test_a_copy_whose_receipt_was_cut_off_is_followed_by_one_with_the_same_message_id(
    two_mails, server, now
):
    first, second = two_mails
    server.script["BODY"] = [keep_and_cut]

    worker.run_once(now=now)

    assert mail_rows([first]) == [(State.QUEUED, now + MINUTE, 1, None)]
    assert first.last_error.partition(":")[0] == "SMTPServerDisconnected"

    worker.run_once(now=now + MINUTE)
    worker.run_once(now=now + timedelta(days=1))

    assert mail_rows(two_mails) == [(State.SENT, now + MINUTE, 2, None), (State.SENT, now, 1, None)]
    assert server.arrived == [first.message_id, second.message_id, first.message_id]


def test_a_connection_cut_after_the_receipt_gives_one_copy(two_mails, server, now):
    server.script["BODY"] = [say_and_cut("250 kept"), say_and_cut("250 kept")]

    worker.run_once(now=now)
    worker.run_once(now=now + timedelta(days=1))

    assert mail_rows(two_mails) == [(State.SENT, now, 1, None)] * 2
    assert server.arrived == [mail.message_id for mail in two_mails]


def test_one_connection_serves_all_mails_of_a_sweep(two_mails, server, now):
    worker.run_once(now=now)

    assert server.dialogues == [["EHLO", *A_MAIL, *A_MAIL, "QUIT"]]


def test_a_connection_that_was_silent_for_a_while_is_asked_before_it_is_used(server):
    message = EmailMessage("Bonjour", to=["zoe@example.org"], headers={"Message-ID": "<1@example>"})
    with closing(get_connection()) as connection:
        connection.send_messages([message])
        connection.spoke_at -= smtp.ASK_AFTER
        connection.send_messages([message])

    assert server.dialogues == [["EHLO", *A_MAIL, "NOOP", *A_MAIL, "QUIT"]]


@pytest.mark.parametrize(
    "answer", [cut, "421 4.4.2 Idle for too long", say_and_cut("421 4.4.2 Idle for too long")]
)
def test_a_connection_that_was_given_up_between_two_mails_is_opened_again(
    answer, two_mails, server, now
):
    server.script["MAIL"] = ["250 fine", answer]

    worker.run_once(now=now)

    assert server.dialogues == [["EHLO", *A_MAIL, "MAIL"], ["EHLO", *A_MAIL, "QUIT"]]
    assert mail_rows(two_mails) == [(State.SENT, now, 1, None)] * 2
    assert server.arrived == [mail.message_id for mail in two_mails]


@pytest.mark.parametrize(
    "reply", ["450 4.2.1 " + "x" * 9000, "450 4.2.1 \0\x1b", "450", "wh\xe9t?"]
)
def test_an_answer_that_is_none_is_a_failure_for_now_while_the_next_mail_leaves(
    reply, two_mails, server, now
):
    server.script["RCPT"] = [reply]

    worker.run_once(now=now)

    assert mail_rows(two_mails) == [
        (State.QUEUED, now + MINUTE, 1, None),
        (State.SENT, now, 1, None),
    ]


def test_after_a_refusal_the_next_mail_begins_a_new_dialogue(two_mails, server, now):
    server.script["RCPT"] = ["450 4.2.1 Greylisted"]

    worker.run_once(now=now)

    assert server.dialogues == [["EHLO", "MAIL", "RCPT", "RSET"], ["EHLO", *A_MAIL, "QUIT"]]


def test_nobody_else_takes_a_mail_while_it_may_still_be_on_its_way(settings):
    assert settings.EMAIL_TIMEOUT < settings.EMAIL_DEADLINE < queue.LEASE.total_seconds()


def test_what_a_killed_worker_held_leaves_within_five_minutes_with_the_slowest_settings_too(
    settings,
):
    slowest = 30  # seconds: test_settings holds EMAIL_TIMEOUT to that
    lease = slowest * queue.LEASE.total_seconds() / settings.EMAIL_TIMEOUT

    assert lease + work.SWEEP_EVERY + delivery.SEND_TOGETHER + slowest < 5 * 60


def test_without_anything_due_nobody_is_called(db, server, now):
    worker.run_once(now=now)

    assert server.dialogues == []


@pytest.mark.parametrize(("step", "tried"), TRIED.items())
def test_an_answer_that_never_comes_is_not_waited_for_longer_than_the_timeout(
    step, tried, two_mails, server, settings, now
):
    first, second = two_mails
    settings.EMAIL_TIMEOUT = 1
    server.script[step] = [silence]

    worker.run_once(now=now)

    assert server.left_by == ["client"]
    [(state, due_at, attempts, lease)] = mail_rows([first])
    assert (state, attempts, lease) == (State.QUEUED, tried, None)
    assert now + MINUTE < due_at <= now + 2 * MINUTE
    assert first.last_error.partition(":")[0] == "SMTPServerDisconnected"
    assert server.arrived == [second.message_id]


@pytest.mark.parametrize("step", ["CONNECT", "EHLO"])
def test_a_greeting_that_drips_for_ever_is_cut_at_the_deadline(
    step, two_mails, server, settings, now
):
    settings.EMAIL_DEADLINE = 1
    server.script[step] = [drip]

    worker.run_once(now=now)

    assert server.left_by == ["client"]
    assert mail_rows(two_mails) == [(State.QUEUED, now, 0, None)] * 2


@pytest.mark.parametrize(("step", "tried"), TRIED.items())
def test_an_answer_that_drips_for_ever_is_cut_at_the_deadline(
    step, tried, two_mails, server, settings, now
):
    first, second = two_mails
    settings.EMAIL_DEADLINE = 1
    server.script[step] = [drip]

    worker.run_once(now=now)

    assert server.left_by == ["client"]
    [(state, due_at, attempts, lease)] = mail_rows([first])
    assert (state, attempts, lease) == (State.QUEUED, tried, None)
    assert now + MINUTE < due_at <= now + 2 * MINUTE
    assert server.arrived == [second.message_id]


def test_a_server_that_drips_between_two_mails_and_after_a_new_call_is_cut_at_the_deadline(
    two_mails, server, settings, now
):
    first, second = two_mails
    settings.EMAIL_DEADLINE = 1
    server.script["CONNECT"] = ["220 ready", drip]
    server.script["MAIL"] = ["250 fine", cut]

    worker.run_once(now=now)

    assert set(server.left_by) == {"client"}
    assert [mail[0] for mail in mail_rows(two_mails)] == [State.SENT, State.QUEUED]
    assert server.arrived == [first.message_id]


@pytest.mark.parametrize(
    "goodbye", [drip, "221 " + "x" * 9000, "500 what?", cut], ids=["drip", "long", "500", "cut"]
)
def test_however_a_server_says_goodbye_the_sweep_ends(goodbye, two_mails, server, settings, now):
    settings.EMAIL_DEADLINE = 1
    server.script["QUIT"] = [goodbye]

    tally = worker.run_once(now=now)

    assert tally[State.SENT] == 2
    assert server.left_by == (["client"] if goodbye is drip else [])
    assert server.arrived == [mail.message_id for mail in two_mails]
