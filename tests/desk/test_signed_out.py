"""The session ends while somebody types at the desk: what they typed comes back."""

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from events.models import Workshop
from tests.helpers.desk import desk
from tests.helpers.logos import svg, upload
from tests.helpers.mails import plain
from tests.helpers.pages import FieldsOf

pytestmark = pytest.mark.one_database

ADD = "/admin/events/workshop/add/"
BACK = "Votre session avait pris fin : rien n’est encore enregistré."
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
