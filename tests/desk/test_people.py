"""The desk's pages about people: seats added, people confirmed, the cost of each page."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Workshop
from registrations import worker
from registrations.admin import base
from registrations.domain import waiting_list
from registrations.models import BulkAct, Registration
from tests.helpers.clock import NOW
from tests.helpers.desk import MOVED, desk, edit, edit_person, said, warning
from tests.helpers.mails import kinds_stored
from tests.helpers.pages import page_text


def test_a_seat_added_at_the_desk_goes_to_the_first_in_line_at_once(
    make_workshop, crowd, admin_client
):
    workshop = make_workshop(capacity=1)
    people = crowd(workshop, 4)

    page = edit(admin_client, workshop, capacity="3")

    assert [Registration.objects.get(pk=p.pk).state for p in people] == ["confirmed"] * 3 + [
        "waiting"
    ]
    assert kinds_stored()[4:] == ["promotion"] * 2
    assert said(page, "success")[0] == (
        "2 personnes de la liste d’attente ont maintenant une place ; un courriel avec "
        "l’invitation part vers chacune."
    )


def test_a_move_and_a_seat_at_once_tell_the_promoted_the_new_time_and_the_others_wait_for_the_button(  # noqa: E501
    make_workshop, crowd, admin_client
):
    workshop = make_workshop(capacity=1, meeting_url="https://zoom.example/j/1")
    crowd(workshop, 3)

    page = edit(admin_client, workshop, capacity="2", **MOVED)

    assert kinds_stored()[3:] == ["promotion"]
    assert said(page) == [warning(workshop, "2 personnes inscrites ont encore l’ancien horaire.")]


def chosen(action, people, **more):
    return {"action": action, "_selected_action": [person.pk for person in people]} | more


def test_organisers_confirm_who_waits_beyond_the_seats_and_nobody_twice(
    make_workshop, crowd, admin_client
):
    workshop = make_workshop(capacity=1)
    people = crowd(workshop, 3)

    first, second = [
        admin_client.post(
            "/admin/registrations/registration/",
            chosen("confirm_registrations", people, sure="yes"),
            follow=True,
        )
        for _ in range(2)
    ]

    assert workshop.registrations.confirmed().count() == 3
    assert kinds_stored()[3:] == ["promotion"] * 2
    assert said(first, "success") == [
        "2 personnes confirmées ; un courriel avec l’invitation part vers chacune."
    ]
    assert said(second) == [
        (
            "Personne n’a été confirmé : seules peuvent l’être les personnes en liste d’attente "
            "d’un "
            "atelier à venir."
        )
    ]


def test_a_seat_given_while_an_organiser_corrects_a_name_stays_given(
    make_workshop,
    crowd,
    admin_client,
    meanwhile,
    now,
):
    _first, waiting = crowd(make_workshop(capacity=1), 2)
    meanwhile(lambda: waiting_list.confirm(Registration.objects.get(pk=waiting.pk), now=now))

    edit_person(admin_client, waiting, first_name="Zoë")

    waiting.refresh_from_db()
    assert (waiting.first_name, waiting.state, waiting.sequence) == ("Zoë", "confirmed", 0)


@pytest.mark.one_database
def test_the_list_says_how_many_come_and_wait(make_workshop, crowd, admin_client):
    crowd(make_workshop(title="Un", capacity=2), 5)
    crowd(make_workshop(title="Deux"), 3, first=10)

    html = admin_client.get("/admin/events/workshop/").content.decode()

    assert sorted(re.findall(r'<td[^>]* class="field-people">(.*?)</td>', html)) == [
        "2 / 2, 3 en attente",
        "3",
    ]


@pytest.mark.parametrize("page", ["list", "change"])
def test_a_page_costs_the_same_statements_however_many_register(
    page, make_workshop, crowd, admin_client
):
    workshop = make_workshop(capacity=2)
    path = {"list": "/admin/events/workshop/", "change": desk(workshop)}[page]
    admin_client.get(path)  # Django remembers the kinds of rows from here on.
    costs = []

    for first, count in ((0, 3), (10, 20)):
        crowd(workshop, count, first=first)
        Workshop.objects.update(place=f"Salle {first}")
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(path)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_announcing_costs_the_same_statements_however_many_register(
    workshop, crowd, admin_client, smtp, now
):
    costs = []
    for first, count in ((0, 3), (10, 20)):
        crowd(workshop, count, first=first)
        worker.run_once(now=now)
        Workshop.objects.update(place=f"Salle {first}")
        with CaptureQueriesContext(connection) as queries:
            admin_client.post(f"/admin/events/workshop/{workshop.pk}/announce/")
        costs.append(len(queries))

    assert costs[0] == costs[1]


def act(admin_client, action, people):
    chosen = {"action": action, "_selected_action": [person.pk for person in people], "sure": "yes"}
    admin_client.post(reverse("admin:registrations_registration_changelist"), chosen)


def test_who_did_what_stands_in_the_log_without_the_names_of_people(
    make_workshop, crowd, admin_client
):
    workshop = make_workshop(capacity=1)
    seated, first, second = crowd(workshop, 3)
    Workshop.objects.update(title="Données ouvertes")

    act(admin_client, "confirm_registrations", [second, seated])
    act(admin_client, "cancel_registrations", [first])
    act(admin_client, "erase_people", [second])
    admin_client.post(reverse("admin:registrations_workshop_announce", args=[workshop.pk]))

    entries = LogEntry.objects.order_by("pk").values_list(
        "object_id", "object_repr", "change_message"
    )
    assert list(entries) == [
        (
            str(second.pk),
            str(second.pk),
            "Inscription confirmée, au-delà du nombre de places s’il le faut.",
        ),
        (str(first.pk), f"N°\u00a0{first.pk}, Données ouvertes", "Inscription annulée."),
        (str(second.pk), f"N°\u00a0{second.pk}, Données ouvertes", "Personne effacée."),
        (str(workshop.pk), "Données ouvertes", "Un courriel part vers 1 personne."),
    ]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "Les inscriptions sont ouvertes"),
        ({"registration_open": False}, "Les inscriptions sont closes"),
        (
            {"starts_at": NOW - timedelta(days=2), "ends_at": NOW - timedelta(days=1)},
            "Cet atelier est terminé",
        ),
        ({"state": "draft"}, "Cet atelier n’est pas encore annoncé"),
    ],
    ids=str,
)
def test_the_list_says_whether_one_can_register(facts, words, make_workshop, admin_client):
    make_workshop(**facts)

    assert words in page_text(admin_client.get(reverse("admin:events_workshop_changelist")))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Voir evil.ru", "Cela ressemble à une adresse web."),
        ("Appelez 1-900-555-1234", "Cela ressemble à un numéro de téléphone."),
    ],
)
def test_a_name_holds_no_web_address_and_no_number_at_the_desk_either(
    name, words, workshop, register, admin_client
):
    person = register(workshop)
    typed = {
        "first_name": name,
        "last_name": "T",
        "organisation": "",
        "language": "fr",
    }

    page = admin_client.post(
        reverse("admin:registrations_registration_change", args=[person.pk]), typed
    )

    person.refresh_from_db()
    assert (page.status_code, person.first_name) == (200, "Zoé")
    assert words in page_text(page)


@pytest.fixture
def search(admin_client):
    """The rows (pk) that the desk's list of `name` shows for what is typed into its search."""

    def act(name, typed):
        page = admin_client.get(reverse(f"admin:registrations_{name}_changelist"), {"q": typed})
        return [row.pk for row in page.context["cl"].result_list]

    return act


@pytest.fixture
def zenaide(workshop, register):
    register(workshop, email="other@example.org")
    facts = {
        "first_name": "Zénaïde",
        "last_name": "Okonkwo",
        "organisation": "Théâtre",
        "email": "z@Sables.example",
    }
    return register(workshop, **facts)


@pytest.mark.parametrize("typed", ["zenaide", "ZÉNAÏDE", "okonkwo zen", "SABLES.example"])
def test_people_and_their_mails_are_found_without_accents_and_case(typed, zenaide, search):
    assert search("registration", typed) == [zenaide.pk]
    assert search("outgoingmail", typed) == [zenaide.mails.get().pk]


def test_an_organisation_is_found_too_and_what_nobody_has_is_not(zenaide, search):
    assert [search("registration", typed) for typed in ("theatre", "zenaide tremblay")] == [
        [zenaide.pk],
        [],
    ]


def test_a_search_that_finds_very_many_finds_the_same(zenaide, search, monkeypatch):
    monkeypatch.setattr(base, "MOST_FOUND", 0)

    assert search("registration", "zenaide") == [zenaide.pk]
    assert search("outgoingmail", "zenaide") == [zenaide.mails.get().pk]


def test_who_may_only_look_sees_the_workshop(workshop, client, make_organiser):
    client.force_login(make_organiser("looker", "view_workshop"))

    page = client.get(reverse("admin:events_workshop_change", args=[workshop.pk]))

    assert (page.status_code, page_text(page).count("9 h 30 – 12 h 00 (heure du Québec)")) == (
        200,
        1,
    )


def test_more_than_a_thousand_people_are_handed_over_to_the_worker(
    workshop, register, admin_client, now
):
    first = register(workshop)
    facts = {"workshop": workshop, "state": "confirmed", "created_at": now, "sequence": 0}
    keys = [f"p{number}@example.org" for number in range(1100)]
    Registration.objects.bulk_create(
        Registration(email=key, email_key=key, **facts) for key in keys
    )
    chosen = {
        "action": "cancel_registrations",
        "select_across": "1",
        "_selected_action": [first.pk],
    }
    path = reverse("admin:registrations_registration_changelist")

    question = admin_client.post(path, chosen)
    answer = admin_client.post(path, chosen | {"sure": "yes"})

    assert (len(question.content) < 10_000, answer.status_code) == (True, 302)
    act = BulkAct.objects.get()
    assert (act.total, act.parts.count()) == (1101, 56)
    assert answer["Location"] == reverse("admin:registrations_bulkact", args=[act.pk])


@pytest.mark.one_database
def test_a_registration_of_a_past_workshop_is_not_cancelled_and_the_desk_says_so(
    make_workshop, register, admin_client, now
):
    person = register(make_workshop())
    Workshop.objects.update(starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1))
    chosen = {"action": "cancel_registrations", "_selected_action": [person.pk]}

    page = admin_client.post(
        reverse("admin:registrations_registration_changelist"), chosen, follow=True
    )

    assert said(page) == [
        "Rien n’a été annulé : ces inscriptions l’étaient déjà, ou leur atelier est terminé."
    ]


@pytest.mark.parametrize(
    "lookup",
    ["content__contains=a", "before__contains=a", "registration__manage_token__startswith=a"],
)
@pytest.mark.one_database
def test_no_filter_spells_out_what_a_mail_holds(lookup, workshop, register, admin_client):
    register(workshop)

    page = admin_client.get(f"{reverse('admin:registrations_outgoingmail_changelist')}?{lookup}")

    assert page.status_code == 400


def test_the_list_says_how_many_kept_seats_are_left_and_for_whom_registration_is_open(
    make_workshop, crowd, register, communities, admin_client
):
    workshop = make_workshop(capacity=3)
    workshop.hostings.filter(community__place="Québec").update(reserved_seats=2)
    crowd(workshop, 1)
    register(workshop, email="quebec@example.org", community=communities["Québec"])
    crowd(make_workshop(capacity=1), 1)

    text = page_text(admin_client.get(reverse("admin:events_workshop_changelist")))

    # As the public page has it: the seat that is left is for a member.
    assert "Places pour les membres 2 / 3 (encore 1 gardée pour une communauté)" in text
    assert "C’est complet 1 / 1" in text


@pytest.mark.parametrize("model", ["registration", "outgoingmail"])
def test_a_list_sorts_by_its_key_and_looks_at_no_date_of_every_row(
    model, workshop, crowd, admin_client
):
    crowd(workshop, 3)

    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(reverse(f"admin:registrations_{model}_changelist"))

    rows = [row.pk for row in page.context["cl"].result_list]
    assert rows == sorted(rows, reverse=True)
    said = [query["sql"] for query in queries if f'FROM "registrations_{model}"' in query["sql"]]
    assert [
        sql
        for sql in said
        if "DISTINCT" in sql or '."created_at" DESC' in sql or '."created_at" ASC' in sql
    ] == []
    assert len([sql for sql in said if f'ORDER BY "registrations_{model}"."id" DESC' in sql]) == 1
