"""The session ends while somebody types at the desk: what they typed comes back."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from events.models import Workshop
from registrations.domain import bulk_acts
from registrations.models import BulkAct, Registration
from tests.helpers.desk import BACK, desk, page_of, said
from tests.helpers.logos import svg, upload
from tests.helpers.mails import plain
from tests.helpers.pages import FieldsOf

pytestmark = pytest.mark.one_database

ADD = "/admin/events/workshop/add/"
PASSWORD = "x-mot-de-passe-9"


@pytest.fixture
def people(django_user_model):
    make = django_user_model.objects.create_superuser
    return [make(name, password=PASSWORD) for name in ("lea", "awa")]


@pytest.fixture
def browser(people):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, "/admin/login/?next=/admin/", "lea")
    return client


def sign_in(client, page, name):
    """Sign in on the sign-in page; the page after it."""
    token = FieldsOf(client.get(page).content.decode(), "login-form").fields["csrfmiddlewaretoken"]
    typed = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": token}
    return client.post(page, typed, follow=True)


def fields_of(response):
    return FieldsOf(response.content.decode(), "workshop_form").fields


def errors(page):
    return [plain(each) for each in page.context["adminform"].form.non_field_errors()]


def test_what_was_typed_is_back_after_the_sign_in_and_saved_by_a_press(workshop, browser):
    typed = fields_of(browser.get(desk(workshop))) | {"place": "Jitsi"}
    Session.objects.all().delete()

    away = browser.post(desk(workshop), typed)
    asked = browser.get(away["Location"]).content.decode()
    page = sign_in(browser, away["Location"], "lea")

    assert "Votre session a pris fin. Ce que vous avez tapé est gardé." in asked
    assert "saisies sont de retour" in plain(page.content.decode())
    assert (fields_of(page)["place"], errors(page)) == ("Jitsi", [BACK])
    assert Workshop.objects.get().place == "Zoom"
    again = browser.get(desk(workshop))
    assert fields_of(again)["place"] == "Jitsi"
    saved = browser.post(desk(workshop), fields_of(again))
    assert (saved.status_code, Workshop.objects.get().place) == (302, "Jitsi")
    assert errors(browser.get(desk(workshop))) == []


def test_a_new_workshop_is_back_too(communities, browser):
    typed = fields_of(browser.get(ADD)) | {"title": "Nouveau", "start_0": "2027-03-29"}
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)

    page = sign_in(browser, browser.post(ADD, typed)["Location"], "lea")

    shown = fields_of(page)
    assert (shown["title"], shown["start_0"]) == ("Nouveau", "2027-03-29")
    assert Workshop.objects.count() == 0


def test_another_organiser_in_the_same_browser_does_not_see_it(workshop, browser):
    typed = fields_of(browser.get(desk(workshop))) | {"place": "Jitsi"}
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)

    page = sign_in(browser, browser.post(desk(workshop), typed)["Location"], "awa")

    assert (fields_of(page)["place"], errors(page)) == ("Zoom", [])
    assert "unsaved" not in browser.session


def test_what_others_saved_meanwhile_is_merged(workshop, browser):
    typed = fields_of(browser.get(desk(workshop))) | {"place": "Jitsi"}
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    away = browser.post(desk(workshop), typed)
    Workshop.objects.update(place="Teams", banner="Série")

    page = sign_in(browser, away["Location"], "lea")

    assert (fields_of(page)["place"], fields_of(page)["banner"]) == ("Jitsi", "Série")
    found = page.context["adminform"].form.errors["place"]
    assert plain(found[0]) == "Enregistré entre-temps : Teams · Vous avez tapé : Jitsi"


@pytest.mark.parametrize("signed_in", [True, False])
def test_without_the_other_cookie_it_is_back_as_well(signed_in, workshop, browser):
    typed = fields_of(browser.get(desk(workshop))) | {"place": "Jitsi"}
    browser.cookies.pop(settings.CSRF_COOKIE_NAME)
    if not signed_in:
        browser.cookies.pop(settings.SESSION_COOKIE_NAME)

    away = browser.post(desk(workshop), typed)
    page = browser.get(away["Location"])
    page = page if signed_in else sign_in(browser, away["Location"], "lea")

    assert (fields_of(page)["place"], errors(page)) == ("Jitsi", [BACK])


@pytest.mark.parametrize("note", [None, "forged", "of another page"])
def test_what_no_page_of_the_desk_asked_for_is_not_kept(note, workshop, browser):
    typed = fields_of(browser.get(desk(workshop))) | {"place": "Jitsi"}
    typed["_opened"] = {
        None: "",
        "forged": typed["_opened"][:-1] + "!",
        "of another page": fields_of(browser.get(ADD))["_opened"],
    }[note]
    browser.cookies.clear()

    answer = browser.post(desk(workshop), typed)

    assert answer.status_code == 403
    assert browser.get(reverse("admin:login")).wsgi_request.session.is_empty()


def test_a_chosen_file_is_asked_for_again(communities, browser):
    page = reverse("admin:events_community_change", args=[communities["Québec"].pk])
    shown = FieldsOf(browser.get(page).content.decode(), "community_form").fields
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)

    typed = shown | {"site": "https://a.example/", "logo": upload(svg())}
    back = sign_in(browser, browser.post(page, typed)["Location"], "lea")

    form = back.context["adminform"].form
    assert form["site"].value() == "https://a.example/"
    assert [plain(each) for each in form.errors["logo"]] == [
        "Choisissez le fichier de nouveau : il n’a pas été gardé."
    ]


NOTHING = "Rien n’a été fait : appuyez de nouveau sur le bouton."


@pytest.fixture
def press(browser, time_machine):
    """Press a button of `page` after the session has ended, and sign in; the page that follows."""

    def act(page, path, **typed):
        token = browser.get(page).context["csrf_token"]
        browser.cookies.pop(settings.SESSION_COOKIE_NAME)
        away = browser.post(path, typed | {"csrfmiddlewaretoken": str(token)})
        return sign_in(browser, away["Location"], "lea")

    return act


def test_a_button_pressed_on_the_board_after_the_session_leads_back_to_it(
    workshop, register, press
):
    person = register(workshop)
    board = f"/admin/events/workshop/{workshop.pk}/board/?q=zo&missing=yes"

    for typed in ({"come": person.pk}, {"resend": person.pk}, {"late": "5"}):
        page = press(board, board, **typed)
        assert page.redirect_chain[-1][0] == board
        assert said(page) == [NOTHING]


def test_so_does_every_other_button_without_a_question(workshop, register, now, people, press):
    person = register(workshop)
    everybody = Registration.objects.all()
    act = bulk_acts.begin(BulkAct.Kind.CANCEL, everybody, by=people[0], now=now)
    acts, rows = "/admin/registrations/bulkact/", "/admin/registrations/registration/"
    announce = f"/admin/events/workshop/{workshop.pk}/announce/"
    overview = f"/admin/events/workshop/{workshop.pk}/overview/"
    chosen = {"action": "cancel_registrations", "_selected_action": person.pk}
    buttons = [
        (page_of(person), page_of(person, "come"), {}, page_of(person)),
        (f"{acts}{act.pk}/?stay", f"{acts}{act.pk}/stop/", {}, f"{acts}{act.pk}/"),
        (f"{rows}?state=confirmed", f"{rows}?q=zo", chosen, f"{rows}?q=zo"),
        (f"{rows}?q=zo", f"{rows}?q=zo", chosen | {"sure": "yes"}, f"{rows}?q=zo"),
        (overview, announce, {}, overview),
    ]

    for page, path, typed, back in buttons:
        answer = press(page, path, **typed)
        assert (answer.redirect_chain[-1][0], said(answer)) == (back, [NOTHING])
    person.refresh_from_db()
    assert (person.is_confirmed, BulkAct.objects.get().is_running) == (True, True)


def test_an_organisers_word_is_back_after_the_sign_in(workshop, register, browser):
    person = register(workshop)
    path = page_of(person, "cancel")
    typed = fields_of_question(browser.get(path)) | {"word": "Le cœur gros."}
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)

    page = sign_in(browser, browser.post(path, typed)["Location"], "lea")

    back = fields_of_question(page)
    assert (back["word"], said(page)) == ("Le cœur gros.", [NOTHING])
    person.refresh_from_db()
    assert person.is_confirmed
    browser.post(path, back)
    person.refresh_from_db()
    assert person.organisers_word == "Le cœur gros."
    assert "unsaved" not in browser.session


def fields_of_question(page):
    return FieldsOf(page.content.decode(), "question").fields


def test_signing_out_twice_is_no_button_pressed_in_vain(browser):
    browser.get("/admin/")
    token = browser.cookies[settings.CSRF_COOKIE_NAME].value
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)

    away = browser.post("/admin/logout/", {"csrfmiddlewaretoken": token})

    assert away["Location"] == "/admin/"
