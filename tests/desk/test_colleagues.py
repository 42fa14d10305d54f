"""A colleague is invited by mail, chooses a password, and sees what their role may see."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.mail.backends import locmem
from django.test import Client

from praxis.redaction import redact
from tests.helpers.pages import FieldsOf, page_text

ACCOUNTS = "/admin/auth/user/"
PASSWORD = "trois-lamas-au-balcon"


@pytest.fixture(autouse=True)
def mailbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.SITE_URL = "https://ateliers.example"


@pytest.fixture
def invite(admin_client, communities):
    """Invite Awa, who organises for Québec unless told otherwise; the page that follows."""

    def act(**typed):
        facts = {"first_name": "Awa", "last_name": "Ba", "email": "Awa@Example.org"}
        facts |= {"role": "Organise", "communities": [communities["Québec"].pk]}
        return admin_client.post(f"{ACCOUNTS}add/", facts | typed, follow=True)

    return act


def link_in(message):
    return re.search(r"https://ateliers\.example(/admin/password/\S+)", message.body)[1]


def choose(client, path, password=PASSWORD):
    """Open the link, type a password twice; the page that follows."""
    page = client.get(path, follow=True)
    where = page.redirect_chain[-1][0] if page.redirect_chain else path
    typed = {"new_password1": password, "new_password2": password}
    return client.post(where, typed, follow=True)


def test_a_colleague_is_invited_chooses_a_password_and_organises(invite, workshop, make_workshop):
    make_workshop("Martinique", title="Ailleurs")

    page = invite()

    [message] = mail.outbox
    assert message.to == ["awa@example.org"]
    assert page_text(page).count("Cette personne n’a pas encore choisi son mot de passe.") == 1
    client = Client()
    assert choose(client, link_in(message)).request["PATH_INFO"] == "/admin/login/"
    typed = {"username": "awa@example.org", "password": PASSWORD, "next": "/admin/events/workshop/"}
    desk = client.post("/admin/login/", typed, follow=True)
    assert [row.title for row in desk.context["cl"].result_list] == ["Données culturelles"]


def test_the_mail_is_french_names_the_sender_and_has_the_link_once_in_text_and_html(
    invite, admin_user
):
    get_user_model().objects.update(first_name="Nadia", last_name="Roy")
    invite()

    [message] = mail.outbox
    [(html, kind)] = [(part.content, part.mimetype) for part in message.alternatives]
    assert message.subject == "Vous êtes dans l’équipe organisatrice de Praxis"
    assert message.body.count("Nadia Roy vous a ouvert un compte") == 1
    assert message.body.count("trois jours") == 1
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert (kind, html.count(link_in(message)), message.body.count(link_in(message))) == (
        "text/html",
        1,
        1,
    )


@pytest.mark.parametrize(("days", "serves"), [(2.9, True), (3.1, False)])
def test_a_link_ends_after_three_days(days, serves, invite, now, time_machine):
    invite()
    time_machine.move_to(now + timedelta(days=days), tick=True)

    page = Client().get(link_in(mail.outbox[0]), follow=True)

    assert ("Pour votre compte" in page_text(page)) == serves
    assert ("Ce lien ne sert plus" in page_text(page)) == (not serves)


def test_a_link_of_an_account_out_of_use_or_made_up_serves_nobody(invite):
    invite()
    get_user_model().objects.filter(username="awa@example.org").update(is_active=False)

    for path in (link_in(mail.outbox[0]), "/admin/password/MQ/x-1/", "/admin/password/é/à/"):
        page = Client().get(path, follow=True)
        assert (page.status_code, page_text(page).count("Ce lien ne sert plus")) == (200, 1)
        assert '<a href="/admin/password/">Recevoir un nouveau lien</a>' in page.content.decode()


@pytest.mark.one_database
def test_the_secret_of_a_link_is_on_no_page_and_in_no_log(invite):
    invite()
    path = link_in(mail.outbox[0])

    page = Client().get(path, follow=True)

    secret = path.strip("/").rpartition("/")[2]
    assert secret not in page.content.decode() + page.redirect_chain[-1][0]
    assert (page["X-Robots-Tag"], page["Referrer-Policy"]) == ("noindex", "same-origin")
    assert redact(f"Not Found: {path} {secret}") == "Not Found: /password/***/ ***".replace(
        "/password", redact(path).removesuffix("/***/")
    )
    assert secret not in redact(f"GET {path}?x=1")


class Refusing(locmem.EmailBackend):
    def send_messages(self, messages):
        raise ConnectionRefusedError


@pytest.mark.one_database
def test_a_mail_that_cannot_leave_says_so_and_is_sent_again_by_a_button(
    invite, settings, admin_client
):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    page = invite()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    awa = get_user_model().objects.get(username="awa@example.org")

    again = admin_client.post(f"{ACCOUNTS}{awa.pk}/link/", follow=True)

    assert [str(m)[:60] for m in page.context["messages"]] == [
        "Le compte est créé, mais le courriel n’a pas pu partir\u00a0: le "
    ]
    assert [str(m) for m in again.context["messages"]] == [
        "Un courriel est parti pour awa@example.org, avec un lien qui sert pendant trois jours."
    ]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("address", ["awa@example.org", "AWA@example.ORG "])
def test_an_address_has_one_account(address, invite):
    invite()

    page = invite(email=address)

    assert page.context["adminform"].form.errors == {
        "email": ["Un compte a déjà cette adresse\u00a0: voyez la liste."]
    }
    assert len(mail.outbox) == 1


def test_an_invitation_needs_a_name_an_address_and_a_community(invite):
    page = invite(first_name="", email="", communities=[])

    assert sorted(page.context["adminform"].form.errors) == ["communities", "email", "first_name"]


def test_each_role_is_explained_and_the_only_community_chosen(admin_client, db):
    from events.models import Community

    Community.objects.create(name="Seule", place="Ici", zone="Europe/Paris")

    page = admin_client.get(f"{ACCOUNTS}add/")

    assert page_text(page).count("Ne change rien, et ne voit aucune adresse de rencontre.") == 1
    assert page.content.decode().count("checked") == 2


def test_an_account_gets_another_role_and_other_communities(invite, admin_client, communities):
    invite()
    awa = get_user_model().objects.get(username="awa@example.org")
    page = f"{ACCOUNTS}{awa.pk}/change/"
    reads = awa.groups.model.objects.get(name="Consulte")
    typed = FieldsOf(admin_client.get(page).content.decode(), "user_form").fields
    typed |= {"groups": [reads.pk], "communities": [communities["France"].pk]}

    saved = admin_client.post(page, typed, follow=True)

    assert saved.status_code == 200
    assert [group.name for group in awa.groups.all()] == ["Consulte"]
    assert [member.community.place for member in awa.memberships.all()] == ["France"]


@pytest.mark.one_database
def test_the_page_of_an_account_is_french_and_shows_no_hash(invite, admin_client):
    invite()
    awa = get_user_model().objects.get(username="awa@example.org")

    page = admin_client.get(f"{ACCOUNTS}{awa.pk}/change/")

    text = page_text(page)
    assert [word for word in ("Can ", "pbkdf2", "salage", "algorithme") if word in text] == []
    assert text.count("Réglages avancés") == 1
    assert text.count("Voir\u00a0: atelier".replace("\u00a0", " ")) == 1
    assert text.count("Peut utiliser le tableau du jour") == 1


def test_nobody_deletes_an_account_and_one_that_is_put_out_of_use_is_signed_out(
    invite, admin_client, admin_user
):
    invite()
    awa = get_user_model().objects.get(username="awa@example.org")
    client = Client()
    client.force_login(awa)
    chosen = {"action": "put_out_of_use", "_selected_action": [awa.pk, admin_user.pk]}

    admin_client.post(ACCOUNTS, chosen)

    assert client.get("/admin/").status_code == 302
    assert admin_client.get("/admin/").status_code == 200
    assert admin_client.get(f"{ACCOUNTS}{awa.pk}/delete/").status_code == 403


def test_who_administers_everything_cannot_lock_themselves_out(admin_client, admin_user):
    page = f"{ACCOUNTS}{admin_user.pk}/change/"
    typed = FieldsOf(admin_client.get(page).content.decode(), "user_form").fields
    del typed["is_superuser"]

    refused = admin_client.post(page, typed)

    [error] = refused.context["adminform"].form.non_field_errors()
    assert error.startswith("C’est votre propre compte")


def test_the_log_names_no_colleague(invite, admin_client):
    invite()
    awa = get_user_model().objects.get(username="awa@example.org")
    admin_client.post(f"{ACCOUNTS}{awa.pk}/link/")

    said = "".join(f"{e.object_repr} {e.change_message}" for e in LogEntry.objects.all())

    assert LogEntry.objects.count() == 2
    assert [word for word in ("awa", "Awa", "Ba") if word in said] == []


@pytest.mark.one_database
def test_the_list_of_accounts_says_who_does_what_where(invite, admin_client):
    invite()

    text = page_text(admin_client.get(ACCOUNTS))

    words = "Awa Ba awa@example.org Organise Culture pour tous (Québec) sur invitation"
    assert text.count(words) == 1
    assert text.count("Administre tout") == 1


@pytest.mark.parametrize(("length", "is_invited"), [(150, True), (151, False), (254, False)])
def test_an_address_that_no_account_can_have_is_refused_in_words(length, is_invited, invite):
    domain = "@" + ("a" * 39 + ".") * ((length - 40) // 40) + "example.org"
    address = "b" * (length - len(domain)) + domain

    page = invite(email=address)

    assert len(address) == length
    assert get_user_model().objects.filter(username=address).exists() == is_invited
    assert ("dépasse les 150 caractères" in page_text(page)) != is_invited
