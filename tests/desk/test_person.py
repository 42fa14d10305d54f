"""A person's page at the desk: what it shows, of whom, at what cost, and of a mail."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Workshop
from registrations import worker
from registrations.domain import announcements, attendance, lost_links, privacy, selfservice, signup
from registrations.domain.figures import person as figures
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from tests.helpers.database import every_row
from tests.helpers.desk import page_of
from tests.helpers.logos import give_logo
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database


def section(response, title, following):
    """What a person's page says between two of its headings."""
    return page_text(response).partition(f" {title} ")[2].partition(f" {following} ")[0].strip()


def test_the_page_says_what_the_person_has_and_in_words_what_happened(
    make_workshop, register, admin_client, now
):
    workshop = make_workshop(capacity=1)
    first = register(workshop, email="first@example.org")
    person = register(workshop)

    waits = page_text(admin_client.get(page_of(person)))
    signup.cancel(first, now=now + timedelta(hours=1))
    has_seat = admin_client.get(page_of(person))

    assert "Cette personne est la première en liste d’attente." in waits
    assert "Cette personne a une place." in page_text(has_seat)
    assert page_text(has_seat).endswith(
        "Historique Inscription 15 janvier 2027, 7 h 00 (heure du Québec) "
        "Place obtenue depuis la liste d’attente 15 janvier 2027, 8 h 00 (heure du Québec)"
    )


def test_the_mails_are_listed_with_subject_recipient_state_and_moment(
    workshop, register, admin_client, smtp, now
):
    person = register(workshop)
    worker.run_once(now=now)

    listed = section(admin_client.get(page_of(person)), "Courriels", "Historique")

    assert listed == (
        "Inscription confirmée : lundi 29 mars, 9 h 30 / 15 h 30 "
        "confirmation · envoyé · 15 janvier 2027, 7 h 00 (heure du Québec) "
        "· zoe@example.org"
    )


@pytest.fixture
def in_each_state(workshop, register, communities, now):
    """One person with a mail of each kind, composed or not, true or not."""
    give_logo(communities["Québec"])
    person = register(workshop)
    lost_links.ask(person.email, now=now)
    lost_links.answer(now=now)
    for kind in Kind:
        OutgoingMail.objects.create(
            registration=person,
            kind=kind,
            before=person.told,
            created_at=now,
            due_at=now,
            due_since=now,
        )
    return person


@pytest.mark.parametrize("state", Registration.State)
def test_a_mail_of_each_kind_can_be_read_without_a_secret_and_nothing_changes(
    state, in_each_state, admin_client
):
    Registration.objects.update(state=state)
    before = every_row()

    for mail in in_each_state.mails.all():
        for page in ([], ["html"]):
            answer = admin_client.get(page_of(in_each_state, f"mail/{mail.pk}", *page))
            html = answer.content.decode()
            assert answer.status_code == 200
            for secret in (in_each_state.manage_token, in_each_state.join_token):
                assert secret not in html
            assert "cid:" not in html
    assert every_row() == before


def test_the_mail_is_shown_as_its_reader_sees_it_and_says_that_it_is_written_anew(
    workshop, register, admin_client, smtp, now
):
    person = register(workshop, language="en")
    mail = person.mails.get()

    queued = page_text(admin_client.get(page_of(person, f"mail/{mail.pk}")))
    worker.run_once(now=now)
    sent = page_text(admin_client.get(page_of(person, f"mail/{mail.pk}")))

    assert "Objet Registration confirmed: " in queued
    assert "À zoe@example.org" in queued
    assert "Voici ce courriel tel qu’il partirait maintenant." in queued
    assert "serait écrit aujourd’hui ; il est parti le 15 janvier 2027, 7 h 00" in sent
    assert "Une invitation est jointe" in queued
    assert "https://ateliers.example.org/en/i/●●●/" in queued


def test_the_frame_runs_and_fetches_nothing_and_only_the_desk_may_show_it(
    workshop, register, admin_client
):
    person = register(workshop)
    mail = person.mails.get()

    page = admin_client.get(page_of(person, f"mail/{mail.pk}"))
    frame = admin_client.get(page_of(person, f"mail/{mail.pk}", "html"))

    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert frame["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        "frame-ancestors 'self'; sandbox"
    )


def test_a_mail_with_lost_links_tells_nothing_of_registrations_that_one_may_not_see(
    make_workshop, register, now
):
    person = register(make_workshop(title="Un"))
    everybody = Registration.objects.all()
    lost_links.ask(person.email, now=now)
    lost_links.answer(now=now)
    mails = list(person.mails.order_by("pk"))
    alone = [figures.tells_more(mail, everybody) for mail in mails]

    register(make_workshop(title="Deux"))
    seen = [figures.tells_more(mail, everybody) for mail in mails]
    hidden = [figures.tells_more(mail, everybody.filter(pk=person.pk)) for mail in mails]

    assert (alone, seen, hidden) == ([False] * 2, [False] * 2, [False, True])


def test_a_mail_of_somebody_else_is_not_found_at_this_persons_address(
    workshop, crowd, admin_client
):
    first, second = crowd(workshop, 2)

    for more in ([], ["html"]):
        path = page_of(first, f"mail/{second.mails.get().pk}", *more)
        assert admin_client.get(path).status_code == 404


def test_a_kind_that_a_later_release_stored_is_listed_and_says_why_it_is_not_shown(
    workshop, register, admin_client
):
    person = register(workshop)
    person.mails.update(kind="message")
    mail = person.mails.get()

    listed = section(admin_client.get(page_of(person)), "Courriels", "Historique")
    assert listed.startswith("Message en route ·")
    assert "celle-ci ne sait pas le montrer" in page_text(
        admin_client.get(page_of(person, f"mail/{mail.pk}"))
    )


def test_a_sent_mail_keeps_its_subject_and_its_kind_whatever_happens_after(
    make_workshop, register, admin_client, smtp, now
):
    workshop = make_workshop(capacity=1)
    person = register(workshop)
    worker.run_once(now=now)
    mail = person.mails.get()
    Workshop.objects.filter(pk=workshop.pk).update(
        starts_at=workshop.starts_at + timedelta(days=1), ends_at=workshop.ends_at + timedelta(1)
    )
    Registration.objects.filter(pk=person.pk).update(state="waiting", confirmed_at=None)

    listed = section(admin_client.get(page_of(person)), "Courriels", "Historique")
    shown = page_text(admin_client.get(page_of(person, f"mail/{mail.pk}")))
    OutgoingMail.objects.update(subject="")
    of_old_release = section(admin_client.get(page_of(person)), "Courriels", "Historique")

    assert mail.subject.startswith("Inscription confirmée : lundi 29 mars")
    assert "Inscription confirmée : lundi 29 mars" in " ".join(listed.split())
    assert "30 mars" not in listed
    assert "Votre place est réservée" in shown
    assert of_old_release.startswith("Confirmation ")


def test_each_page_of_a_mail_says_that_it_went_to_an_earlier_address(
    workshop, register, admin_client, smtp, now
):
    person = register(workshop)
    worker.run_once(now=now)
    Registration.objects.filter(pk=person.pk).update(
        email="autre@example.org", address_corrected_at=now + timedelta(hours=1)
    )
    mails = reverse("admin:registrations_outgoingmail_changelist")
    mail = reverse("admin:registrations_outgoingmail_change", args=[person.mails.get().pk])

    for page in (mails, mail, page_of(person)):
        assert "une ancienne adresse, corrigée depuis" in page_text(admin_client.get(page))


def test_other_registrations_of_the_address_are_named_and_those_of_others_are_not(
    make_workshop, register, admin_client
):
    person = register(make_workshop(title="Un"))
    register(make_workshop(title="Deux"), email="ZOE@example.org")
    register(make_workshop(title="Trois"), email="bob@example.org")

    shown = section(
        admin_client.get(page_of(person)), "Autres inscriptions de cette adresse", "Historique"
    )

    assert shown == "Deux (lundi 29 mars 2027) · confirmée"


def test_the_page_of_somebody_erased_shows_nothing_of_them(
    workshop, register, admin_client, smtp, now
):
    person = register(workshop)
    worker.run_once(now=now)
    privacy.erase(person, now=now, by_desk=True, word="Adieu Zoé")
    mail = person.mails.get()
    paths = [page_of(person), page_of(person, f"mail/{mail.pk}")]

    texts = [admin_client.get(path).content.decode() for path in paths]

    for text in texts:
        assert [name in text for name in ("Zoé", "Tremblay", "zoe@", "Adieu")] == [False] * 4
    assert "Données effacées : rien ici ne dit plus" in page_text(admin_client.get(paths[0]))
    assert admin_client.get(page_of(person, f"mail/{mail.pk}", "html")).status_code == 404


def test_the_history_names_the_organiser_and_keeps_no_name_of_the_person(
    workshop, register, admin_client, now
):
    person = register(workshop)
    admin_client.post(page_of(person, "cancel"), {"sure": "yes", "word": "Pour Zoé"})
    admin_client.post(page_of(person, "erase"), {"sure": "yes"})

    text = page_text(admin_client.get(page_of(person))).partition("Historique Inscription")[2]

    said = ["Inscription annulée, par admin", "Personne effacée, par admin"]
    assert [text.count(words) for words in said] == [1, 1]
    assert "Zoé" not in text


@pytest.mark.parametrize("is_logged", [True, False])
def test_who_cancelled_under_the_last_release_is_told_as_far_as_it_is_known(
    is_logged, workshop, register, admin_client, admin_user, now
):
    person = register(workshop, now=now - timedelta(hours=1))
    signup.cancel(person, now=now)
    if is_logged:
        LogEntry.objects.create(
            user=admin_user,
            content_type=ContentType.objects.get_for_model(person),
            object_id=person.pk,
            action_flag=CHANGE,
            change_message="Inscription annulée.",
        )
        Registration.objects.update(cancelled_by_desk=True)

    text = page_text(admin_client.get(page_of(person)))

    assert text.count("par la personne elle-même") == 0
    assert text.count("Inscription annulée par l’équipe organisatrice.") == is_logged
    said = text.partition("Historique Inscription")[2]
    assert (said.count("Inscription annulée"), said.count("par admin")) == (1, is_logged)


def test_who_cancelled_by_their_own_link_is_said_to_have(workshop, register, admin_client, now):
    person = register(workshop)
    selfservice.verify(person, now=now)
    signup.cancel(person, now=now)

    text = page_text(admin_client.get(page_of(person)))

    assert text.count("Inscription annulée par la personne elle-même") == 2


def test_the_page_costs_the_same_however_many_mails_and_events_there_are(
    make_workshop, register, admin_client, now
):
    workshop, costs = make_workshop(), []
    person = register(workshop)
    admin_client.get(page_of(person))
    for count in (1, 10):
        for number in range(count):
            register(make_workshop(title=f"Autre {count} {number}"))
            Workshop.objects.filter(pk=workshop.pk).update(place=f"Salle {count} {number}")
            announcements.announce(workshop, now=now)
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(page_of(person))
        costs.append(len(queries))

    assert costs == [10, 10]


def test_whoever_may_only_look_is_offered_no_act_and_refused_each(
    workshop, register, client, make_organiser
):
    person = register(workshop)
    client.force_login(make_organiser("looker", "view_registration"))

    page = client.get(page_of(person))

    assert 'class="acts"' not in page.content.decode()
    assert "Courriels" not in page_text(page)
    acts = ("cancel", "restore", "confirm", "resend", "address", "erase", "come")
    answers = {client.post(page_of(person, act), {"sure": "yes"}).status_code for act in acts}
    mail = client.get(page_of(person, f"mail/{person.mails.get().pk}"))
    assert (answers, mail.status_code) == ({403}, 403)
    person.refresh_from_db()
    assert person.is_confirmed


@pytest.mark.parametrize("more", ["cancel", "come", "erase", "mail/1", "mail/1/html"])
@pytest.mark.parametrize("key", ["0", "9" * 30])
def test_a_person_who_does_not_exist_is_not_found(more, key, admin_client):
    assert admin_client.get(f"/admin/registrations/registration/{key}/{more}/").status_code == 404


def test_presence_is_noted_from_the_opening_of_the_door_on_and_taken_back(
    make_workshop, register, admin_client, now
):
    person = register(make_workshop(starts_at=now, ends_at=now + timedelta(hours=1)))
    door = person.workshop.door_opens_at
    early = attendance.mark_come(person, now=door - timedelta(seconds=1))

    offers = "Noter la présence" in page_text(admin_client.get(page_of(person)))
    noted = page_text(admin_client.post(page_of(person, "come"), follow=True))
    person.refresh_from_db()
    came = person.came
    taken_back = page_text(admin_client.post(page_of(person, "come"), {"undo": "yes"}, follow=True))
    person.refresh_from_db()

    assert (early, offers, came, person.came) == (False, True, True, False)
    assert "Cette personne est venue." in noted
    assert "Cette personne est venue." not in taken_back


@pytest.mark.parametrize("state", ["waiting", "cancelled"])
def test_presence_is_noted_of_those_with_a_seat_alone(state, workshop, register):
    person = register(workshop)
    Registration.objects.update(state=state)
    person.refresh_from_db()

    assert attendance.mark_come(person, now=workshop.starts_at) is False


def test_who_entered_the_room_needs_no_note_of_it(make_workshop, register, admin_client, now):
    person = register(make_workshop(starts_at=now, ends_at=now + timedelta(hours=1)))
    type(person).objects.update(joined_at=now)

    page = page_text(admin_client.get(page_of(person)))

    assert ("Cette personne est venue." in page, "Noter la présence" in page) == (True, False)
