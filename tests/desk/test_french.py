"""Every page of the desk in French: no sentence of Django’s or of ours is left in English."""

import gettext
from html.parser import HTMLParser
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from events.models import Presentation, Workshop
from registrations.models import OutgoingMail

pytestmark = pytest.mark.one_database

CONTRIB = Path(django.__file__).parent / "contrib"
CATALOGUES = [
    *(CONTRIB / app / "locale" for app in ("admin", "auth", "contenttypes", "sessions")),
    CONTRIB.parent / "conf" / "locale",
    *(Path(path) for path in settings.LOCALE_PATHS),
]
SHOWN = ("alt", "title", "aria-label", "placeholder", "data-label", "label")
PERMISSIONS = ("id_permissions", "id_user_permissions")


def english():
    """What Django and we say in English, where French says something else."""
    words = set()
    for path in CATALOGUES:
        for key, text in gettext.translation("django", path, ["fr"])._catalog.items():
            msgid = key[0] if isinstance(key, tuple) else key
            if msgid and text not in (msgid, ""):
                words.add(msgid.strip(" :?.").casefold())
    # What French says too, of another thing.
    french = {"action", "date", "description", "actions", "no", "page"}
    return words - french - {""}


class Texts(HTMLParser):
    """The texts of a page, and the attributes that people read or hear."""

    def __init__(self, html):
        super().__init__()
        self.texts, self.silent = [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        facts = dict(attributes)
        self.silent = tag in ("script", "style") or (self.silent and tag != "body")
        if facts.get("id") in PERMISSIONS:
            self.silent = True
        self.texts += [value for name, value in facts.items() if name in SHOWN and value]
        if tag == "input" and facts.get("type") in ("submit", "button"):
            self.texts.append(facts.get("value", ""))

    def handle_endtag(self, tag):
        if tag in ("script", "style", "select"):
            self.silent = False

    def handle_data(self, data):
        if not self.silent:
            self.texts.append(data)


def left_in_english(response):
    """The texts of a page that are one of Django’s or our English strings, as a set."""
    texts = {" ".join(text.split()) for text in Texts(response.content.decode()).texts}
    return {text for text in texts if text.strip(" :?.").casefold() in ENGLISH}


ENGLISH = english()
APPS = ("events", "registrations", "auth")


@pytest.fixture
def rows(make_workshop, communities, register, now):
    workshop = make_workshop(capacity=1)
    make_workshop(state=Workshop.State.DRAFT)
    Presentation.objects.create(workshop=workshop, community=communities["Québec"], title="CapData")
    workshop.partners.create(name="Ministère")
    person = register(workshop)
    register(workshop, email="awa@example.org")
    OutgoingMail.objects.filter(registration=person).update(state="failed", last_error="550 5.1.1")
    Group.objects.create(name="Équipe")
    return person


@pytest.fixture
def organiser(django_user_model, client):
    """The client of an organiser with each right but those to accounts."""
    user = django_user_model.objects.create_user("lea", is_staff=True, password="x" * 12)
    rights = Permission.objects.filter(content_type__app_label__in=APPS[:2])
    user.user_permissions.set(rights)
    client.force_login(user)
    return client


def pages(client):
    """The paths of the desk that `client` may open, each with its answer."""
    yield from ((path, client.get(path)) for path in ("/admin/", "/admin/password_change/"))
    for app in APPS:
        yield app, client.get(reverse("admin:app_list", args=[app]))
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listing = reverse(f"{name}_changelist")
        yield listing, client.get(listing)
        yield f"{listing}?q=a", client.get(f"{listing}?q=a")
        adding = reverse(f"{name}_add")
        yield adding, client.get(adding)
        yield "popup", client.get(f"{adding}?_popup=1")
        yield "refused", client.post(adding)
        for row in model._default_manager.all()[:2]:
            for page in ("change", "history", "delete"):
                path = reverse(f"{name}_{page}", args=[row.pk])
                yield path, client.get(path)
            path = reverse(f"{name}_change", args=[row.pk])
            yield f"{path} refused", client.post(path)
            chosen = {"action": "delete_selected", "_selected_action": [row.pk]}
            yield f"{listing} deletion", client.post(listing, chosen)


@pytest.mark.long_walk
@pytest.mark.parametrize("who", ["admin_client", "organiser"])
def test_no_page_of_the_desk_is_in_english(who, rows, request):
    found = {}
    for path, answer in pages(request.getfixturevalue(who)):
        if answer.status_code == 200:
            found[path] = left_in_english(answer)

    assert len(found) > 20
    assert {path: texts for path, texts in found.items() if texts} == {}
