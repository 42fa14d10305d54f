"""A page that stayed open: of a person or of an account, it undoes nothing that others saved."""

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client

from registrations.domain.roles import update_roles
from registrations.models import Registration
from tests.helpers.desk import BACK, edit_person, errors, page_of
from tests.helpers.pages import FieldsOf, page_text

pytestmark = pytest.mark.one_database

ACCOUNTS = "/admin/auth/user/"
SAVED_BY = "Cette page a été enregistrée pendant que vous l’aviez ouverte : par "


def fields_of(page, form):
    return FieldsOf(page.content.decode(), form).fields


def test_an_old_tab_of_a_person_leaves_what_others_corrected(workshop, register, awa, admin_client):
    person = register(workshop)
    shown = fields_of(admin_client.get(page_of(person)), "registration_form")
    edit_person(awa, person, last_name="Tremblé", organisation="Musée")

    page = admin_client.post(
        page_of(person), shown | {"first_name": "Zoë", "_continue": "yes"}, follow=True
    )

    after = Registration.objects.get()
    assert (after.first_name, after.last_name, after.organisation) == ("Zoë", "Tremblé", "Musée")
    assert f"{SAVED_BY}Awa Diop, à l’instant." in page_text(page)


def test_of_a_person_what_both_typed_is_shown_twice(workshop, register, awa, admin_client):
    person = register(workshop)
    shown = fields_of(admin_client.get(page_of(person)), "registration_form")
    edit_person(awa, person, last_name="Tremblé")

    page = admin_client.post(page_of(person), shown | {"last_name": "Trombley"})

    assert Registration.objects.get().last_name == "Tremblé"
    assert errors(page)["last_name"] == [
        "Enregistré entre-temps : Tremblé · Vous avez tapé : Trombley"
    ]


@pytest.fixture
def lea(communities):
    """A colleague's account, which may be used and belongs to Québec."""
    user = User.objects.create_user(
        "lea", "lea@example.org", first_name="Léa", is_staff=True, is_superuser=True
    )
    # A transactional test before this one may have emptied the table.
    update_roles(apps)
    user.groups.set(Group.objects.order_by("name")[:2])
    for place in ("Québec", "France"):
        user.memberships.create(community=communities[place])
    return user


def account(user):
    return f"{ACCOUNTS}{user.pk}/change/"


def account_fields(client, user):
    """What a browser sends of the account's page, of which several boxes have one name."""
    form = client.get(account(user)).context["adminform"].form
    fields = fields_of(client.get(account(user)), "user_form")
    several = ("groups", "communities", "user_permissions")
    return fields | {name: sorted(map(str, keys_of(form[name].value()))) for name in several}


def keys_of(values):
    return [getattr(each, "pk", each) for each in values or ()]


def test_an_old_tab_of_an_account_gives_nobody_access_again(lea, communities, awa, admin_client):
    shown = account_fields(admin_client, lea)
    hers = account_fields(awa, lea)
    del hers["is_active"], hers["is_superuser"]
    awa.post(account(lea), hers | {"groups": [], "communities": [communities["France"].pk]})

    page = admin_client.post(
        account(lea), shown | {"first_name": "Lia", "_continue": "yes"}, follow=True
    )

    lea.refresh_from_db()
    assert (lea.first_name, lea.is_active, lea.is_superuser) == ("Lia", False, False)
    assert not lea.groups.exists()
    assert [each.community for each in lea.memberships.all()] == [communities["France"]]
    assert f"{SAVED_BY}Awa Diop, à l’instant." in page_text(page)


def test_two_who_change_the_roles_of_one_account_decide_together(lea, awa, admin_client):
    shown, (first, second) = account_fields(admin_client, lea), lea.groups.order_by("pk")
    awa.post(account(lea), account_fields(awa, lea) | {"groups": [first.pk]})

    page = admin_client.post(account(lea), shown | {"groups": [second.pk]})

    assert list(lea.groups.all()) == [first]
    assert errors(page)["groups"][0].startswith("Enregistré entre-temps : ")


def test_an_untouched_account_is_saved_without_a_word(lea, awa, admin_client):
    shown = account_fields(admin_client, lea)

    page = admin_client.post(account(lea), shown | {"_continue": "yes"}, follow=True)

    assert SAVED_BY not in page_text(page)
    assert page.redirect_chain


def test_a_question_that_stayed_open_does_not_undo_a_corrected_address(
    workshop, register, awa, admin_client
):
    person = register(workshop, email="zoe@exmaple.org")
    path = page_of(person, "address")
    shown = [fields_of(each.get(path), "question") for each in (admin_client, awa)]
    awa.post(path, shown[1] | {"address": "zoe@example.org"})

    page = admin_client.post(path, shown[0] | {"address": "zoe@example.com"})

    person.refresh_from_db()
    assert person.email == "zoe@example.org"
    assert (
        "Entre-temps, quelqu’un a corrigé l’adresse : zoe@exmaple.org est devenue zoe@example.org."
    ) in page_text(page)
    admin_client.post(path, fields_of(page, "question"))
    person.refresh_from_db()
    assert person.email == "zoe@example.com"


PASSWORD = "x-mot-de-passe-9"


@pytest.fixture
def browser(django_user_model):
    django_user_model.objects.create_superuser("nora", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    sign_in(client, "/admin/login/?next=/admin/")
    return client


def sign_in(client, page):
    """Sign in on the sign-in page; the page after it."""
    token = fields_of(client.get(page), "login-form")["csrfmiddlewaretoken"]
    typed = {"username": "nora", "password": PASSWORD, "csrfmiddlewaretoken": token}
    return client.post(page, typed, follow=True)


def after_the_session(browser, path, typed):
    """Send what was typed after the session has ended, and sign in; the page that follows."""
    browser.cookies.pop(settings.SESSION_COOKIE_NAME)
    return sign_in(browser, browser.post(path, typed)["Location"])


def test_what_was_typed_of_a_person_is_back_after_the_sign_in(workshop, register, browser):
    person = register(workshop)
    shown = fields_of(browser.get(page_of(person)), "registration_form")

    page = after_the_session(browser, page_of(person), shown | {"last_name": "Trombley"})

    assert fields_of(page, "registration_form")["last_name"] == "Trombley"
    assert errors(page)["__all__"] == [BACK]
    assert Registration.objects.get().last_name == "Tremblay"


def test_a_typed_invitation_is_back_after_the_sign_in(browser):
    path = f"{ACCOUNTS}add/"
    shown = fields_of(browser.get(path), "user_form")

    page = after_the_session(browser, path, shown | {"first_name": "Awa"})

    assert fields_of(page, "user_form")["first_name"] == "Awa"
    assert errors(page)["__all__"] == [BACK]
