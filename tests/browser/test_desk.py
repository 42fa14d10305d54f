"""Every page of the desk on a phone and on a wide screen, light and dark, and by keyboard."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from events.models import Presentation, Workshop
from praxis.accounts import mails
from registrations.domain import bulk_acts
from registrations.models import BulkAct, OutgoingMail, Registration
from tests.helpers.axe import bring_axe, violations

pytestmark = [pytest.mark.django_db(transaction=True)]

WIDTHS = [360, 1280]
# How far the page is wider than the screen.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SHEET = "link[rel=stylesheet][href*='desk.']"


@pytest.fixture
def paths(make_workshop, communities, register, admin_user):
    """{what is shown: its path}, for each kind of page of the desk."""
    workshop = make_workshop(capacity=1, title="Données " + "intercommunautaires " * 6)
    draft = make_workshop(state=Workshop.State.DRAFT)
    Presentation.objects.create(workshop=workshop, community=communities["Québec"], title="A")
    workshop.partners.create(name="Ministère")
    person = register(workshop, email="marie-eve.lachance@tres-longue-organisation.example.org")
    register(workshop, email="awa@example.org")
    OutgoingMail.objects.filter(registration=person).update(
        state="failed", last_error="550 5.1.1 <marie-eve.lachance@example.org>: User unknown"
    )
    group = Group.objects.create(name="Équipe")
    moved = make_workshop(title="Déplacé")
    register(moved)
    Workshop.objects.filter(pk=moved.pk).update(ends_at=moved.ends_at + timedelta(minutes=30))
    message = [{"changed": {"fields": ["starts at", "ends at", "translated description"]}}]
    LogEntry.objects.create(
        user=admin_user,
        content_type=ContentType.objects.get_for_model(moved),
        object_id=moved.pk,
        object_repr=str(moved),
        action_flag=CHANGE,
        change_message=json.dumps(message),
    )
    address = "marie-eve.lachance@tres-longue-organisation.example.org"
    colleague = User.objects.create_user(address, address, "praxis-praxis", is_staff=True)
    everybody = Registration.objects.all()
    act = bulk_acts.begin(BulkAct.Kind.CONFIRM, everybody, by=admin_user, now=person.created_at)
    pages = {
        "first page": reverse("admin:index"),
        "part": reverse("admin:app_list", args=["events"]),
        "password": reverse("admin:password_change"),
        "add workshop": reverse("admin:events_workshop_add"),
        "add community": reverse("admin:events_community_add"),
        "add account": reverse("admin:auth_user_add"),
        "delete": reverse("admin:events_workshop_delete", args=[draft.pk]),
        "history": reverse("admin:events_workshop_history", args=[workshop.pk]),
        "people found": reverse("admin:registrations_registration_changelist") + "?q=awa",
        "filtered": reverse("admin:registrations_outgoingmail_changelist") + "?state__exact=failed",
        "popup": reverse("admin:events_partner_add") + "?_popup=1",
        "to announce": reverse("admin:events_workshop_overview", args=[moved.pk]),
        "account with a long address": reverse("admin:auth_user_change", args=[colleague.pk]),
        "history of changes": reverse("admin:events_workshop_history", args=[moved.pk]),
        "board": reverse("admin:events_workshop_board", args=[workshop.pk]) + "?stay",
        "board on paper": reverse("admin:events_workshop_board", args=[workshop.pk]) + "?print",
        "second step": reverse("admin:second_factor"),
        "second step set up": reverse("admin:second_factor_set_up"),
        "second step off": reverse("admin:second_factor_remove"),
        "a mail": reverse(
            "admin:registrations_registration_mail", args=[person.pk, person.mails.first().pk]
        ),
        "question of one": reverse("admin:registrations_registration_cancel", args=[person.pk]),
        "certificates withdrawn": reverse("admin:registrations_revokedattestation_changelist"),
        "certificate by its code": reverse("admin:registrations_revokedattestation_add"),
        "bulk act": reverse("admin:registrations_bulkact", args=[act.pk]) + "?stay",
        "new password asked": reverse("admin_password_reset"),
        "new password sent": reverse("password_reset_done"),
        "new password chosen": mails.password_path(admin_user),
        "new password too late": reverse("admin:choose_password", args=["x", "y"]),
    }
    rows = [workshop, communities["Québec"], workshop.partners.get(), person]
    for row in [*rows, person.mails.first(), admin_user, group]:
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        pages[f"{name} list"] = reverse(f"{name}_changelist")
        pages[f"{name} page"] = reverse(f"{name}_change", args=[row.pk])
    return pages


def test_no_page_of_the_desk_has_a_fault(paths, open_page):
    desk_page = open_page("/admin/", own=True)
    bring_axe(desk_page)
    sign_in(desk_page)
    found, wide, sheets, said = {}, {}, {}, []

    def look(name):
        said.extend(desk_page.complaints)
        found[name] = violations(desk_page, WIDTHS)
        # axe-core itself sets styles.
        desk_page.complaints.clear()
        desk_page.set_viewport_size({"width": 360, "height": 800})
        wide[name] = desk_page.evaluate(TOO_WIDE)
        sheets[name] = desk_page.locator(SHEET).count()

    for name, path in paths.items():
        desk_page.goto(path)
        look(name)
    desk_page.goto(paths["admin:registrations_registration list"])
    desk_page.check(".action-select >> nth=0")
    desk_page.select_option("[name=action]", "cancel_registrations")
    desk_page.click(".actions button")
    look("question")
    desk_page.click("#logout-form button")
    look("signed out")
    desk_page.goto("/admin/login/")
    look("sign-in")

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert {name: much for name, much in wide.items() if much > 0} == {}
    assert {name: count for name, count in sheets.items() if count != 1} == {}
    assert said == []


def sign_in(page):
    page.fill("#id_username", "admin")
    page.fill("#id_password", "password")
    page.click("input[type=submit]")


def test_a_card_says_on_a_phone_what_the_table_says(make_workshop, register, desk_page):
    register(make_workshop(capacity=20, meeting_url="https://zoom.example/j/1"))
    desk_page.set_viewport_size({"width": 360, "height": 800})
    desk_page.goto(reverse("admin:events_workshop_changelist"))

    row = desk_page.get_by_role("row").filter(has_text="Données culturelles")

    texts = [" ".join(text.split()) for text in row.get_by_role("cell").all_inner_texts()]
    assert texts == [
        "lundi 29 mars 2027 9 h 30 – 12 h 00 (heure du Québec) 15 h 30 – 18 h 00 (heure de France)",
        "publié",
        "Les inscriptions sont ouvertes",
        "1 / 20",
    ]
    assert all(cell.is_visible() for cell in row.get_by_role("cell").all())


def test_the_keyboard_skips_to_what_one_came_for(workshop, desk_page):
    desk_page.goto(reverse("admin:events_workshop_changelist"))

    desk_page.keyboard.press("Tab")
    desk_page.keyboard.press("Enter")
    desk_page.keyboard.press("Tab")

    focused = desk_page.evaluate("document.activeElement.textContent.trim()")
    assert focused == "Ajouter\u00a0: atelier"
    assert desk_page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_going_back_after_an_act_shows_the_question_again_and_does_nothing(
    workshop, register, desk_page
):
    person = register(workshop)
    desk_page.goto(reverse("admin:registrations_registration_changelist"))
    desk_page.check(".action-select")
    desk_page.select_option("[name=action]", "cancel_registrations")
    desk_page.click(".actions button")
    desk_page.click("#content form [type=submit]")

    desk_page.go_back()

    assert desk_page.locator("h1").inner_text() == "Annuler cette inscription\u202f?"
    assert person.mails.count() == 2
