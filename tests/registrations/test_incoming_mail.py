"""What our mailbox brings: people unsubscribe by mail, and mails come back that nobody got."""

import imaplib
import socket
import threading
import time

import pytest

from registrations import worker
from registrations.domain import incoming_mail, subscriptions
from registrations.mail import dead_addresses, inbox
from registrations.models import OutgoingMail, Subscription
from tests.helpers.imap import Mailbox

pytestmark = pytest.mark.one_database

LETTER = "From: {sender}\r\nTo: praxis@ateliers.example.org\r\nSubject: {subject}\r\n\r\n\r\n"
REPORT = """From: MAILER-DAEMON@mx.example.net
To: praxis@ateliers.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
 boundary="b"

--b
Content-Type: text/plain

It did not arrive.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {address}
Action: failed
Status: {status}

--b
Content-Type: text/rfc822-headers

Subject: Nouvel atelier
Message-ID: {message_id}

--b--
"""


@pytest.fixture
def subscriber(db, now):
    """Subscribe an address, to which a mail has left: (the Subscription, its mail)."""

    def act(address):
        facts = {"language": "fr", "zone": "", "consent_text": "J’accepte."}
        subscriptions.ask(address, None, now=now, **facts)
        subscriptions.answer(now=now)
        found = Subscription.objects.of_address(address).get()
        subscriptions.confirm(found, now=now)
        return found, found.mails.get()

    return act


@pytest.fixture
def mailbox(settings):
    """Deliver these letters (str) to our mailbox: the Mailbox."""
    boxes = []

    def deliver(*letters):
        boxes.append(Mailbox(*[letter.encode() for letter in letters]))
        settings.INBOX = boxes[-1].url
        return boxes[-1]

    yield deliver
    for box in boxes:
        box.stop()


def report(mail, status):
    facts = {"address": mail.subscription.email, "message_id": mail.message_id}
    return REPORT.format(status=status, **facts).replace("\n", "\r\n")


def test_a_mail_with_the_token_unsubscribes_whoever_sends_it(subscriber, mailbox, now):
    stays, _mail = subscriber("stays@example.net")
    goes, _mail = subscriber("goes@example.net")
    by_hand, _mail = subscriber("hand@example.net")
    box = mailbox(
        LETTER.format(sender="other@example.org", subject=f"unsubscribe {goes.token}"),
        LETTER.format(sender="hand@example.net", subject=f"Re: Unsubscribe  {by_hand.token} merci"),
        LETTER.format(sender="a@example.org", subject="unsubscribe me please"),
        LETTER.format(sender="a@example.org", subject=f"unsubscribe {'x' * 32}"),
        LETTER.format(sender="a@example.org", subject=f"Accepted: atelier {stays.token}"),
    )

    assert incoming_mail.read(now=now) == 3
    assert list(Subscription.objects.values_list("email", flat=True)) == ["stays@example.net"]
    # What is not ours to answer is left unread for a person.
    assert {number: flags for number, (_mail, flags) in box.mails.items()} == {3: set(), 5: set()}
    assert incoming_mail.read(now=now) == 0


def test_a_report_of_a_dead_address_erases_it_and_no_other(
    subscriber, mailbox, now, workshop, register
):
    (_dead, dead), (_full, full), (_other, other) = (
        subscriber(f"{name}@example.net") for name in ("dead", "full", "other")
    )
    registered = register(workshop).mails.get()
    foreign = report(other, "5.1.1").replace(other.message_id, registered.message_id)
    box = mailbox(report(dead, "5.1.1"), report(full, "5.2.2"), foreign)

    worker.do_housekeeping(now=now)

    left = Subscription.objects.order_by("email").values_list("email", flat=True)
    assert list(left) == ["full@example.net", "other@example.net"]
    # A report about a registration is an organiser's to read.
    assert list(box.mails) == [3]
    assert OutgoingMail.objects.filter(pk=registered.pk).exists()


def test_a_mail_that_cannot_be_read_holds_up_none_behind_it(subscriber, mailbox, now):
    (_odd, odd), (_gone, gone) = (subscriber(f"{name}@example.net") for name in ("odd", "gone"))
    quoted = "Content-Type: {kind}\r\n\r\nDéjà vu.\r\n\r\n--b--"
    head, whole = "text/rfc822-headers\r\n", "message/rfc822\r\n"
    told = report(odd, "5.1.1").replace(head, whole).partition("\r\n\r\n--b--")[0] + "\r\n"
    box = mailbox(
        # Python can write no part of it anew.
        told + quoted.format(kind="multipart/mixed; boundary=x"),
        told + quoted.format(kind="text/plain; charset=x-unknown"),
        report(gone, "5.1.1"),
    )

    assert incoming_mail.read(now=now) == 2
    assert not Subscription.objects.exists()
    assert list(box.mails) == [1]


def test_without_a_mailbox_or_with_a_dead_one_the_worker_goes_on(db, settings, now, mailbox):
    assert incoming_mail.read(now=now) == 0
    box = mailbox()
    settings.INBOX = box.url.replace("se%2Fcret", "wrong")
    worker.do_housekeeping(now=now)
    box.stop()
    worker.do_housekeeping(now=now)


@pytest.mark.parametrize(
    ("words", "code", "dead"),
    [
        ("5.1.1", None, True),
        ("550 5.1.10 null MX", 550, True),
        ("5.2.1 mailbox disabled", 550, True),
        ("no such user", 550, True),
        ("5.7.1 relay access denied", 554, False),
        ("5.7.26 unauthenticated mail", 550, False),
        ("5.2.2 mailbox full", 552, False),
        ("5.1.8 bad sender", 550, False),
        ("5.1.12 something new", 550, False),
        ("mailbox unavailable", 550, True),
        ("<lea@example.net>: Recipient address rejected: User unknown in table", 550, True),
        ("The email account that you tried to reach does not exist", 550, True),
        ("rejected as spam", 554, False),
        ("your address 192.0.2.1 is blocked, see https://bl.example", 550, False),
        ("relaying denied", 550, False),
        ("4.1.1 for now", None, False),
    ],
)
def test_only_what_says_that_nobody_is_there_makes_an_address_dead(words, code, dead):
    assert dead_addresses.is_dead(words, code) == dead


def test_a_server_that_drips_is_cut_off(settings, monkeypatch, now):
    def drip(listening):
        client, _address = listening.accept()
        try:
            while True:
                client.sendall(b"*")
                time.sleep(0.02)
        except OSError:
            client.close()

    monkeypatch.setattr(inbox, "ALTOGETHER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        settings.INBOX = f"imap://us:secret@127.0.0.1:{listening.getsockname()[1]}/"
        server = threading.Thread(target=drip, args=[listening], daemon=True)
        server.start()

        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            incoming_mail.read(now=now)

        server.join(timeout=10)
        assert not server.is_alive()
