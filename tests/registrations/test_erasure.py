"""Erasure: at once, for good, from every table; the final mail removes the calendar entry."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from registrations import worker
from registrations.domain import privacy, signup
from registrations.mail import queue
from registrations.models import OutgoingMail, Registration
from tests.helpers.database import every_row
from tests.helpers.desk import edit_person
from tests.helpers.mails import entry, links, plain, text
from tests.helpers.pages import page_text

PERSON = {
    "first_name": "Zénaïde",
    "last_name": "Okonkwo",
    "email": "Zenaide@Sables.example",
    "organisation": "Orchestre des Sables",
    "zone": "Asia/Tokyo",
}
# As they are, and as JSON and repr may escape them.
WORDS = ["Zénaïde", "Okonkwo", "zenaide", "sables", "Tokyo", "z\\u00e9na", "z\\xe9na"]


def traces():
    """Each word of the person that any row of any table holds, with the table."""
    return [
        (table, word)
        for table, rows in every_row().items()
        for word in WORDS
        for row in rows
        if word.lower() in row.lower()
    ]


@pytest.fixture
def person(workshop, communities, register):
    """A registration that has told us all that one can."""
    return register(
        workshop,
        **PERSON,
        community=communities["France"],
        newsletter="Des nouvelles.",
        consent="Filmée.",
    )


def erase(client, registration):
    return client.post(f"{registration.manage_path}effacer/")


def sweep(now=None):
    return worker.run_once(now=now or timezone.now())


def refuse(smtp, *replies):
    smtp.answers = list(replies)


def test_before_the_erasure_the_scan_finds_the_person(person):
    assert {word for _table, word in traces()} == {
        "Zénaïde",
        "Okonkwo",
        "zenaide",
        "sables",
        "Tokyo",
    }


def test_asking_shows_the_question_and_erases_nothing(person, client):
    before = every_row()

    page = client.get(f"{person.manage_path}effacer/")

    assert page_text(page).count("Cette action est irréversible.") == 1
    assert every_row() == before


def test_after_the_last_mail_no_row_of_any_table_knows_the_person(
    person, client, admin_client, smtp
):
    sweep()
    edit_person(admin_client, person, first_name="Zénaïde", organisation="Sables du Nord")
    client.post("/lien-perdu/", {"email": PERSON["email"]})
    assert LogEntry.objects.get().object_repr == f"N° {person.pk}, {person.workshop}".replace(
        "N° ", "N°\u00a0"
    )

    response = erase(client, person)
    sweep()

    assert page_text(response).startswith("Vos données sont effacées ")
    assert traces() == []
    [row] = Registration.objects.values()
    assert (row["state"], row["community_id"], row["newsletter_consent_at"], row["consent_at"]) == (
        "cancelled",
        None,
        None,
        None,
    )
    assert list(OutgoingMail.objects.values_list("kind", "state", "content")) == [
        ("cancellation", "sent", "")
    ]


@pytest.mark.one_database
def test_the_last_mail_takes_the_entry_away_and_holds_no_link_to_what_is_gone(person, client, smtp):
    sweep()
    erase(client, person)

    sweep()

    invite, final_mail = smtp.messages
    assert [(entry(m)["UID"], entry(m)["SEQUENCE"]) for m in smtp.messages] == [
        (str(person.uid), 0),
        (str(person.uid), 1),
    ]
    assert [final_mail["To"].addresses[0].addr_spec, smtp.envelopes[1][1]] == [
        person.email,
        [person.email],
    ]
    said = "vos renseignements ont été effacés : vous ne recevrez plus de courriel à son sujet."
    assert plain(text(final_mail)).count(said) == 1
    assert links(text(final_mail)) == [
        f"https://ateliers.example.org{person.workshop.get_absolute_url()}"
    ]


def test_the_last_mail_is_tried_again_and_forgotten_only_then(person, client, smtp, now):
    sweep()
    erase(client, person)
    refuse(smtp, "451 4.7.1 Later")

    sweep()
    waits = OutgoingMail.objects.get()
    sweep(now + timedelta(minutes=5))

    assert (waits.state, waits.content == "") == ("queued", False)
    assert (len(smtp.messages), OutgoingMail.objects.get().content, traces()) == (2, "", [])


@pytest.mark.parametrize("at", ["message", "recipient"])
def test_a_last_mail_that_is_refused_for_good_leaves_no_trace_either(at, person, client, smtp):
    sweep()
    erase(client, person)
    reply = f"550 5.1.1 <{person.email}>: no such person"
    if at == "message":
        refuse(smtp, reply)
    else:

        async def handle_RCPT(server, session, envelope, address, options):
            return reply

        smtp.handle_RCPT = handle_RCPT

    sweep()

    mail = OutgoingMail.objects.get()
    assert (mail.state, mail.content, traces()) == ("failed", "", [])


def test_an_error_noted_before_the_erasure_is_forgotten_too(person, client, smtp):
    refuse(smtp, f"550 5.1.1 <{person.email}>: no such person")
    sweep()

    erase(client, person)
    sweep()

    assert traces() == []


@pytest.mark.one_database
def test_a_last_mail_that_failed_is_dropped_if_the_desk_sends_it_again(
    person, client, admin_client, smtp
):
    sweep()
    erase(client, person)
    refuse(smtp, "554 5.7.1 No")
    sweep()
    chosen = {"action": "send_again", "_selected_action": [OutgoingMail.objects.get().pk]}

    admin_client.post("/admin/registrations/outgoingmail/", chosen)
    sweep()

    assert (OutgoingMail.objects.get().state, len(smtp.messages), traces()) == ("dropped", 1, [])


@pytest.mark.parametrize("path", ["", "modifier/", "donnees.json", "invitation.ics", "effacer/"])
@pytest.mark.one_database
def test_the_links_of_somebody_erased_are_gone(path, person, client):
    erase(client, person)

    assert client.get(f"{person.manage_path}{path}").status_code == 410


@pytest.mark.one_database
def test_the_door_is_gone_too(person, client):
    erase(client, person)

    assert [
        client.get(person.join_path).status_code,
        client.post(person.join_path).status_code,
    ] == [410, 410]


@pytest.mark.parametrize(
    "verb", ["annuler", "reprendre", "renvoyer", "nouvelles", "modifier", "effacer"]
)
@pytest.mark.one_database
def test_no_button_brings_somebody_erased_back(verb, person, client, smtp):
    erase(client, person)
    sweep()
    before = every_row()

    response = client.post(
        f"{person.manage_path}{verb}/", {"first_name": "A", "last_name": "B"}, follow=True
    )

    assert (response.status_code, every_row()) == (410, before)


@pytest.mark.one_database
def test_erasing_again_does_nothing(person, now):
    assert [privacy.erase(person, now=now), privacy.erase(person, now=now)] == [True, False]
    assert OutgoingMail.objects.count() == 1


def test_erasing_after_the_end_keeps_the_attendance_and_not_the_person(
    person, client, smtp, time_machine
):
    sweep()
    time_machine.move_to(person.workshop.starts_at, tick=False)
    Registration.objects.update(joined_at=timezone.now())
    time_machine.move_to(person.workshop.ends_at, tick=False)

    response = erase(client, person)
    sweep()

    row = Registration.objects.get()
    assert (row.state, row.joined_at, row.sequence) == ("confirmed", person.workshop.starts_at, 0)
    assert (traces(), len(smtp.messages), OutgoingMail.objects.count()) == ([], 1, 0)
    assert page_text(response).count("Un dernier courriel part") == 0


@pytest.mark.one_database
def test_somebody_erased_after_the_end_is_not_reached_when_the_workshop_is_put_off(
    person, client, admin_client, admin_user, smtp, time_machine
):
    """A workshop that is over may be moved: no mail goes to the empty address."""
    time_machine.move_to(person.workshop.ends_at)
    erase(client, person)
    admin_client.force_login(admin_user)  # the session has run out
    later = person.workshop.starts_at + timedelta(days=7)
    type(person.workshop).objects.update(starts_at=later, ends_at=later + timedelta(hours=2))

    page = admin_client.get(reverse("admin:events_workshop_change", args=[person.workshop.pk]))
    admin_client.post(f"/admin/events/workshop/{person.workshop.pk}/announce/")
    sweep(later - timedelta(minutes=30))

    assert page_text(page).count("À annoncer") == 0
    assert OutgoingMail.objects.count() == 0


@pytest.mark.one_database
def test_somebody_who_waits_is_erased_with_words_alone(make_workshop, register, client, smtp):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    person = register(workshop, **PERSON)
    sweep()

    erase(client, person)
    sweep()

    final_mail = smtp.messages[-1]
    assert [part.get_content_type() for part in final_mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert plain(text(final_mail)).count("Vous avez quitté la liste d’attente") == 1
    assert traces() == []


def test_the_seat_of_somebody_erased_goes_to_the_first_in_line(make_workshop, register, client):
    workshop = make_workshop(capacity=1)
    person = register(workshop, **PERSON)
    waiting = [register(workshop, email=f"p{number}@example.org") for number in range(2)]

    erase(client, person)

    for registration in waiting:
        registration.refresh_from_db()
    assert [registration.state for registration in waiting] == ["confirmed", "waiting"]
    assert list(waiting[0].mails.order_by("pk").values_list("kind", flat=True)) == [
        "waiting",
        "promotion",
    ]


@pytest.mark.one_database
def test_somebody_who_had_cancelled_is_erased_without_a_second_goodbye(person, client, smtp):
    sweep()
    client.post(f"{person.manage_path}annuler/")
    sweep()

    response = erase(client, person)
    sweep()

    assert (len(smtp.messages), OutgoingMail.objects.count(), traces()) == (2, 0, [])
    assert page_text(response).count("Un dernier courriel part") == 0


@pytest.mark.one_database
def test_the_address_may_register_anew(person, register, client):
    erase(client, person)

    again = register(person.workshop, **PERSON)

    assert (again.state, again.pk != person.pk) == ("confirmed", True)


def test_a_registration_at_another_workshop_stays(person, make_workshop, register, client):
    other = register(make_workshop(), **PERSON)

    erase(client, person)

    assert Registration.objects.filter(email=PERSON["email"]).get() == other


def test_organisers_are_asked_before_they_erase_and_then_it_is_the_same_act(
    person, register, admin_client, smtp
):
    other = register(person.workshop, email="other@example.org")
    sweep()
    chosen = {"action": "erase_people", "_selected_action": [person.pk]}

    question = admin_client.post("/admin/registrations/registration/", chosen)
    asked = Registration.objects.filter(erased_at__isnull=False).count()
    answer = admin_client.post(
        "/admin/registrations/registration/", chosen | {"sure": "yes"}, follow=True
    )
    sweep()

    assert (
        page_text(question).count("Zénaïde Okonkwo (Zenaide@Sables.example), Données culturelles")
        == 1
    )
    assert (asked, [str(message) for message in answer.context["messages"]]) == (
        0,
        ["1 inscription effacée."],
    )
    assert traces() == []
    assert list(Registration.objects.filter(erased_at=None)) == [other]


def test_the_mail_that_cleans_the_calendar_leaves_although_a_worker_held_it_at_that_moment(
    workshop, register, smtp, now
):
    registration = register(workshop)
    worker.run_once(now=now)
    signup.cancel(registration, now=now)
    mail = registration.mails.get(kind="cancellation")
    queue.claim([mail.pk], now=now)

    privacy.erase(registration, now=now)
    worker.run_once(now=now + queue.LEASE)

    assert smtp.messages[-1]["To"].addresses[0].addr_spec == "zoe@example.org"
    assert [part.get_content_type() for part in smtp.messages[-1].walk()].count(
        "text/calendar"
    ) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.content, mail.last_error) == ("sent", "", "")


def test_who_was_erased_while_they_took_their_seat_back_stays_without_one(workshop, register, now):
    registration = register(workshop)
    privacy.erase(Registration.objects.get(pk=registration.pk), now=now)

    answer = signup.reinstate(registration, now=now)

    assert (answer, Registration.objects.get().state) == (False, "cancelled")


def test_an_error_of_a_mail_that_a_worker_holds_is_forgotten_too(person, smtp, now):
    refuse(smtp, f"451 4.7.1 <{person.email}>: later")
    sweep()
    later = now + timedelta(minutes=2)
    [held] = queue.claim([person.mails.get().pk], now=later)
    noted = held.last_error

    privacy.erase(person, now=later)

    held.refresh_from_db()
    assert (person.email in noted, held.last_error) == (True, "")


def test_the_erased_are_nobodys_siblings(workshop, register, now):
    for address in ("a@example.org", "b@example.org"):
        privacy.erase(register(workshop, email=address), now=now)

    assert [list(erased.siblings) for erased in Registration.objects.all()] == [[], []]
