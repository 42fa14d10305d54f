"""The desk, walked with partial sets of rights: no page fails, and each says what is missing."""

import html
import re

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from events.models import Community, Presentation, Workshop
from tests.helpers.desk import desk, undone
from tests.helpers.pages import FieldsOf, page_text

pytestmark = pytest.mark.one_database

ADD = "/admin/events/workshop/add/"
VERBS = ["view", "add", "change", "delete"]
# What one may do with a whole row, and what with the rows that stand inside a workshop's page.
OWN = ["view", "view add", "view change", "view delete", "add", "change", "view add change delete"]
INSIDE = ["", "view", "view add", "view change", "view delete", "view add change delete"]
MODELS = ["workshop", "community", "partner", "registration", "outgoingmail"]
# Each list is also asked for one action that is not its own.
ACTIONS = {
    "workshop": ["confirm_registrations", "delete_selected"],
    "community": ["erase_people", "delete_selected"],
    "partner": ["send_again", "delete_selected"],
    "registration": [
        "send_again",
        "confirm_registrations",
        "cancel_registrations",
        "erase_people",
        "delete_selected",
    ],
    "outgoingmail": ["erase_people", "send_again", "delete_selected"],
}
NEW = {
    "title": "Nouveau",
    "slug": "nouveau",
    "start_0": "2027-03-29",
    "start_1": "09:30",
    "end_0": "2027-03-29",
    "end_1": "12:00",
    "name": "Nouvelle",
    "zone": "America/Toronto",
    "time_label": "heure du Québec",
}


@pytest.fixture
def sign_in(django_user_model):
    """The client of an organiser of each community with these rights alone, {model: "verb verb"}.

    It never raises.
    """

    def act(**rights):
        organiser = django_user_model.objects.create_user("organiser", is_staff=True)
        names = [f"{verb}_{model}" for model, verbs in rights.items() for verb in verbs.split()]
        organiser.user_permissions.set(Permission.objects.filter(codename__in=names))
        for community in Community.objects.all():
            organiser.memberships.create(community=community)
        client = Client(raise_request_exception=False)
        client.force_login(organiser)
        return client

    return act


@pytest.fixture
def rows(make_workshop, communities, register, now):
    """A row of each model of the desk, by its name.

    The first workshop is published and has somebody on its waiting list; the second is a draft.
    """
    workshop, draft = make_workshop(capacity=1), make_workshop(state=Workshop.State.DRAFT)
    for each in (workshop, draft):
        Presentation.objects.create(workshop=each, community=communities["Québec"], title="CapData")
    person = register(workshop)
    register(workshop, email="awa@example.org")
    workshop.partners.create(name="Ministère")
    Workshop.objects.filter(pk=workshop.pk).update(title="Données, encore")
    return [
        ("workshop", workshop),
        ("workshop", draft),
        ("community", communities["Québec"]),
        ("community", communities["Katmandou"]),
        ("partner", workshop.partners.get()),
        ("registration", person),
        ("outgoingmail", person.mails.get()),
    ]


def by_model(rows):
    """{model: [row]}"""
    found = {}
    for model, row in rows:
        found.setdefault(model, []).append(row)
    return found


def form_on(response, model, **typed):
    """What a browser sends of a form of the desk, `typed` into the fields that it has."""
    fields = FieldsOf(response.content.decode(), f"{model}_form").fields
    return fields | {name: value for name, value in typed.items() if name in fields}


class Walk:
    """Asks for pages of the desk as `client`; `answers` are (method, path, status)."""

    def __init__(self, client):
        self.client, self.answers = client, []

    def ask(self, method, path, data=None):
        response = getattr(self.client, method)(path, data)
        self.answers.append((method, path, response.status_code))
        return response

    def indexes(self):
        for path in ("/admin/", "/admin/events/", "/admin/registrations/"):
            self.ask("get", path)

    def listing(self, model, rows):
        """The list of a model, its search, and its actions on each row."""
        self.ask("get", list_of(model, rows[0]))
        self.ask("get", list_of(model, rows[0]) + "?q=e")
        for row in rows:
            for action in ACTIONS[model]:
                self.act(model, row, action)

    def act(self, model, row, action):
        """An action, asked for and then confirmed."""
        chosen = {"action": action, "_selected_action": [row.pk]}
        self.ask("post", list_of(model, row), chosen)
        self.ask("post", list_of(model, row), chosen | {"sure": "yes", "post": "yes"})

    def adding(self, model, row):
        add = self.ask("get", list_of(model, row) + "add/")
        self.ask("post", list_of(model, row) + "add/", form_on(add, model, **NEW))

    def page(self, model, row):
        """The pages of a row: its history, its own, saved as it is and changed, its deletion."""
        path = f"{list_of(model, row)}{row.pk}/"
        self.ask("get", f"{path}history/")
        page = self.ask("get", f"{path}change/")
        self.ask("post", f"{path}change/", form_on(page, model))
        typed = {"capacity": "3", "place": "Ailleurs", "first_name": "Léa"}
        self.ask("post", f"{path}change/", form_on(page, model, **typed))
        if model == "workshop":
            self.ask("post", f"{path}announce/")
        if model == "registration":
            self.acts(path, row)
        self.ask("get", f"{path}delete/")

    def acts(self, path, person):
        """What the page of a person leads to: each act, asked for and confirmed; a mail."""
        mails = [f"mail/{mail.pk}/{part}" for mail in person.mails.all() for part in ("", "html/")]
        for page in mails:
            self.ask("get", f"{path}{page}")
        for name in ("come", "resend", "address", "confirm", "cancel", "restore", "erase"):
            self.ask("get", f"{path}{name}/")
            self.ask("post", f"{path}{name}/", {"sure": "yes", "address": "x@example.org"})

    def deleting(self, model, row):
        self.ask("post", f"{list_of(model, row)}{row.pk}/delete/", {"post": "yes"})


def list_of(model, row):
    return f"/admin/{row._meta.app_label}/{model}/"


def failures(answers):
    """The requests that failed, of `answers` that are worth looking at."""
    assert len(answers) > 15
    return [answer for answer in answers if answer[2] >= 500]


@pytest.mark.long_walk
@pytest.mark.parametrize("own", OWN)
def test_no_page_of_the_desk_fails_with_partial_rights(own, rows, sign_in):
    walk = Walk(sign_in(**dict.fromkeys(MODELS, own)))
    walk.indexes()
    for model, of_the_model in by_model(rows).items():
        walk.adding(model, of_the_model[0])
        for row in of_the_model:
            walk.page(model, row)
        for row in of_the_model[1:]:
            walk.deleting(model, row)
        walk.listing(model, of_the_model)
        walk.deleting(model, of_the_model[0])

    assert failures(walk.answers) == []


@pytest.mark.long_walk
@pytest.mark.parametrize("own", ["view", "view add", "view change", "view add change delete"])
def test_no_workshops_page_fails_with_partial_rights_on_its_rows(own, rows, sign_in):
    failed = {}
    for inside in INSIDE:
        with undone():
            walk = Walk(sign_in(workshop=own, hosting=inside, presentation=inside))
            walk.adding(*rows[0])
            for model, row in rows[:2]:
                walk.page(model, row)
            walk.act(*rows[0], "delete_selected")
            walk.deleting(*rows[1])
        failed[inside] = failures(walk.answers)

    assert {inside: answers for inside, answers in failed.items() if answers} == {}


def save(client, path, **typed):
    """Open a page about a workshop, type, save; the page that follows."""
    return client.post(path, form_on(client.get(path), "workshop", **typed), follow=True)


@pytest.mark.parametrize("rights", [{}, {"hosting": "view"}, {"hosting": "view change"}])
def test_adding_a_workshop_without_the_right_to_hosts_says_so_and_loses_nothing(
    rights, db, sign_in
):
    client = sign_in(workshop="view add", **rights)

    page = save(client, ADD, **NEW)

    form = page.context["adminform"].form
    assert form.non_field_errors() == [
        "Il faut au moins une communauté hôte, et vous n’avez pas le droit d’en ajouter. "
        "Demandez-le à la personne"
        " qui gère les comptes, puis enregistrez de nouveau\u00a0: ce que vous avez tapé est "
        "toujours là."
    ]
    shown = form_on(page, "workshop")
    assert {name: shown[name] for name in ("title", "start_0", "start_1")} == {
        "title": "Nouveau",
        "start_0": "2027-03-29",
        "start_1": "09:30",
    }


@pytest.mark.parametrize("inside", INSIDE)
def test_whoever_may_change_a_workshop_saves_it_whatever_the_rights_to_its_rows(
    inside, rows, sign_in
):
    workshop = rows[0][1]
    client = sign_in(workshop="view change", hosting=inside, presentation=inside)

    save(client, desk(workshop), place="Ailleurs")

    after = Workshop.objects.get(pk=workshop.pk)
    assert (after.place, after.starts_at, after.communities) == (
        "Ailleurs",
        workshop.starts_at,
        workshop.communities,
    )
    assert list(after.presentations.values_list("title", flat=True)) == ["CapData"]


@pytest.mark.parametrize("inside", ["", "view", "view add", "view add change delete"])
def test_seats_kept_count_whatever_the_rights_to_the_hosts(inside, make_workshop, sign_in):
    workshop = make_workshop(capacity=20)
    workshop.hostings.filter(position=1).update(reserved_seats=8)
    client = sign_in(workshop="view change", hosting=inside)

    page = save(client, desk(workshop), capacity="5")

    assert page.context["adminform"].form.errors == {
        "capacity": [
            (
                "8 places sont réservées aux communautés hôtes, plus haut\u00a0: il n’y en a "
                "que 5 "
                "en tout."
            )
        ]
    }
    assert Workshop.objects.get().capacity == 20


def test_a_host_that_leaves_a_presentation_behind_is_refused_where_presentations_are_only_read(
    rows, sign_in
):
    workshop = rows[0][1]
    client = sign_in(workshop="view change", hosting="view change delete", presentation="view")

    fields = form_on(client.get(desk(workshop)), "workshop") | {"hostings-0-DELETE": "on"}
    page = client.post(desk(workshop), fields)

    # In the summary, and beside the row.
    words = "Culture pour tous (Québec) n’est pas une communauté hôte de cet atelier."
    assert page_text(page).count(words) == 2
    assert [clock.place for clock in Workshop.objects.get(pk=workshop.pk).clocks] == [
        "Québec",
        "France",
    ]


def links_of(page):
    """Where the links of a page of the desk about a workshop lead, its own address and the way out
    left aside.
    """
    found = re.findall(r'<a[^>]* href="(/admin/[^"#]+)"', page.content.decode())
    return [html.unescape(link) for link in found if "logout" not in link]


OFFERED = [
    ({"workshop": "view"}, [], 0),
    ({"workshop": "view", "registration": "view"}, ["Qui vient (1)", "Liste d’attente (1)"], 0),
    ({"workshop": "view", "outgoingmail": "change"}, ["Courriels qui n’ont pas pu partir (1)"], 0),
    ({"workshop": "view change"}, [], 1),
    (
        {"workshop": "view change", "registration": "change"},
        ["Qui vient (1)", "Liste d’attente (1)"],
        1,
    ),
]


@pytest.mark.parametrize(("rights", "words", "buttons"), OFFERED)
def test_the_workshops_page_offers_only_what_one_may_do(rights, words, buttons, rows, sign_in):
    workshop, mail = rows[0][1], rows[-1][1]
    type(mail).objects.filter(pk=mail.pk).update(state="failed")
    client = sign_in(**rights)

    page = client.get(desk(workshop))

    text, offers = (
        page_text(page),
        ["Qui vient (1)", "Liste d’attente (1)", "Courriels qui n’ont pas pu partir (1)"],
    )
    assert [offer for offer in offers if offer in text] == words
    assert text.count("À annoncer 2 personnes") == 1
    assert (
        page.content.decode().count(f'action="/admin/events/workshop/{workshop.pk}/announce/"')
        == buttons
    )
    assert {client.get(link, follow=True).status_code for link in links_of(page)} == {200}
