"""Whose name a mail bears: a stranger may have typed it, beside somebody else's address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Workshop
from registrations import worker
from registrations.domain import announcements, lost_links, privacy, selfservice, signup
from registrations.mail import compose, queue
from registrations.models import OutgoingMail, Registration
from tests.helpers.mails import a_while_passes, display_names, entry, html, text

pytestmark = pytest.mark.one_database

TYPED = {
    "first_name": "Gagnez",
    "last_name": "Cinqcents",
    "organisation": "Casino",
    "email": "victim@example.org",
}


def again(person, now):
    a_while_passes()
    signup.register(person.workshop, **TYPED, now=now)


def ask_for_links(person, now):
    lost_links.ask(person.email, now=now)


def announce(person, now):
    Workshop.objects.update(title="Autre titre")
    announcements.announce(person.workshop, now=now)


def call_off(person, now):
    Workshop.objects.update(state="cancelled")
    announcements.announce(person.workshop, now=now)


def remind(person, now):
    worker.run_once(now=person.workshop.starts_at - timedelta(days=1))
    worker.run_once(now=person.workshop.starts_at - timedelta(hours=1))


# What makes each kind of mail to a person who has a seat.
ACTS = {
    "confirmation": lambda person, now: None,
    "already registered": again,
    "lost links": ask_for_links,
    "update": announce,
    "cancelled workshop": call_off,
    "reminders": remind,
    "cancellation": lambda person, now: signup.cancel(person, now=now),
    "erased": lambda person, now: privacy.erase(person, now=now),
}


def whole(message):
    """All that a message says, its headers and parts decoded."""
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    headers = [f"{name}: {value}" for name, value in message.items()]
    return "\n".join(headers) + b"\n".join(parts).decode()


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_no_mail_to_an_address_that_used_no_link_holds_a_word_that_was_typed(
    act, workshop, register, smtp, now
):
    person = register(workshop, **TYPED)
    act(person, now)

    worker.run_once(now=now)

    assert smtp.messages
    assert [
        word
        for message in smtp.messages
        for word in ("Gagnez", "Cinqcents", "Casino")
        if word in whole(message)
    ] == []
    assert {text(message).splitlines()[0] for message in smtp.messages} == {"Bonjour,"}
    assert {html(message).count("Bonjour,") for message in smtp.messages} == {1}
    assert {str(message["To"]) for message in smtp.messages} == {"victim@example.org"}


def test_neither_does_a_mail_about_the_waiting_list(make_workshop, register, smtp, now):
    workshop = make_workshop(capacity=0)
    register(workshop, **TYPED)
    Workshop.objects.update(capacity=1)

    worker.run_once(now=now)

    assert [mail.kind for mail in OutgoingMail.objects.filter(state="sent")] == ["promotion"]
    assert "Gagnez" not in whole(smtp.messages[0])


def test_once_a_link_was_used_mails_greet_by_name_and_the_invite_bears_it(
    workshop, make_workshop, register, smtp, now
):
    selfservice.verify(register(workshop), now=now)
    register(make_workshop(), email="ZOE@example.org")

    worker.run_once(now=now)

    assert [text(message).splitlines()[0] for message in smtp.messages] == ["Bonjour Zoé,"] * 2
    assert [display_names(raw) for raw in smtp.raw] == [["Zoé Tremblay"]] * 2
    assert [entry(message)["ATTENDEE"].params["CN"] for message in smtp.messages] == [
        "Zoé Tremblay"
    ] * 2


def test_another_address_that_used_a_link_lends_no_trust(workshop, register, smtp, now):
    selfservice.verify(register(workshop, email="other@example.org"), now=now)
    register(workshop)

    worker.run_once(now=now)

    greetings = {str(m["To"]): text(m).splitlines()[0] for m in smtp.messages}
    assert greetings["zoe@example.org"] == "Bonjour,"


def test_an_english_mail_greets_without_a_name_too(workshop, register, smtp, now):
    register(workshop, language="en")

    worker.run_once(now=now)

    assert text(smtp.messages[0]).splitlines()[0] == "Hello,"


def test_to_know_whom_to_greet_costs_a_claimed_mail_no_statement(workshop, register, now):
    mails = [register(workshop).mails.get(), register(workshop, email="b@example.org").mails.get()]
    selfservice.verify(mails[0].registration, now=now)

    with CaptureQueriesContext(connection) as claiming:
        claimed = queue.claim([mail.pk for mail in mails], now=now)
    with CaptureQueriesContext(connection) as composing:
        written = [compose.compose(mail) for mail in claimed]

    assert len([each for each in claiming if "verified_at" in each["sql"]]) == 1
    assert [each["sql"] for each in composing] == []
    assert [compose.template_context(mail, now=mail.created_at)["name"] for mail in claimed] == [
        "Zoé",
        "",
    ]
    assert len(written) == 2


def test_any_other_mail_asks_once(workshop, register):
    mail = register(workshop).mails.get()
    mail = OutgoingMail.objects.select_related("registration__workshop").get(pk=mail.pk)

    with CaptureQueriesContext(connection) as statements:
        compose.compose(mail)

    assert (
        len([each for each in statements if "EXISTS" in each["sql"] or "LIMIT 1" in each["sql"]])
        == 1
    )


def test_the_invite_behind_ones_own_link_bears_the_name(workshop, register, client):
    person = register(workshop)

    content = client.get(f"{person.manage_path}invitation.ics").content

    assert b"CN=" in content
    assert Registration.objects.get().verified_at is None
