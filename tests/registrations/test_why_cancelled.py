"""A workshop is cancelled, and its organisers say why."""

import pytest

from registrations.domain import announcements
from registrations.models import OutgoingMail
from tests.helpers.desk import edit
from tests.helpers.mails import plain
from tests.helpers.pages import form_of, page_text
from tests.helpers.workshops import change

WHY = "Marie Roy est souffrante : nous cherchons une autre date."


@pytest.fixture
def pages(workshop, register, client):
    """The text of each page that says that the workshop is cancelled."""
    person = register(workshop)
    paths = [workshop.get_absolute_url(), form_of(workshop), person.manage_path, person.join_path]
    return lambda: [page_text(client.get(path)).count(plain(WHY)) for path in paths]


@pytest.mark.one_database
def test_each_page_that_says_it_is_cancelled_says_why(workshop, pages):
    change(workshop, state="cancelled", cancellation_reason=WHY)

    assert pages() == [1, 1, 1, 1]


def test_a_reason_typed_beforehand_is_not_shown_while_the_workshop_takes_place(workshop, pages):
    change(workshop, cancellation_reason=WHY)

    assert pages() == [0, 0, 0, 0]


def test_the_reason_is_read_in_the_readers_language(workshop, client):
    texts = {"translated_title": "Data", "translated_cancellation_reason": "Marie Roy is unwell."}
    change(workshop, state="cancelled", cancellation_reason=WHY, **texts)

    text = page_text(client.get(f"/en/workshops/{workshop.slug}/"))

    assert (text.count("Marie Roy is unwell."), text.count("souffrante")) == (1, 0)


def test_whoever_was_erased_is_not_told_why(workshop, register, client, now):
    person = register(workshop)
    change(workshop, state="cancelled", cancellation_reason=WHY)
    type(person).objects.update(erased_at=now)

    assert page_text(client.get(person.join_path)).count(plain(WHY)) == 0


def test_a_reason_that_comes_later_outdates_nobody(workshop, register, admin_client, now):
    register(workshop)
    cancelled = change(workshop, state="cancelled")
    announcements.announce(cancelled, now=now)
    mails = OutgoingMail.objects.count()

    edit(admin_client, workshop, cancellation_reason=WHY)

    workshop.refresh_from_db()
    assert workshop.cancellation_reason == WHY
    assert announcements.outdated(workshop) == []
    assert announcements.announce(workshop, now=now) == 0
    assert OutgoingMail.objects.count() == mails


def test_a_reason_in_one_language_alone_is_asked_for_in_the_other_where_texts_are_in_both(
    workshop, admin_client
):
    change(workshop, translated_title="Cultural data")

    page = edit(admin_client, workshop, state="cancelled", cancellation_reason=WHY)

    assert list(page.context["adminform"].form.errors) == ["translated_cancellation_reason"]
