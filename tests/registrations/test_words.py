"""The words that are kept for many people are those that each would get anew."""

import pytest
from django.utils import translation

from registrations.mail import compose, heads, kinds, markdown, words
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import NOW

pytestmark = pytest.mark.one_database

NAMES = [
    "",
    "Zoé",
    "Jean-Luc",
    "*Étoile* & <b>",
    'Anne "la" \\ Marie',
    "d’Aur\u00e9lie  [x](y)",
    "1. Nom",
    "- Nom",
    "#",
    "&amp;",
    "_a_ ~~b~~ `c`",
    "  espace \u2028 ligne ",
]


def text_and_html(mail):
    context = compose.template_context(mail, now=NOW)
    return words.text_and_html(mail, context, heads.head(mail, context, now=NOW))


def written_anew(mail):
    """The words without placeholders, as nobody keeps them."""
    registration, workshop = mail.registration, mail.registration.workshop
    context = compose.template_context(mail, now=NOW)
    head = heads.head(mail, context, now=NOW)
    page = {"head": head, "band": kinds.rules_of(mail).band, "workshop": workshop}
    return words.written(mail.kind, context, registration.readings, page, workshop.logos)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", ["confirmation", "waiting", "cancellation", "day_reminder"])
def test_every_name_reads_as_if_the_mail_was_written_for_it_alone(
    kind, language, crowd, workshop, now
):
    for registration, name in zip(crowd(workshop, len(NAMES)), NAMES, strict=True):
        Registration.objects.filter(pk=registration.pk).update(first_name=name, verified_at=now)
    OutgoingMail.objects.update(kind=kind)
    words.kept.clear()

    with translation.override(language):
        mails = OutgoingMail.objects.with_workshops()
        assert [text_and_html(mail) for mail in mails] == [written_anew(mail) for mail in mails]

    # One for all names, and one where there is none.
    assert len(words.kept) == 2


def test_what_differs_is_not_taken_from_another_mail(workshop, make_workshop, register, now):
    people = [
        register(workshop),
        register(workshop, email="other.zone@example.org", zone="Asia/Tokyo"),
        register(make_workshop(title="Autre"), email="other@example.org"),
        register(workshop, email="english@example.org", language="en"),
    ]
    words.kept.clear()

    for person in people:
        with translation.override(person.language):
            mail = OutgoingMail.objects.with_workshops().get(registration=person)
            assert text_and_html(mail) == written_anew(mail)

    assert len(words.kept) == len(people)


@pytest.mark.parametrize("kind", ["confirmation", "links", "cancellation"])
def test_no_secret_and_no_name_is_kept(kind, workshop, register):
    person = register(workshop, first_name="Maëlle")
    OutgoingMail.objects.update(kind=kind)
    words.kept.clear()

    text_and_html(OutgoingMail.objects.with_workshops().get())

    everything = repr(words.kept)
    secrets = ["Maëlle", "zoe@example.org", person.manage_token, person.join_token]
    assert [secret for secret in secrets if secret in everything] == []


def test_the_number_of_kept_texts_has_an_end(workshop, register, monkeypatch):
    monkeypatch.setattr(words, "MOST", 2)
    register(workshop)
    words.kept.clear()
    for number in range(5):
        workshop.title = f"Titre {number}"
        workshop.save()
        text_and_html(OutgoingMail.objects.with_workshops().get())

    assert len(words.kept) == 1


def test_what_people_typed_is_one_line():
    assert markdown.on_one_line(" a\nb\u2028c ") == "a b c"
