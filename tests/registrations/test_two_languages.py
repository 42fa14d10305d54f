"""A workshop in both languages: each person is told, and told anew, what they read."""

from datetime import timedelta

import pytest
from django.utils import translation

from registrations import worker
from registrations.domain import announcements, signup
from registrations.mail import invites
from registrations.models import OutgoingMail, Registration
from tests.helpers.mails import entry, html, plain, text
from tests.helpers.pages import page_text
from tests.helpers.people import consent_version, typed
from tests.helpers.workshops import change, move

pytestmark = pytest.mark.one_database

FRENCH, ENGLISH = "Données culturelles", "Cultural data"


@pytest.fixture
def bilingual(make_workshop):
    return make_workshop(translated_title=ENGLISH, consent_text="J’accepte.")


@pytest.fixture
def readers(bilingual, register):
    """Somebody who reads French, and somebody who reads English."""
    return [
        register(bilingual, email=f"{language}@example.org", language=language)
        for language in ("fr", "en")
    ]


def told(workshop):
    """(address, SEQUENCE) of everybody for whom an announcement is stored now."""
    OutgoingMail.objects.update(state="sent")
    announcements.announce(workshop, now=workshop.starts_at - timedelta(days=30))
    mails = OutgoingMail.objects.filter(state="queued").order_by("registration")
    return [(mail.registration.email, mail.registration.sequence) for mail in mails]


def said(workshop):
    return [
        (group.count, [(change.before, change.after) for change in group.changes])
        for group in announcements.outdated(workshop)
    ]


def test_mail_and_invite_are_in_the_persons_language(readers, smtp, now):
    worker.run_once(now=now)

    for message, title, other in zip(
        smtp.messages, (FRENCH, ENGLISH), (ENGLISH, FRENCH), strict=True
    ):
        assert entry(message)["SUMMARY"] == title
        assert plain(text(message)).count(f" {title} ") == 1
        assert message.as_string().count(other) == text(message).count(other) == 0
        assert html(message).count(f"{title}</h2>") == 1


def test_a_new_title_in_one_language_reaches_who_reads_it_and_nobody_else(bilingual, readers):
    assert told(change(bilingual, translated_title="Open data")) == [("en@example.org", 1)]
    assert told(change(bilingual, title="Données ouvertes")) == [("fr@example.org", 1)]


def test_a_translation_that_is_added_or_exchanged_outdates_nobody(bilingual, readers, register):
    untranslated = change(bilingual, translated_title="")
    register(untranslated, email="late@example.org", language="en")

    added = change(bilingual, translated_title=ENGLISH)
    exchanged = change(bilingual, language="en", title=ENGLISH, translated_title=FRENCH)

    assert (told(added), told(exchanged)) == ([], [])


def test_a_translation_that_is_taken_away_is_a_new_title(bilingual, readers):
    assert said(change(bilingual, translated_title="")) == [(1, [([ENGLISH], [FRENCH])])]


def test_the_desk_counts_readers_of_both_languages_as_one_where_they_hold_the_same(
    bilingual, readers
):
    moved = move(bilingual, timedelta(hours=1))
    both = said(moved)
    retitled = change(bilingual, translated_title="Open data")

    assert [(count, len(changes)) for count, changes in both] == [(2, 1)]
    assert sorted((count, changes[1:]) for count, changes in said(retitled)) == [
        (1, []),
        (1, [([ENGLISH], ["Open data"])]),
    ]


def test_an_update_names_the_change_in_the_persons_language(bilingual, readers, smtp, now):
    worker.run_once(now=now)
    announcements.announce(change(bilingual, translated_title="Open data"), now=now)

    worker.run_once(now=now)

    (update,) = smtp.messages[2:]
    assert (entry(update)["SUMMARY"], entry(update)["SEQUENCE"]) == ("Open data", 1)
    assert plain(text(update)).count("Hello, The title has changed Open data ") == 1
    assert plain(text(update)).count(f"The title Before: {ENGLISH} ") == 1


def test_whoever_changes_their_language_is_told_of_a_move_and_of_no_new_title(
    bilingual, readers, smtp, now
):
    worker.run_once(now=now)
    Registration.objects.filter(email="fr@example.org").update(language="en")
    unmoved = said(bilingual)
    announcements.announce(move(bilingual, timedelta(hours=1)), now=now)

    worker.run_once(now=now)

    assert unmoved == []
    update = next(each for each in smtp.messages[2:] if each["To"] == "fr@example.org")
    assert (entry(update)["SUMMARY"], entry(update)["SEQUENCE"]) == (ENGLISH, 1)
    assert text(update).count(FRENCH) == 0


def test_a_cancellation_bears_the_title_of_the_entry_in_the_calendar(bilingual, readers, smtp, now):
    worker.run_once(now=now)
    change(bilingual, title="Données ouvertes", translated_title="Open data")
    for reader in readers:
        signup.cancel(Registration.objects.get(pk=reader.pk), now=now)

    worker.run_once(now=now)

    assert {entry(message)["SUMMARY"] for message in smtp.messages[2:]} == {FRENCH, ENGLISH}


def test_the_invite_to_download_is_the_one_of_the_mail(readers, now):
    for reader, title in zip(readers, (FRENCH, ENGLISH), strict=True):
        registration = Registration.objects.get(pk=reader.pk)
        # The page that leads to it may be in the other language.
        registration.workshop = registration.workshop.in_language("en")
        with translation.override(reader.language):
            invite = invites.download(registration, stamp=now)

        assert invite.count(f"SUMMARY:{title}\r\n".encode()) == 1
        assert invite.count(b"SEQUENCE:0\r\n") == 1


def test_private_pages_speak_the_language_of_their_address(bilingual, readers, client):
    path = readers[0].manage_path
    pages = [client.get(path), client.get(f"/en{path}")]
    forms = [
        client.get(f"/ateliers/{bilingual.slug}/inscription/"),
        client.get(f"/en/workshops/{bilingual.slug}/register/"),
    ]

    for french, english in (pages, forms):
        assert page_text(french).startswith(FRENCH)
        assert page_text(english).startswith(ENGLISH)


@pytest.mark.parametrize(
    ("translated", "shown_in"),
    [("", ("fr", "fr")), ("I agree to be filmed.", ("fr", "en"))],
)
def test_a_consent_is_asked_and_kept_in_the_language_of_the_form(
    translated, shown_in, bilingual, client
):
    change(bilingual, translated_consent_text=translated)
    paths = (
        f"/ateliers/{bilingual.slug}/inscription/",
        f"/en/workshops/{bilingual.slug}/register/",
    )
    texts = ("J’accepte.", translated or "J’accepte.")

    for path, language, consent in zip(paths, shown_in, texts, strict=True):
        form = client.get(path)
        assert form.content.decode().count(f'<span lang="{language}">{consent}</span>') == 1
        sent = typed(email=f"{path[1]}@example.org") | consent_version(form) | {"consent": "on"}
        assert client.post(path, sent).status_code == 302

    people = Registration.objects.order_by("pk")
    assert [person.consent_text for person in people] == list(texts)


@pytest.mark.parametrize(
    ("translated", "language", "words"),
    [("", "fr", "Le replay"), ("The replay", "en", "The replay")],
)
def test_what_stays_afterwards_is_in_the_language_of_the_page_where_it_is_there(
    translated, language, words, bilingual, register, client, time_machine
):
    person = register(bilingual, language="en")
    change(bilingual, afterwards="Le replay", translated_afterwards=translated)
    time_machine.move_to(bilingual.ends_at)

    page = client.get(f"/en{person.join_path}").content.decode()

    assert page.count(f'<div class="prose" lang="{language}"') == 1
    assert page.count(f"<p>{words}</p>") == 1
