"""The history of a row at the desk: in French, and of what was changed alone."""

import json

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from tests.helpers.desk import desk, edit_person, save
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database


def history(client, row):
    names = row._meta.app_label, row._meta.model_name
    page = client.get(reverse("admin:{}_{}_history".format(*names), args=[row.pk]))
    return [plain_message(entry) for entry in page.context["action_list"]], page_text(page)


def content_type_of(row):
    return ContentType.objects.get_for_model(row).pk


def plain_message(entry):
    return " ".join(entry.get_change_message().split())


def test_a_change_is_told_in_french(make_workshop, communities, admin_client):
    workshop = make_workshop(description="Un.\n\nDeux.")
    row = {"presentations-0-community": communities["Québec"].pk, "presentations-0-title": "Un"}
    row |= {"presentations-0-position": 1, "presentations-TOTAL_FORMS": 1}

    save(admin_client, workshop, state="draft", start_1="10:00", place="Jitsi")
    save(admin_client, workshop, **row)
    save(admin_client, workshop, **{"presentations-0-title": "Deux"})
    save(admin_client, workshop, **{"presentations-0-DELETE": "on"})
    save(admin_client, workshop)

    told, text = history(admin_client, workshop)
    assert sorted(told) == sorted(
        [
            "Modifié : Début, état et où.",
            "Ajouté : présentation « Un ».",
            "Modifié : titre (présentation « Deux »).",
            "Supprimé : présentation « Deux ».",
            "Aucun champ modifié.",
        ]
    )
    assert "Modifié : Début, état et où." in text


def test_what_an_earlier_release_wrote_is_told_in_french_too(workshop, admin_client, admin_user):
    fields = ["State", "What it is about", "Meeting address"]
    LogEntry.objects.create(
        user=admin_user,
        content_type_id=content_type_of(workshop),
        object_id=workshop.pk,
        object_repr="x",
        action_flag=2,
        change_message=json.dumps([{"changed": {"fields": fields}}]),
    )

    told, _text = history(admin_client, workshop)

    assert told == ["Modifié : état, de quoi il s’agit et adresse de la rencontre."]


def test_an_act_of_ours_is_told_in_french(workshop, admin_client):
    admin_client.post(f"/admin/events/workshop/{workshop.pk}/notice/")

    told, _text = history(admin_client, workshop)

    assert told == ["Personnes abonnées prévenues de l’atelier."]


def test_the_history_of_a_person_is_in_french(workshop, register, admin_client):
    person = register(workshop)
    edit_person(admin_client, person, first_name="Zoë", last_name="Roy")

    told, _text = history(admin_client, person)

    assert told == ["Modifié : prénom et nom."]


def test_the_history_of_a_row_that_is_gone_leads_back(admin_client, db):
    assert admin_client.get(desk_history(99)).status_code == 302


def desk_history(pk):
    return reverse("admin:events_workshop_history", args=[pk])


def test_words_in_a_log_entry_stay_as_they_are(workshop, admin_client, admin_user):
    for words in ("Un courriel part.", "[pas du JSON", "3", ""):
        LogEntry.objects.create(
            user=admin_user,
            content_type_id=content_type_of(workshop),
            object_id=workshop.pk,
            object_repr="x",
            action_flag=2,
            change_message=words,
        )

    assert admin_client.get(desk(workshop).replace("change", "history")).status_code == 200
    assert set(history(admin_client, workshop)[0]) >= {"Un courriel part.", "[pas du JSON", "3"}


def test_it_stands_on_the_first_hosts_clock_or_on_the_desks(
    make_workshop, register, communities, admin_client, admin_user, settings, now
):
    settings.DESK_ZONE = "Europe/Paris"
    person = register(make_workshop())
    mail = person.mails.get()
    rows = [person.workshop, person, mail, communities["Québec"]]
    for row in rows:
        LogEntry.objects.create(
            user=admin_user,
            content_type_id=content_type_of(row),
            object_id=row.pk,
            action_flag=2,
            change_message="Vu.",
            action_time=now,
        )

    texts = [history(admin_client, row)[1] for row in rows]

    here, there = "15 janvier 2027, 7 h 00 (heure du Québec)", "15 janvier 2027, 13 h 00 (Paris)"
    assert [here in text for text in texts] == [True, True, True, False]
    assert there in texts[3]
