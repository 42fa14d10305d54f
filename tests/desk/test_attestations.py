"""Taking a certificate back at the desk: from the person's page, and by its code."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from registrations.domain import attestations, privacy
from registrations.domain.attestations import Standing
from registrations.models import Registration, RevokedAttestation
from tests.helpers.database import every_row
from tests.helpers.desk import page_of, said
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

LIST = reverse("admin:registrations_revokedattestation_changelist")
BY_CODE = reverse("admin:registrations_revokedattestation_add")


@pytest.fixture
def person(workshop, register, time_machine, admin_client, admin_user):
    person = register(workshop, first_name="Zénaïde", last_name="Okonkwo")
    Registration.objects.update(joined_at=workshop.starts_at)
    time_machine.move_to(workshop.ends_at + timedelta(days=1), tick=False)
    admin_client.force_login(admin_user)
    person.refresh_from_db()
    return person


@pytest.fixture
def code(person):
    return attestations.signed(attestations.statement(person))[1]


def standing(code):
    return attestations.check(code).standing


def test_the_persons_page_asks_why_then_takes_back_and_gives_back(person, code, admin_client):
    before = every_row()
    asked = admin_client.get(page_of(person, "revoke"))
    assert "Qui la vérifie lira aussitôt" in page_text(asked)
    assert every_row() == before

    again = admin_client.post(page_of(person, "revoke"), {"sure": "yes"})
    assert "Choisissez l’une des raisons." in page_text(again)
    assert standing(code) is Standing.GENUINE

    typed = {"sure": "yes", "reason": "absent"}
    page = admin_client.post(page_of(person, "revoke"), typed, follow=True)
    assert said(page, "success") == ["L’attestation est retirée."]
    assert standing(code) is Standing.REVOKED

    page = admin_client.post(page_of(person, "give_back"), {"sure": "yes"}, follow=True)
    assert said(page, "success") == ["L’attestation est de nouveau valable."]
    assert standing(code) is Standing.GENUINE
    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "Attestation de participation retirée.",
        "Attestation de participation rendue.",
    ]


def test_nobody_has_one_to_take_back_before_the_end(person, admin_client, time_machine):
    time_machine.move_to(person.workshop.starts_at)

    assert "../revoke/" not in admin_client.get(page_of(person, "change")).content.decode()
    answer = admin_client.post(page_of(person, "revoke"), {"sure": "yes", "reason": "other"})
    assert (answer.status_code, RevokedAttestation.objects.count()) == (302, 0)


def test_after_an_erasure_the_code_takes_it_back_and_gives_it_back(person, code, admin_client):
    privacy.erase(person, now=person.workshop.ends_at)
    before = every_row()

    shown = page_text(admin_client.post(BY_CODE, {"code": f" {code[:50]}\n{code[50:]}"}))
    assert "Nom Zénaïde Okonkwo Atelier Données culturelles Date lundi 29 mars 2027" in shown
    again = admin_client.post(BY_CODE, {"code": code, "sure": "yes"})
    assert "Choisissez l’une des raisons." in page_text(again)
    assert every_row() == before

    typed = {"code": code, "sure": "yes", "reason": "replaced"}
    page = admin_client.post(BY_CODE, typed, follow=True)
    assert said(page, "success") == ["L’attestation est retirée."]
    assert standing(code) is Standing.REVOKED
    listed = page_text(page)
    assert "Données culturelles (lundi 29 mars 2027) une autre attestation la remplace" in listed
    assert "30 mars 2027, 12 h 00 (heure du Québec)" in listed
    traces = [row for rows in every_row().values() for row in rows if "Okonkwo" in row]
    assert (traces, code[-40:] in str(every_row())) == ([], False)

    shown = page_text(admin_client.post(BY_CODE, {"code": code}))
    assert "Cette attestation est retirée. Rendue, elle est de nouveau valable" in shown
    page = admin_client.post(BY_CODE, {"code": code, "give_back": "yes"}, follow=True)
    assert said(page, "success") == ["L’attestation est de nouveau valable."]
    assert standing(code) is Standing.GENUINE


def test_a_code_that_is_none_is_answered_with_a_sentence_and_stays(person, admin_client):
    page = admin_client.post(BY_CODE, {"code": "A" * 90, "sure": "yes", "reason": "other"})

    assert "Ce code n’est celui d’aucune attestation" in page_text(page)
    assert "A" * 90 + "</textarea>" in page.content.decode()


def test_organisers_of_another_community_neither_take_back_nor_see(
    person, code, client, make_organiser
):
    rights = ["view_registration", "change_registration"]
    client.force_login(make_organiser("ailleurs", *rights, places=["Martinique"]))
    answer = attestations.check(code)

    refused = client.post(BY_CODE, {"code": code, "sure": "yes", "reason": "other"})
    assert "vos communautés n’organisent pas" in page_text(refused)
    assert "Okonkwo" not in page_text(refused)
    assert standing(code) is Standing.GENUINE

    attestations.revoke_code(answer, now=person.workshop.ends_at, reason="other")
    client.post(BY_CODE, {"code": code, "give_back": "yes"})
    assert standing(code) is Standing.REVOKED
    assert "Données culturelles" not in page_text(client.get(LIST))

    client.force_login(make_organiser("ici", *rights, places=["Québec"]))
    assert "Données culturelles" in page_text(client.get(LIST))
    assert client.post(BY_CODE, {"code": code, "give_back": "yes"}).status_code == 302
    assert standing(code) is Standing.GENUINE


def test_the_list_costs_as_many_statements_for_many_as_for_two(
    person, admin_client, make_workshop, django_assert_max_num_queries
):
    def add(count):
        for _ in range(count):
            number = RevokedAttestation.objects.count()
            RevokedAttestation.objects.create(
                digest=f"{number:064x}",
                workshop=make_workshop(),
                reason="other",
                revoked_at=person.workshop.ends_at,
            )

    add(2)
    with django_assert_max_num_queries(50) as two:
        admin_client.get(LIST)
    add(8)
    with django_assert_max_num_queries(50) as ten:
        admin_client.get(LIST)

    assert len(ten) == len(two)
