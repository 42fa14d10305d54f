"""A community's time zone was wrong: who was told its hours can be told the true ones."""

from datetime import UTC, timedelta

import pytest
from django.urls import reverse

from events.models import Community
from registrations import worker
from registrations.domain import announcements, corrected_clocks
from registrations.models import Registration
from tests.helpers.desk import desk, overview, said
from tests.helpers.mails import entry, plain, text
from tests.helpers.pages import FieldsOf, page_text
from tests.helpers.workshops import change, move

pytestmark = pytest.mark.one_database

WRONG = "1 personne inscrite a encore des heures fausses pour un lieu."


@pytest.fixture
def correct(admin_client, communities):
    """Give the community of a place another zone at the desk; the page that follows."""

    def act(place, zone):
        page = reverse("admin:events_community_change", args=[communities[place].pk])
        fields = FieldsOf(admin_client.get(page).content.decode(), "community_form").fields
        return admin_client.post(page, fields | {"zone": zone, "_continue": "yes"}, follow=True)

    return act


def groups(workshop):
    workshop = type(workshop).objects.with_hosts().get(pk=workshop.pk)
    return [group.sentence for group in announcements.outdated(workshop)]


def test_the_desk_offers_to_announce_a_corrected_zone(workshop, register, correct, admin_client):
    register(workshop)

    page = correct("Québec", "America/Vancouver")

    assert said(page)[-1] == (
        f"{WRONG} Aucun courriel n’est parti. "
        f'<a href="{overview(workshop)}#announce">L’annoncer</a>'
    )
    words = page_text(admin_client.get(desk(workshop)))
    told = (
        f"{WRONG} Avant : lundi 29 mars 2027 9 h 30 – 12 h 00 (heure du Québec) 15 h 30 – 18 h 00 "
        "(heure de France) Maintenant : lundi 29 mars 2027 6 h 30 – 9 h 00 (heure du Québec) "
        "15 h 30 – 18 h 00 (heure de France)"
    )
    assert words.count(told) == 1


def test_the_mail_says_the_old_hours_and_the_new_ones_at_the_same_instant(
    workshop, register, correct, smtp, now
):
    register(workshop)
    worker.run_once(now=now)
    correct("Québec", "America/Vancouver")

    announcements.announce(workshop, now=now)
    worker.run_once(now=now)

    mail = smtp.messages[1]
    assert plain(mail["Subject"]).startswith("Horaire corrigé : ")
    words = plain(text(mail))
    assert words.count("Avant : 9 h 30 – 12 h 00 (heure du Québec)") == 1
    assert words.count("L’atelier n’a pas bougé : seules ces heures étaient fausses.") == 1
    assert words.count("6 h 30 – 9 h 00 (heure du Québec)") == 1
    first, second = (entry(each) for each in smtp.messages)
    assert [each["SEQUENCE"] for each in (first, second)] == [0, 1]
    assert first["UID"] == second["UID"]
    assert first.start.astimezone(UTC) == second.start.astimezone(UTC) == workshop.starts_at
    assert [each["DTSTART"].params["TZID"] for each in (first, second)] == [
        "America/Toronto",
        "America/Vancouver",
    ]
    assert groups(workshop) == []
    assert announcements.announce(workshop, now=now) == 0


def test_a_zone_that_shows_the_same_hours_outdates_nobody(workshop, register, correct):
    register(workshop)

    correct("Québec", "America/New_York")

    assert groups(workshop) == []


def test_a_correction_that_is_taken_back_outdates_nobody(workshop, register, correct):
    register(workshop)

    correct("Québec", "America/Vancouver")
    correct("Québec", "America/Winnipeg")
    wrong = groups(workshop)
    correct("Québec", "America/Toronto")

    assert (wrong, groups(workshop)) == ([WRONG], [])


def test_who_registers_afterwards_was_told_the_true_hours(workshop, register, correct):
    correct("Québec", "America/Vancouver")
    register(workshop)

    assert groups(workshop) == []


def test_who_was_told_before_hours_were_ever_noted_is_found_too(workshop, register, correct):
    register(workshop)
    assert "hours of" not in Registration.objects.get().told

    correct("France", "Europe/London")

    assert groups(workshop) == [WRONG]


def test_a_mail_that_waited_when_the_zone_was_corrected_tells_the_true_hours(
    workshop, register, correct, smtp, now
):
    register(workshop)
    correct("Québec", "America/Vancouver")

    worker.run_once(now=now)

    assert plain(text(smtp.messages[0])).count("6 h 30 – 9 h 00 (heure du Québec)") == 1
    assert groups(workshop) == []


def test_a_move_and_a_correction_are_one_change_from_the_hours_that_were_told(
    workshop, register, correct, smtp, now
):
    register(workshop)
    worker.run_once(now=now)
    correct("Québec", "America/Vancouver")
    moved = move(workshop, timedelta(hours=1))

    announcements.announce(moved, now=now)
    worker.run_once(now=now)

    words = plain(text(smtp.messages[1]))
    assert words.count("Avant : 9 h 30 – 12 h 00 (heure du Québec), 15 h 30 – 18 h 00") == 1
    assert words.count("seules ces heures étaient fausses") == 0


def test_a_corrected_clock_of_a_cancelled_workshop_is_no_news(workshop, register, correct, now):
    register(workshop)
    cancelled = change(workshop, state="cancelled")
    announcements.announce(cancelled, now=now)

    correct("Québec", "America/Vancouver")

    assert groups(workshop) == []


def test_a_host_that_no_longer_hosts_makes_nobody_outdated(workshop, register, correct):
    register(workshop)
    correct("France", "Europe/London")

    workshop.hostings.filter(position=2).delete()

    assert groups(workshop) == []


def test_another_name_of_the_place_outdates_nobody(workshop, register, communities):
    register(workshop)

    Community.objects.filter(pk=communities["Québec"].pk).update(place="Montréal", time_label="")

    assert groups(workshop) == []


def test_it_costs_the_same_however_many_people_were_told(
    workshop, crowd, communities, now, django_assert_num_queries
):
    crowd(workshop, 12)

    # The transaction, the workshops, the lock, the texts, one update.
    with django_assert_num_queries(6):
        corrected_clocks.keep_told_hours(communities["Québec"], now=now)
