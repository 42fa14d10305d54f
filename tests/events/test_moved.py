"""A workshop that begins at another instant than the one with which it was first published."""

import re
from datetime import timedelta

import pytest

from events import card
from events.models import Workshop
from tests.helpers.desk import edit
from tests.helpers.pages import page_text

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def published(workshop):
    """A published workshop whose first start is known."""
    workshop.note_announcement(None)
    workshop.save()
    return workshop


def moved(workshop, by):
    workshop.starts_at += by
    workshop.ends_at += by
    workshop.save()
    return workshop


@pytest.mark.parametrize(
    ("by", "words"), [(DAY, "nouvelle date"), (HOUR, "nouvel horaire"), (0 * HOUR, "")]
)
@pytest.mark.one_database
def test_page_row_card_and_poster_say_so(by, words, published, client, now):
    workshop = moved(published, by)
    path = workshop.get_absolute_url()

    page, row, poster = (
        client.get(each).content.decode() for each in (path, "/", f"{path}affiche/")
    )

    stamps = [re.findall(r'class="stamp"[^>]*>(.*?)<', html) for html in (page, row, poster)]
    assert stamps == [[words] if words else []] * 3
    shown = card.workshop_card(workshop, now)
    assert (shown.stamp, shown.is_moved) == (words, bool(words))


def test_the_page_says_for_when_it_was_first_announced(published, client):
    workshop = moved(published, DAY)

    text = page_text(client.get(workshop.get_absolute_url()))

    before = "lundi 29 mars 2027, 9 h 30 (heure du Québec), 15 h 30 (heure de France)"
    assert text.count(f"Il était d’abord annoncé pour : {before}.") == 1


def test_moved_there_and_back_it_is_as_announced(published):
    assert moved(moved(published, DAY), -DAY).new_hours == ""


def test_cancelled_it_says_that_alone(published, now):
    workshop = moved(published, DAY)
    workshop.state = Workshop.State.CANCELLED

    assert (workshop.new_hours, card.workshop_card(workshop, now).stamp) == ("", "annulé")


def test_a_draft_may_move_until_it_is_published(workshop):
    workshop.state = Workshop.State.DRAFT
    workshop.note_announcement(None)
    draft = workshop.announced_starts_at
    workshop.state = Workshop.State.PUBLISHED
    moved(workshop, DAY).note_announcement(Workshop.objects.get(pk=workshop.pk))

    assert (draft, workshop.is_moved) == (None, False)


def test_the_desk_keeps_the_first_start_of_one_that_an_earlier_release_published(
    workshop, admin_client
):
    first = workshop.starts_at

    edit(admin_client, workshop, start_0="2027-03-30", end_0="2027-03-30")

    workshop.refresh_from_db()
    assert (workshop.announced_starts_at, workshop.new_hours) == (first, "nouvelle date")
