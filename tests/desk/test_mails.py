"""At the desk: why a mail has failed, in the server's words, and sending it again."""

from datetime import timedelta

import pytest
from django.urls import reverse

from registrations import worker
from registrations.domain import privacy
from registrations.models import OutgoingMail

State = OutgoingMail.State
MINUTE = timedelta(minutes=1)
NOTHING = "Rien n’est renvoyé\xa0: seul un courriel qui a échoué peut l’être."


def states_of(mails):
    """What the rows of `mails` say now."""
    for mail in mails:
        mail.refresh_from_db(
            fields=["state", "due_at", "attempts"]
        )  # the Message-ID stays the one it had before
    return [(mail.state, mail.due_at, mail.attempts) for mail in mails]


@pytest.fixture
def shown(admin_client):
    """How often the desk's page of a mail shows each of `words`, and how often its list does."""

    def count(mail, *words):
        pages = [
            admin_client.get(reverse("admin:registrations_outgoingmail_change", args=[mail.pk])),
            admin_client.get(reverse("admin:registrations_outgoingmail_changelist")),
        ]
        return [[page.content.decode().count(each) for each in words] for page in pages]

    return count


def test_the_servers_words_stand_on_the_mails_page_and_in_the_list(
    workshop, register, server, shown, now
):
    mail = register(
        workshop, email="marie-antoinette.beaulieu-tremblay@bibliotheque.example.org"
    ).mails.get()
    server.script["RCPT"] = ["550 5.1.1 No such person here"]

    worker.run_once(now=now)

    assert shown(mail, "5.1.1 No such person here") == [[1], [1]]


@pytest.mark.one_database
def test_the_servers_words_may_be_french_and_take_two_lines(two_mails, server, shown, now):
    first, _second = two_mails
    server.script["RCPT"] = ["550-5.1.1 Adresse supprimée\r\n550 5.1.1 Écrivez au secrétariat"]

    worker.run_once(now=now)

    page, _list = shown(first, "Adresse supprimée", "Écrivez au secrétariat", "\\n", "\\x")
    assert page == [1, 1, 0, 0]


@pytest.fixture
def send_again(admin_client):
    """Use the desk's action on `mails`; the messages it shows."""

    def act(mails):
        typed = {"action": "send_again", "_selected_action": [mail.pk for mail in mails]}
        url = reverse("admin:registrations_outgoingmail_changelist")
        response = admin_client.post(url, typed, follow=True)
        return [str(message) for message in response.context["messages"]]

    return act


def test_the_desk_sends_again_only_what_failed_and_under_its_message_id(
    two_mails, workshop, register, server, send_again, now
):
    failed, sent = two_mails
    server.script["RCPT"] = ["550 5.1.1 No such person here"]
    worker.run_once(now=now)
    queued = register(workshop, email="p3@example.org").mails.get()
    OutgoingMail.objects.filter(pk=queued.pk).update(due_at=now + timedelta(days=1))

    assert send_again([failed, sent, queued]) == ["1 courriel repart."]

    [(state, again, attempts), *others] = states_of([failed, sent, queued])
    assert (state, attempts) == (State.QUEUED, 0)
    assert others == [(State.SENT, now, 1), (State.QUEUED, now + timedelta(days=1), 0)]

    worker.run_once(now=again)

    assert states_of([failed]) == [(State.SENT, again, 1)]
    assert server.arrived == [sent.message_id, failed.message_id]


def test_what_is_sent_again_has_four_days_as_if_it_were_new(two_mails, server, send_again, now):
    failed, _sent = two_mails
    server.script["RCPT"] = ["550 5.1.1 No such person here", "250 fine", "450 4.2.1 Greylisted"]
    worker.run_once(now=now)
    OutgoingMail.objects.filter(pk=failed.pk).update(due_since=now - timedelta(days=9), attempts=12)

    send_again([failed])
    failed.refresh_from_db()
    again = failed.due_at
    worker.run_once(now=again)

    assert states_of([failed]) == [(State.QUEUED, again + MINUTE, 1)]


def test_the_desk_says_when_nothing_has_failed(two_mails, server, send_again, now):
    worker.run_once(now=now)

    assert send_again(two_mails) == [NOTHING]
    assert server.arrived == [mail.message_id for mail in two_mails]


@pytest.fixture
def refused_farewell(workshop, register, server, now):
    """The last mail to somebody who was forgotten, refused by a server that repeats the address."""
    registration = register(workshop)
    worker.run_once(now=now)
    privacy.erase(registration, now=now)
    server.script["RCPT"] = ["550 5.1.1 <zoe@example.org>: no such person here"]
    worker.run_once(now=now)
    return registration.mails.get()


@pytest.mark.one_database
def test_a_farewell_that_failed_is_not_sent_again_to_nobody(
    refused_farewell, server, send_again, now
):
    send_again([refused_farewell])
    before = len(server.dialogues)

    worker.run_once(now=now + MINUTE)

    refused_farewell.refresh_from_db()
    assert (refused_farewell.state, refused_farewell.last_error) == (
        State.DROPPED,
        "the person is erased",
    )
    assert len(server.dialogues) == before


@pytest.mark.one_database
def test_a_farewell_that_failed_does_not_keep_the_address(refused_farewell):
    assert (refused_farewell.state, refused_farewell.content) == (State.FAILED, "")
    assert refused_farewell.last_error == "SMTPRecipientsRefused"
