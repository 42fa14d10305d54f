"""The desk after a workshop was moved, renamed or cancelled.

It says who does not know yet; only its button mails them.
"""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Workshop
from registrations import worker
from registrations.domain import signup
from registrations.models import OutgoingMail
from tests.helpers.desk import MOVED, desk, edit, said, save, warning
from tests.helpers.mails import kinds_stored, words

OLD = (
    "Avant : lundi 29 mars 2027 9 h 30 – 12 h 00 (heure du Québec) 15 h 30 – 18 h 00 (heure de "
    "France)"
)
NEW = (
    "Maintenant : lundi 29 mars 2027 10 h 00 – 12 h 30 (heure du Québec) 16 h 00 – 18 h 30 "
    "(heure de France)"
)


def announce(admin_client, workshop):
    """Press the button; the page that follows."""
    return admin_client.post(f"/admin/events/workshop/{workshop.pk}/announce/", follow=True)


def panel(response):
    """The words of the section that announces; "" where the page has none."""
    html = response.content.decode()
    return (
        words(html[html.index('id="announce"') :].split(">", 1)[1].split("</section>")[0])
        if 'id="announce"' in html
        else ""
    )


@pytest.mark.one_database
def test_a_moved_workshop_says_how_many_people_hold_the_old_time_and_mails_nobody(
    workshop, crowd, admin_client
):
    crowd(workshop, 42)

    page = edit(admin_client, workshop, **MOVED)

    assert Workshop.objects.get().starts_at == workshop.starts_at + timedelta(minutes=30)
    assert said(page) == [warning(workshop, "42 personnes inscrites ont encore l’ancien horaire.")]
    assert kinds_stored() == ["confirmation"] * 42


def test_the_panel_shows_before_and_after_on_both_clocks_and_a_button(
    workshop, crowd, admin_client
):
    crowd(workshop, 2)

    page = edit(admin_client, workshop, **MOVED)

    text = panel(page)
    assert text.startswith(
        f"À annoncer 2 personnes inscrites ont encore l’ancien horaire. {OLD} {NEW} Aucun courriel"
    )
    assert page.content.decode().count('value="L’annoncer à 2 personnes"') == 1
    assert panel(admin_client.get(desk(workshop))) == text


def test_the_button_mails_each_of_them_once(workshop, crowd, admin_client):
    crowd(workshop, 3)
    edit(admin_client, workshop, **MOVED)

    first, second = announce(admin_client, workshop), announce(admin_client, workshop)

    assert kinds_stored() == ["confirmation"] * 3 + ["update"] * 3
    assert said(first, "success") == ["Un courriel part vers 3 personnes."]
    assert said(second, "info") == ["Tout le monde est à jour : aucun courriel n’est parti."]
    assert [panel(first), panel(second)] == ["", ""]


@pytest.mark.one_database
def test_confirmed_and_waiting_people_are_counted_together(make_workshop, crowd, admin_client):
    workshop = make_workshop(capacity=2, meeting_url="https://zoom.example/j/1")
    crowd(workshop, 5)

    page = edit(admin_client, workshop, **MOVED)

    assert said(page) == [warning(workshop, "5 personnes inscrites ont encore l’ancien horaire.")]


@pytest.mark.one_database
def test_those_who_left_are_not_counted(workshop, crowd, admin_client, now):
    signup.cancel(crowd(workshop, 2)[0], now=now)

    page = edit(admin_client, workshop, **MOVED)

    assert said(page) == [warning(workshop, "1 personne inscrite a encore l’ancien horaire.")]


CHANGES = [
    (
        {"title": "Un autre <titre>"},
        "l’ancien titre",
        "Avant : Données culturelles Maintenant : Un autre <titre>",
    ),
    ({"place": "Jitsi"}, "l’ancien lieu", "Avant : Zoom Maintenant : Jitsi"),
    (
        {"place": "Jitsi"} | MOVED,
        "l’ancien horaire et l’ancien lieu",
        f"{OLD} {NEW} Avant : Zoom Maintenant : Jitsi",
    ),
    ({"end_1": "12:15"}, "l’ancien horaire", None),
]


@pytest.mark.parametrize(("typed", "what", "before_after"), CHANGES)
@pytest.mark.one_database
def test_each_thing_that_people_were_told_is_named(
    typed, what, before_after, workshop, crowd, admin_client
):
    crowd(workshop, 1)

    page = edit(admin_client, workshop, **typed)

    sentence = f"1 personne inscrite a encore {what}."
    assert said(page) == [warning(workshop, sentence)]
    assert before_after is None or panel(page).startswith(
        f"À annoncer {sentence} {before_after} Aucun courriel"
    )


UNTOLD = {
    "meeting_url": "https://zoom.example/j/9",
    "description": "Autre chose.",
    "audience": "Tout le monde",
}


@pytest.mark.parametrize("field", UNTOLD)
@pytest.mark.one_database
def test_what_nobody_was_told_needs_no_mail(field, make_workshop, crowd, admin_client):
    workshop = make_workshop(meeting_url="https://zoom.example/j/1", capacity=1)
    crowd(workshop, 2)

    page = edit(admin_client, workshop, **{field: UNTOLD[field]})
    announce(admin_client, workshop)

    assert getattr(Workshop.objects.get(), field) == UNTOLD[field]
    assert [
        text
        for text in said(page)
        if not text.startswith("L’adresse de la rencontre a changé. Aucun")
    ] == []
    assert (panel(page), kinds_stored()) == ("", ["confirmation", "waiting"])


@pytest.mark.one_database
def test_a_workshop_put_back_before_anybody_was_told_announces_nothing(
    workshop, crowd, admin_client
):
    crowd(workshop, 1)
    edit(admin_client, workshop, **MOVED)

    page = edit(admin_client, workshop, start_1="09:30", end_1="12:00")

    assert (said(page), panel(page)) == ([], "")


@pytest.mark.one_database
def test_who_registered_between_two_moves_stands_apart_the_most_people_first(
    workshop, crowd, admin_client
):
    crowd(workshop, 1)
    edit(admin_client, workshop, **MOVED)
    crowd(workshop, 2, first=10)

    page = edit(admin_client, workshop, start_1="11:00", end_1="13:30")

    assert said(page) == [
        warning(workshop, "2 personnes inscrites ont encore l’ancien horaire."),
        warning(workshop, "1 personne inscrite a encore l’ancien horaire."),
    ]
    assert page.content.decode().count('value="L’annoncer à 3 personnes"') == 1


@pytest.mark.one_database
def test_a_cancelled_workshop_says_who_does_not_know_and_the_button_tells_them(
    workshop, crowd, admin_client
):
    crowd(workshop, 2)

    page = edit(admin_client, workshop, state="cancelled")
    before = kinds_stored()
    after = announce(admin_client, workshop)

    assert said(page) == [
        warning(workshop, "2 personnes inscrites ne savent pas que l’atelier est annulé.")
    ]
    assert (before, kinds_stored()) == (
        ["confirmation"] * 2,
        ["confirmation"] * 2 + ["workshop_cancelled"] * 2,
    )
    assert panel(after) == ""


@pytest.mark.one_database
def test_a_cancelled_workshop_that_was_moved_shows_no_hour_that_no_mail_tells(
    workshop, crowd, admin_client
):
    crowd(workshop, 1)

    page = edit(admin_client, workshop, state="cancelled", **MOVED)

    assert "1 personne inscrite ne sait pas que l’atelier est annulé." in panel(page)
    assert [line in panel(page) for line in ("Avant", "Maintenant", "16 h 00")] == [False] * 3


def test_a_cancellation_taken_back_before_anybody_heard_of_it_is_not_spoken_of(
    workshop, crowd, admin_client
):
    crowd(workshop, 2)
    worker.run_once(now=timezone.now())
    for state in ("cancelled", "published"):
        save(admin_client, workshop, state=state)
        announce(admin_client, workshop)

    worker.run_once(now=timezone.now())

    assert kinds_stored() == ["confirmation"] * 2 + ["workshop_cancelled"] * 2
    assert set(
        OutgoingMail.objects.filter(kind="workshop_cancelled").values_list("state", "last_error")
    ) == {("dropped", "overtaken by a newer announcement before it left")}


@pytest.mark.one_database
def test_a_workshop_that_takes_place_after_all_says_so(workshop, crowd, admin_client):
    crowd(workshop, 2)
    save(admin_client, workshop, state="cancelled")
    announce(admin_client, workshop)
    worker.run_once(now=timezone.now())

    page = edit(admin_client, workshop, state="published")
    announce(admin_client, workshop)

    assert said(page) == [
        warning(workshop, "2 personnes inscrites ne savent pas que l’atelier a lieu finalement.")
    ]
    assert kinds_stored()[4:] == ["update"] * 2


@pytest.mark.one_database
def test_a_draft_has_nothing_to_announce(workshop, crowd, admin_client):
    crowd(workshop, 1)
    edit(admin_client, workshop, state="draft")

    page = edit(admin_client, workshop, **MOVED)
    announce(admin_client, workshop)

    assert [text.split(" :")[0] for text in said(page)] == ["1 personne est inscrite"]
    assert (panel(page), kinds_stored()) == ("", ["confirmation"])


@pytest.mark.one_database
def test_nobody_is_told_after_the_end(workshop, crowd, admin_client, admin_user, time_machine):
    crowd(workshop, 1)
    time_machine.move_to(workshop.ends_at)
    admin_client.force_login(admin_user)  # the session has run out

    page = edit(admin_client, workshop, title="Autre titre")
    announce(admin_client, workshop)

    assert (panel(page), kinds_stored()) == ("", ["confirmation"])
    assert [text.split(" :")[0] for text in said(page)] == ["Cette date est passée"]


@pytest.mark.one_database
def test_opening_the_address_of_the_button_announces_nothing(workshop, crowd, admin_client):
    crowd(workshop, 1)
    save(admin_client, workshop, **MOVED)

    page = admin_client.get(f"/admin/events/workshop/{workshop.pk}/announce/", follow=True)

    assert page.redirect_chain[-1][0] == f"/admin/events/workshop/{workshop.pk}/overview/"
    assert kinds_stored() == ["confirmation"]


def test_who_may_only_look_may_not_announce(workshop, crowd, admin_client, client, make_organiser):
    crowd(workshop, 1)
    save(admin_client, workshop, **MOVED)
    client.force_login(make_organiser("reader", "view_workshop"))

    response = client.post(f"/admin/events/workshop/{workshop.pk}/announce/")

    assert (response.status_code, kinds_stored()) == (403, ["confirmation"])


@pytest.mark.one_database
def test_a_cancellation_that_never_left_can_be_announced_again(workshop, crowd, admin_client):
    crowd(workshop, 1)
    worker.run_once(now=timezone.now())
    save(admin_client, workshop, state="cancelled")
    announce(admin_client, workshop)
    edit(admin_client, workshop, state="published")
    worker.run_once(now=timezone.now())

    page = edit(admin_client, workshop, state="cancelled")

    assert said(page) == [
        warning(workshop, "1 personne inscrite ne sait pas que l’atelier est annulé.")
    ]
