"""The manage link: what a person sees there, and each thing one may do without an account."""

import json
from datetime import timedelta

import icalendar
import pytest
from django.utils import timezone

from events.models import Workshop
from registrations import worker
from registrations.domain import lost_links, privacy, selfservice, signup, waiting_list
from registrations.models import Registration
from tests.helpers.clock import DRAWN, NOW
from tests.helpers.database import every_row
from tests.helpers.mails import a_while_passes, entry
from tests.helpers.pages import page_text


def post(client, registration, verb, **typed):
    """Press the button that `verb` (a path in French) names; the page that follows."""
    return client.post(f"{registration.manage_path}{verb}/", typed, follow=True)


def kinds_of(registration):
    return list(registration.mails.order_by("pk").values_list("kind", flat=True))


DETAILS = {
    "first_name": "Zoé",
    "last_name": "Tremblay",
    "organisation": "",
    "language": "fr",
    "zone": "",
}


@pytest.mark.one_database
def test_the_manage_page_shows_the_registration_on_both_clocks(workshop, register, client):
    registration = register(workshop, organisation="Théâtre")

    text = page_text(client.get(registration.manage_path))

    assert text.count(DRAWN) == 1
    assert text.count("Votre place est réservée.") == 1
    assert text.count("Nom Zoé Tremblay Courriel zoe@example.org Organisation Théâtre") == 1


@pytest.mark.one_database
def test_whoever_waits_sees_a_rank_and_neither_door_nor_invite(make_workshop, register, client):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    register(workshop, email="second@example.org")
    third = register(workshop)

    page = client.get(third.manage_path)

    assert page_text(page).count("Vous êtes en 2e position sur la liste d’attente.") == 1
    html = page.content.decode()
    assert [html.count(link) for link in (third.join_path, "invitation.ics")] == [0, 0]
    assert client.get(f"{third.manage_path}invitation.ics").status_code == 410


@pytest.mark.one_database
def test_a_name_and_an_organisation_are_corrected_without_a_mail(workshop, register, client):
    registration = register(workshop)

    response = post(
        client,
        registration,
        "modifier",
        **DETAILS | {"first_name": "Zoë", "organisation": "Théâtre"},
    )

    registration.refresh_from_db()
    assert (registration.full_name, registration.organisation) == ("Zoë Tremblay", "Théâtre")
    assert (registration.email, kinds_of(registration)) == ("zoe@example.org", ["confirmation"])
    assert page_text(response).count("Vos coordonnées sont enregistrées.") == 1


@pytest.mark.one_database
def test_nothing_but_the_details_can_be_typed(workshop, register, client):
    registration = register(workshop)
    before = Registration.objects.values().get()
    more = {
        "email": "x@example.org",
        "state": "waiting",
        "workshop": "0",
        "manage_token": "a",
        "email_key": "x",
    }

    post(client, registration, "modifier", **DETAILS | more)

    after = Registration.objects.values().get()
    assert {name for name in after if after[name] != before[name]} == {"verified_at"}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", ""),
        ("last_name", "www.evil.example"),
        ("zone", "Moon/Sea"),
        ("language", "de"),
    ],
)
def test_a_wrong_detail_is_named_and_nothing_is_saved(field, value, workshop, register, client):
    registration = register(workshop)

    response = post(
        client, registration, "modifier", **DETAILS | {"organisation": "Théâtre", field: value}
    )

    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert response.content.decode().count('value="Théâtre"') == 1
    registration.refresh_from_db()
    assert (registration.organisation, registration.verified_at) == ("", None)


def test_a_seat_given_while_somebody_corrects_a_name_stays_given(
    make_workshop, register, client, meanwhile, now
):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    registration = register(workshop)
    meanwhile(lambda: waiting_list.confirm(Registration.objects.get(pk=registration.pk), now=now))

    post(client, registration, "modifier", **DETAILS | {"first_name": "Zoë"})

    registration.refresh_from_db()
    assert (registration.first_name, registration.state, registration.sequence) == (
        "Zoë",
        "confirmed",
        0,
    )


@pytest.mark.one_database
def test_the_next_mail_speaks_the_chosen_language(workshop, register, client, smtp):
    registration = register(workshop)
    post(client, registration, "modifier", **DETAILS | {"language": "en"})

    worker.run_once(now=timezone.now())

    assert (
        str(smtp.messages[-1]["Subject"])
        == "Registration confirmed: Mon 29 March, 9:30\u00a0a.m. / 3:30\u00a0p.m."
    )


@pytest.mark.one_database
def test_the_invite_is_downloaded_as_the_mail_holds_it(workshop, register, client, smtp, now):
    registration = register(workshop)
    worker.run_once(now=now)

    response = client.get(f"{registration.manage_path}invitation.ics")

    mailed, file = entry(smtp.messages[0]), icalendar.Calendar.from_ical(response.content)
    assert response.headers["Content-Disposition"] == 'attachment; filename="invitation.ics"'
    assert (response.headers["Content-Type"], file["METHOD"]) == (
        "text/calendar; charset=utf-8; method=REQUEST",
        "REQUEST",
    )
    [downloaded] = file.events
    assert {k: v for k, v in downloaded.items() if k != "DTSTAMP"} == {
        k: v for k, v in mailed.items() if k != "DTSTAMP"
    }


def test_after_a_move_the_downloaded_invite_outranks_the_mailed_one_and_changes_nothing(
    workshop, register, client
):
    registration = register(workshop)
    later = workshop.starts_at + timedelta(hours=1)
    Workshop.objects.update(starts_at=later)

    [event] = icalendar.Calendar.from_ical(
        client.get(f"{registration.manage_path}invitation.ics").content
    ).events

    registration.refresh_from_db()
    assert (event["SEQUENCE"], event.start, registration.sequence) == (1, later, 0)


@pytest.mark.one_database
def test_a_cancelled_workshop_has_no_invite_to_download(workshop, register, client):
    registration = register(workshop)
    Workshop.objects.update(state=Workshop.State.CANCELLED)

    assert client.get(f"{registration.manage_path}invitation.ics").status_code == 410


@pytest.mark.parametrize(("capacity", "kind"), [(None, "confirmation"), (1, "waiting")])
@pytest.mark.one_database
def test_the_mail_is_sent_again_as_the_same_version(
    capacity, kind, make_workshop, register, client, time_machine, now
):
    workshop = make_workshop(capacity=capacity)
    register(workshop, email="first@example.org")
    registration = register(workshop)
    sequence = registration.sequence
    time_machine.move_to(now + timedelta(minutes=3))

    response = post(client, registration, "renvoyer")

    registration.refresh_from_db()
    assert (kinds_of(registration), registration.sequence) == ([kind, kind], sequence)
    assert (
        page_text(response).count("Le courriel repart. Vous le recevrez d’ici quelques minutes.")
        == 1
    )


def test_a_mail_that_left_just_now_is_not_sent_again(workshop, register, client):
    registration = register(workshop)

    response = post(client, registration, "renvoyer")

    assert kinds_of(registration) == ["confirmation"]
    assert page_text(response).count("Ce courriel vient de partir.") == 1


def test_cancelling_frees_the_seat_and_owes_a_mail_with_a_higher_sequence(
    workshop, register, client
):
    registration = register(workshop)

    response = post(client, registration, "annuler")

    registration.refresh_from_db()
    assert (registration.state, registration.sequence) == ("cancelled", 1)
    assert list(registration.mails.order_by("pk").values_list("kind", "sequence")) == [
        ("confirmation", 0),
        ("cancellation", 1),
    ]
    assert page_text(response).count("Cette inscription est annulée.") == 1


@pytest.mark.one_database
def test_cancelling_twice_is_once(workshop, register, client):
    registration = register(workshop)

    for _ in range(2):
        post(client, registration, "annuler")

    registration.refresh_from_db()
    assert (registration.sequence, kinds_of(registration).count("cancellation")) == (1, 1)


@pytest.mark.one_database
def test_undoing_puts_the_same_entry_back_under_a_higher_sequence(workshop, register, client, smtp):
    registration = register(workshop)
    worker.run_once(now=timezone.now())
    post(client, registration, "annuler")
    worker.run_once(now=timezone.now())

    response = post(client, registration, "reprendre")
    worker.run_once(now=timezone.now())

    entries = [entry(message) for message in smtp.messages]
    assert [(e["UID"], e["SEQUENCE"], e["STATUS"]) for e in entries] == [
        (str(registration.uid), 0, "CONFIRMED"),
        (str(registration.uid), 1, "CANCELLED"),
        (str(registration.uid), 2, "CONFIRMED"),
    ]
    assert page_text(response).count("Votre place est réservée.") == 1


def test_undoing_is_offered_only_while_the_seat_is_free(make_workshop, register, client):
    workshop = make_workshop(capacity=1)
    registration = register(workshop)
    free = post(client, registration, "annuler")
    register(workshop, email="other@example.org")

    taken = client.get(registration.manage_path)
    refused = post(client, registration, "reprendre")

    registration.refresh_from_db()
    assert [
        page_text(page).count("J’ai changé d’avis : reprendre ma place") for page in (free, taken)
    ] == [1, 0]
    assert (
        registration.state,
        page_text(refused).count("Il n’est plus possible de reprendre votre place"),
    ) == (
        "cancelled",
        1,
    )


@pytest.mark.one_database
def test_who_only_waited_takes_no_seat_back_even_if_one_is_free(make_workshop, register, client):
    workshop = make_workshop(capacity=1)
    first = register(workshop, email="first@example.org")
    registration = register(workshop)
    for each in (registration, first):
        post(client, each, "annuler")

    post(client, registration, "reprendre")

    registration.refresh_from_db()
    assert (registration.state, kinds_of(registration)) == (
        "cancelled",
        ["waiting", "cancellation"],
    )


def test_one_button_says_that_the_address_is_ones_own(workshop, register, client, now):
    registration = register(workshop)
    before = client.get(registration.manage_path)

    after = post(client, registration, "confirmer")

    registration.refresh_from_db()
    assert registration.verified_at is not None
    said = "Merci : nous savons maintenant que cette adresse est la vôtre, et nos courriels vous "
    said += "salueront par votre nom."
    assert page_text(after).count(said) == 1
    button = "Oui, cette adresse est la mienne"
    assert [page_text(page).count(button) for page in (before, after)] == [1, 0]


def test_opening_that_button_by_a_link_confirms_nothing(workshop, register, client):
    registration = register(workshop)

    client.get(f"{registration.manage_path}confirmer/")

    registration.refresh_from_db()
    assert registration.verified_at is None


def test_the_newsletter_consent_is_withdrawn_with_its_sentence(workshop, register, client):
    registration = register(workshop, newsletter="Je souhaite des nouvelles.")

    page = post(client, registration, "nouvelles")

    registration.refresh_from_db()
    assert (registration.newsletter_consent_at, registration.newsletter_consent_text) == (None, "")
    assert page_text(page).count("Retirer mon accord") == 0


def test_all_that_is_kept_is_handed_out_as_json(workshop, communities, register, client, now):
    facts = {"organisation": "Théâtre", "community": communities["France"], "zone": "Europe/London"}
    registration = register(workshop, **facts, newsletter="Des nouvelles.", consent="Filmée.")

    response = client.get(f"{registration.manage_path}donnees.json")

    at = "2027-01-15T12:00:00Z"
    data = json.loads(response.content)
    assert response.headers["Content-Disposition"] == 'attachment; filename="praxis.json"'
    [kept] = data["registrations"]
    assert {name: kept[name] for name in kept if name not in ("workshop", "mails")} == {
        "first_name": "Zoé",
        "last_name": "Tremblay",
        "email": "zoe@example.org",
        "organisation": "Théâtre",
        "community": "TMNlab",
        "language": "fr",
        "zone": "Europe/London",
        "state": "confirmed",
        "created_at": at,
        "confirmed_at": at,
        "cancelled_at": None,
        "cancelled_by_desk": False,
        "organisers_word": "",
        "address_corrected_at": None,
        "joined_at": None,
        "attended_at": None,
        "attestation_revoked_at": None,
        "group_size": 1,
        "verified_at": None,
        "network_key": "",
        "links_asked_at": None,
        "day_reminder_for": None,
        "hour_reminder_for": None,
        "afterwards_mail_at": None,
        "newsletter_consent_at": at,
        "newsletter_consent_text": "Des nouvelles.",
        "consent_at": at,
        "consent_text": "Filmée.",
        "uid": str(registration.uid),
        "sequence": 0,
        "needs": None,
        "told": json.loads(registration.told),
        "answered_ballot": False,
    }
    assert kept["workshop"]["starts_at"] == "2027-03-29T13:30:00Z"
    assert [mail["kind"] for mail in kept["mails"]] == ["confirmation"]


@pytest.mark.one_database
def test_after_the_end_the_manage_page_offers_neither_cancelling_nor_the_invite(
    workshop, register, client, time_machine
):
    registration = register(workshop)
    time_machine.move_to(workshop.ends_at)

    html = client.get(registration.manage_path).content.decode()

    assert [
        html.count(word)
        for word in ("/annuler/", "/renvoyer/", "invitation.ics", "organisatrice partage")
    ] == [
        0,
        0,
        0,
        1,
    ]


@pytest.mark.one_database
@pytest.mark.parametrize("verb", ["annuler", "reprendre", "renvoyer", "nouvelles"])
def test_opening_the_address_of_a_button_leads_back_to_the_page(verb, workshop, register, client):
    registration = register(workshop, newsletter="Des nouvelles.")
    before = every_row()

    answers = [
        getattr(client, method)(f"{registration.manage_path}{verb}/") for method in ("get", "head")
    ]

    assert [(a.status_code, a.headers["Location"]) for a in answers] == [
        (302, registration.manage_path)
    ] * 2
    assert every_row() == before


@pytest.mark.one_database
def test_using_the_link_verifies_the_address_and_looking_does_not(workshop, register, client):
    looks, acts = register(workshop), register(workshop, email="other@example.org")

    for path in ("", "modifier/", "effacer/", "donnees.json", "invitation.ics"):
        client.get(f"{looks.manage_path}{path}")
    post(client, acts, "nouvelles")

    assert [r.verified_at is not None for r in Registration.objects.order_by("pk")] == [False, True]


def test_an_old_link_leads_to_the_registration_that_counts_now(workshop, register, client, now):
    old = register(workshop)
    signup.cancel(old, now=now)
    new = register(workshop)

    page = client.get(old.manage_path).content.decode()

    assert [page.count(f'href="{new.manage_path}"'), page.count("/reprendre/")] == [1, 0]
    assert client.get(new.manage_path).content.decode().count(old.manage_token) == 0


@pytest.mark.one_database
def test_an_old_link_leads_nowhere_new_once_the_person_is_erased(workshop, register, client, now):
    old = register(workshop)
    signup.cancel(old, now=now)
    privacy.erase(old, now=now)
    new = register(workshop)

    assert new.manage_token not in client.get(old.manage_path).content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("capacity", "offer"), [(1, "S’inscrire sur la liste d’attente"), (3, "S’inscrire de nouveau")]
)
def test_who_left_is_offered_what_there_is(capacity, offer, make_workshop, register, client, now):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    waiting = register(workshop)
    signup.cancel(waiting, now=now)
    Workshop.objects.update(capacity=capacity)

    assert page_text(client.get(waiting.manage_path)).count(offer) == 1


@pytest.mark.one_database
@pytest.mark.parametrize("field", ["first_name", "last_name"])
def test_an_empty_name_says_what_to_write(field, workshop, register, client):
    page = post(client, register(workshop), "modifier", **DETAILS | {field: " "})

    assert "Ce champ est obligatoire" not in page_text(page)
    assert "Écrivez votre" in page_text(page)


@pytest.mark.one_database
def test_the_regions_of_the_zones_are_in_the_language_of_the_page(workshop, register, client):
    html = client.get(f"{register(workshop).manage_path}modifier/").content.decode()

    assert [html.count(f'label="{name}"') for name in ("Amérique", "Océan Indien", "Indian")] == [
        1,
        1,
        0,
    ]


def community_of(registration):
    registration.refresh_from_db()
    return registration.community and registration.community.place


@pytest.fixture
def reserving(make_workshop):
    """A workshop of two seats, one of them reserved for Québec's people."""
    workshop = make_workshop(capacity=2)
    workshop.hostings.filter(community__place="Québec").update(reserved_seats=1)
    return workshop


def test_who_waits_names_their_community_and_has_the_seat_kept_for_it_at_once(
    reserving, register, communities, client, now
):
    register(reserving, email="first@example.org")
    ahead, waiting = register(reserving, email="ahead@example.org"), register(reserving)

    page = post(client, waiting, "modifier", **DETAILS, community=communities["Québec"].pk)

    assert community_of(waiting) == "Québec"
    assert (waiting.state, kinds_of(waiting)[-1]) == ("confirmed", "promotion")
    assert page_text(page).count("Votre place est réservée.") == 1
    assert Registration.objects.get(pk=ahead.pk).is_waiting


@pytest.mark.one_database
def test_a_community_that_is_no_host_is_not_taken(reserving, register, communities, client):
    register(reserving, email="first@example.org")
    waiting = register(reserving)

    post(client, waiting, "modifier", **DETAILS, community=communities["Martinique"].pk)

    assert (community_of(waiting), waiting.state) == (None, "waiting")


def test_who_has_a_seat_keeps_it_under_the_community_it_was_given_for(
    reserving, register, communities, client
):
    seated = register(reserving, community=communities["Québec"])

    post(client, seated, "modifier", **DETAILS, community="")

    assert community_of(seated) == "Québec"


def test_a_seat_given_while_the_form_was_open_stays_given_under_its_community(
    reserving, register, communities, now
):
    register(reserving, email="first@example.org")
    waiting = register(reserving)
    waiting_list.confirm(Registration.objects.get(pk=waiting.pk), now=now)

    selfservice.correct(waiting, {"first_name": "Zoë", "community": communities["Québec"]}, now=now)

    assert (community_of(waiting), waiting.state, waiting.first_name) == (None, "confirmed", "Zoë")


@pytest.fixture
def twice(workshop, make_workshop, register):
    """One person at two workshops, with the newsletter at both; and somebody else."""
    register(workshop, email="other@example.org", newsletter="Des nouvelles.")
    return [register(each, newsletter="Des nouvelles.") for each in (workshop, make_workshop())]


def test_who_withdraws_the_newsletter_withdraws_it_everywhere(twice, client):
    post(client, twice[0], "nouvelles")

    assert list(
        Registration.objects.exclude(newsletter_consent_at=None).values_list("email", flat=True)
    ) == ["other@example.org"]


def test_the_data_of_a_person_is_that_of_all_their_registrations(twice, client):
    data = json.loads(client.get(f"{twice[0].manage_path}donnees.json").content)

    assert [kept["uid"] for kept in data["registrations"]] == [str(each.uid) for each in twice]


@pytest.mark.parametrize(("typed", "left"), [({}, 1), ({"others": "on"}, 0)])
def test_one_erases_this_registration_or_all_of_them_and_is_told_which(typed, left, twice, client):
    question = page_text(client.get(f"{twice[0].manage_path}effacer/"))
    answer = page_text(post(client, twice[0], "effacer", **typed))

    assert question.count("Effacer aussi mon autre inscription sous la même adresse") == 1
    assert answer.count("Votre autre inscription sous la même adresse reste telle quelle.") == left
    assert Registration.objects.filter(email="zoe@example.org").count() == left
    assert Registration.objects.filter(email="other@example.org").count() == 1


@pytest.mark.one_database
def test_after_the_start_the_waiting_list_is_neither_mailed_nor_left(
    make_workshop, register, client, smtp, time_machine
):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    waiting = register(workshop)
    time_machine.move_to(workshop.starts_at + timedelta(minutes=5))

    page = client.get(waiting.manage_path).content.decode()
    post(client, waiting, "renvoyer")
    worker.run_once(now=timezone.now())

    assert [page.count("/renvoyer/"), page.count("/annuler/"), kinds_of(waiting)] == [
        0,
        0,
        ["waiting"],
    ]
    assert waiting.mails.get().last_error == "its moment has passed: the waiting list is closed"


@pytest.mark.one_database
def test_the_page_of_a_workshop_taken_offline_says_so_and_lets_one_leave(
    workshop, register, client
):
    registration = register(workshop)
    Workshop.objects.update(state=Workshop.State.DRAFT)

    page = client.get(registration.manage_path)

    assert page_text(page).count("L’équipe organisatrice a retiré cet atelier pour le moment.") == 1
    html = page.content.decode()
    assert [
        html.count(word)
        for word in ("/annuler/", "/renvoyer/", f'href="{workshop.get_absolute_url()}"')
    ] == [
        1,
        0,
        0,
    ]


@pytest.mark.one_database
def test_who_waits_while_seats_are_kept_is_told_how_to_have_one(reserving, register, client):
    register(reserving, email="first@example.org")
    waiting = register(reserving)

    assert (
        page_text(client.get(waiting.manage_path)).count(
            "Il reste des places réservées aux membres de Culture pour tous."
        )
        == 1
    )


@pytest.mark.parametrize(
    ("capacity", "answer"),
    [(2, "Ce courriel vient de partir."), (1, "la liste d’attente est close.")],
)
@pytest.mark.one_database
def test_during_the_workshop_a_mail_asked_for_again_is_answered_with_the_reason(
    capacity, answer, make_workshop, register, client, time_machine
):
    workshop = make_workshop(capacity=capacity)
    register(workshop, email="first@example.org")
    registration = register(workshop, now=workshop.starts_at - timedelta(minutes=1))
    time_machine.move_to(workshop.starts_at + timedelta(seconds=30))

    text = page_text(post(client, registration, "renvoyer"))

    assert (text.count(answer) > 0, text.count("Aucun courriel")) == (True, 0)


def undo(registration, *, now):
    """Cancel and take the seat back; may they?"""
    signup.cancel(registration, now=now)
    return signup.reinstate(registration, now=now)


@pytest.mark.one_database
def test_a_seat_is_taken_back_three_times_an_hour(workshop, register, now):
    registration = register(workshop)

    answers = [undo(registration, now=now + timedelta(minutes=minutes)) for minutes in (0, 1, 2, 3)]
    later = signup.reinstate(registration, now=now + timedelta(minutes=60))

    assert (answers, later) == ([True, True, True, False], True)


def test_a_seat_is_taken_back_although_registration_is_closed_meanwhile(workshop, register, now):
    registration = register(workshop)
    Workshop.objects.update(registration_open=False)

    assert undo(registration, now=now) is True


def test_a_seat_that_was_taken_back_bears_no_date_of_cancellation(workshop, register, now):
    registration = register(workshop)

    undo(registration, now=now)

    assert Registration.objects.values_list("state", "cancelled_at").get() == ("confirmed", None)


def test_the_old_seat_is_not_taken_back_beside_the_new_one(workshop, register, now):
    old = register(workshop)
    signup.cancel(old, now=now)
    new = register(workshop)

    answer = signup.reinstate(old, now=now)

    assert (answer, list(workshop.registrations.active())) == (False, [new])


def test_nobody_cancels_once_the_workshop_is_over(workshop, register):
    registration = register(workshop)

    answer = signup.cancel(registration, now=workshop.ends_at)

    assert (answer, kinds_of(registration)) == (False, ["confirmation"])
    assert signup.cancel(registration, now=workshop.ends_at - timedelta(seconds=1)) is True


def test_a_mail_that_says_less_does_not_count_as_the_one_asked_for(workshop, register, now):
    registration = register(workshop)
    a_while_passes()
    lost_links.ask(registration.email, now=now)
    lost_links.answer(now=now)

    answer = selfservice.send_again(registration, now=now)

    assert (answer, kinds_of(registration)) == (True, ["confirmation", "links", "confirmation"])


NO_MAIL_FOR = [
    {"state": Workshop.State.DRAFT},
    {"state": Workshop.State.CANCELLED},
    {"starts_at": NOW - timedelta(hours=2), "ends_at": NOW},
]


@pytest.mark.parametrize("facts", NO_MAIL_FOR)
def test_nothing_is_sent_again_about_what_does_not_take_place(facts, workshop, register, now):
    registration = register(workshop, now=now - timedelta(days=1))
    Workshop.objects.update(**facts)

    answer = selfservice.send_again(registration, now=now)

    assert (answer, kinds_of(registration)) == (False, ["confirmation"])


def test_who_was_erased_while_the_form_was_open_stays_without_a_name(workshop, register, now):
    registration = register(workshop)
    privacy.erase(Registration.objects.get(pk=registration.pk), now=now)

    selfservice.correct(registration, {"first_name": "Zoë", "zone": "Asia/Tokyo"}, now=now)

    assert Registration.objects.values_list("first_name", "zone").get() == ("", "")


def test_the_first_use_of_a_link_is_noted_and_stays(workshop, register, now):
    registration = register(workshop)

    for minutes in (1, 2):
        selfservice.verify(registration, now=now + timedelta(minutes=minutes))

    assert Registration.objects.get().verified_at == now + timedelta(minutes=1)


def test_a_mail_that_is_tried_again_is_not_hurried_by_the_link(workshop, register, smtp, now):
    registration = register(workshop)
    smtp.answers = ["451 4.7.1 Later"]
    worker.run_once(now=now)

    selfservice.verify(registration, now=now)

    assert registration.mails.values_list("due_at", "due_since").get() == (
        now + timedelta(minutes=1),
        now,
    )
