"""Organisers belong to communities: they see the workshops that these hold, and no others."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Community, Partner, Workshop
from registrations.models import OutgoingMail, Registration
from tests.helpers.desk import desk
from tests.helpers.pages import FieldsOf, page_text

PEOPLE = "/admin/registrations/registration/"
MAILS = "/admin/registrations/outgoingmail/"
WORKSHOPS = "/admin/events/workshop/"
COMMUNITIES = "/admin/events/community/"
ALL = [
    f"{verb}_{model}"
    for verb in ("view", "add", "change", "delete")
    for model in (
        *("workshop", "hosting", "presentation", "community", "partner"),
        *("registration", "outgoingmail"),
    )
]
PICKER = "/admin/autocomplete/?app_label=events&model_name=hosting&field_name=community"


@pytest.fixture
def of_lakou(make_organiser, client):
    """The client of an organiser with all rights, of the community of Martinique alone."""
    client.force_login(make_organiser("lakou", *ALL, places=["Martinique"]))
    return client


@pytest.fixture
def theirs(make_workshop, register):
    """A draft that Québec and France hold, with a person whom somebody registered before."""
    workshop = make_workshop(title="Secret de Québec", meeting_url="https://zoom.example/j/1")
    register(workshop, first_name="Yolande", last_name="Cachée", email="yolande@example.net")
    Workshop.objects.filter(pk=workshop.pk).update(state="draft")
    return Workshop.objects.get(pk=workshop.pk)


@pytest.fixture
def ours(make_workshop, register):
    workshop = make_workshop("Martinique", title="Atelier de Lakou")
    register(workshop, first_name="Zoé", email="zoe@example.org")
    return workshop


def test_a_workshop_is_seen_by_the_organisers_of_each_of_its_hosts(make_workshop, make_organiser):
    shared, other = make_workshop("Québec", "France"), make_workshop("Martinique")
    organisers = [
        make_organiser(place, places=[place]) for place in ("Québec", "France", "Martinique")
    ]

    seen = [list(Workshop.objects.visible_to(organiser)) for organiser in organisers]

    assert seen == [[shared], [shared], [other]]


def test_a_superuser_sees_all_and_whoever_is_no_organiser_nothing(
    theirs, ours, admin_user, django_user_model
):
    visitor = django_user_model.objects.create_user("visitor")
    visitor.memberships.create(community=ours.communities[0])

    assert set(Workshop.objects.visible_to(admin_user)) == {theirs, ours}
    assert Registration.objects.visible_to(admin_user).count() == 2
    assert OutgoingMail.objects.visible_to(admin_user).count() == 2
    assert list(Workshop.objects.visible_to(visitor)) == []


LISTS = [
    WORKSHOPS,
    f"{WORKSHOPS}?q=secret",
    PEOPLE,
    f"{PEOPLE}?q=yolande",
    f"{PEOPLE}?state__exact=confirmed",
    MAILS,
    f"{MAILS}?q=yolande",
    COMMUNITIES,
]


@pytest.mark.parametrize("path", LISTS)
def test_no_list_shows_a_row_of_another_community(path, theirs, ours, of_lakou):
    page = of_lakou.get(path)

    text = page.content.decode()
    assert page.status_code == 200
    assert [w for w in ("Secret de", "Yolande", "Cachée", "yolande@", "TMNlab") if w in text] == []
    rows = page.context["cl"].result_list
    assert len(rows) == (0 if "q=" in path else 1)


def test_the_filters_of_a_list_count_ones_own_rows_alone(theirs, ours, of_lakou):
    chosen = f"{PEOPLE}?workshop={ours.pk}&_facets=True"

    assert page_text(of_lakou.get(chosen)).count("confirmée (1)") == 1
    assert list(of_lakou.get(f"{PEOPLE}?workshop={theirs.pk}").context["cl"].result_list) == []


def rows_of(workshop):
    person = workshop.registrations.get()
    return [
        ("events", "workshop", workshop.pk),
        ("registrations", "registration", person.pk),
        ("registrations", "outgoingmail", person.mails.get().pk),
        ("events", "community", workshop.communities[0].pk),
    ]


@pytest.mark.parametrize("act", ["change", "history", "delete"])
def test_a_row_of_another_community_is_answered_as_one_that_does_not_exist(act, theirs, of_lakou):
    for app, model, key in rows_of(theirs):
        for existing in (key, 10**9):
            answer = of_lakou.get(f"/admin/{app}/{model}/{existing}/{act}/")
            # Mails and registrations are never deleted: that is refused before they are looked for.
            allowed = (302, "/admin/") if answer.status_code == 302 else (403, None)
            assert (answer.status_code, answer.headers.get("Location")) == allowed
            assert answer.status_code == 302 or act == "delete"


@pytest.mark.one_database
def test_an_organiser_acts_upon_nobody_of_another_community(theirs, of_lakou):
    person = theirs.registrations.get()
    for action in ("cancel_registrations", "erase_people", "confirm_registrations"):
        chosen = {"action": action, "_selected_action": [person.pk], "sure": "yes"}
        assert of_lakou.post(PEOPLE, chosen).status_code == 302
    announced = of_lakou.post(f"{WORKSHOPS}{theirs.pk}/announce/")

    after = Registration.objects.get(pk=person.pk)
    assert (after.state, after.first_name, announced.status_code) == ("confirmed", "Yolande", 404)


def test_a_draft_is_shown_to_its_own_organisers_alone(
    theirs, of_lakou, make_organiser, admin_client
):
    page = reverse("events:workshop", args=[theirs.slug])
    paths = [page, reverse("events:poster", args=[theirs.slug])]
    strangers = [of_lakou.get(path).status_code for path in paths]
    of_lakou.force_login(make_organiser("tmnlab", "view_workshop", places=["France"]))

    assert strangers == [404, 404]
    assert [of_lakou.get(path).status_code for path in paths] == [200, 200]
    assert admin_client.get(page).status_code == 200


@pytest.mark.parametrize(
    ("right", "status"),
    [("use_board", 404), ("view_partner", 404), ("view_workshop", 200), ("change_workshop", 200)],
)
def test_a_draft_is_shown_to_those_alone_who_may_look_at_workshops(
    right, status, theirs, client, make_organiser
):
    client.force_login(make_organiser("tmnlab", right, places=["France"]))
    names = ["workshop", "poster", "poster_pdf", "workshop_picture"]

    answers = [client.get(reverse(f"events:{name}", args=[theirs.slug])) for name in names]

    assert [answer.status_code for answer in answers] == [status] * len(names)


def test_no_number_leads_to_the_address_of_a_draft_of_others(theirs, ours, of_lakou):
    kind = ContentType.objects.get_for_model(Workshop).pk
    people = ContentType.objects.get_for_model(Registration).pk
    paths = [f"/admin/r/{kind}/{key}/" for key in (theirs.pk, 10**9, "x", ours.pk)]
    odd = [f"/admin/r/{people}/1/", "/admin/r/999/1/", f"/admin/r/+{kind}/{theirs.pk}/"]
    answers = [of_lakou.get(path) for path in [*paths, *odd]]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 302, 404, 404, 404]
    assert answers[3]["Location"] == ours.get_absolute_url()


def test_the_first_page_tells_of_ones_own_acts_alone(theirs, admin_user, of_lakou):
    LogEntry.objects.create(
        user=admin_user,
        content_type=ContentType.objects.get_for_model(theirs),
        object_id=theirs.pk,
        object_repr=str(theirs),
        action_flag=CHANGE,
    )

    assert "Secret de" not in of_lakou.get("/admin/").content.decode()


SPELLING = [
    f"{WORKSHOPS}?meeting_url__startswith=https",
    f"{WORKSHOPS}?afterwards__contains=h",
    f"{WORKSHOPS}?replay_url__startswith=https",
    f"{WORKSHOPS}?hosts__workshops__title__startswith=S",
    f"{WORKSHOPS}?registrations__email__startswith=y",
    f"{PEOPLE}?workshop__meeting_url__startswith=https",
    f"{PEOPLE}?workshop__registrations__email__startswith=y",
    f"{MAILS}?registration__workshop__title__startswith=S",
]


@pytest.mark.parametrize("path", SPELLING)
@pytest.mark.one_database
def test_no_filter_spells_out_what_is_secret_or_of_others(path, theirs, ours, of_lakou):
    assert of_lakou.get(path).status_code == 400


@pytest.mark.one_database
def test_any_community_can_be_picked_as_a_host_but_only_ones_own_is_changed(of_lakou, communities):
    picked = of_lakou.get(f"{PICKER}&term=tmn").json()["results"]

    assert [choice["text"] for choice in picked] == ["TMNlab (France)"]
    assert [
        of_lakou.get(f"{COMMUNITIES}{communities[place].pk}/change/").status_code
        for place in ("Martinique", "France")
    ] == [200, 302]


def test_a_community_that_one_holds_a_workshop_with_is_read_and_not_changed(
    make_workshop, communities, of_lakou
):
    make_workshop("Martinique", "France")
    page = f"{COMMUNITIES}{communities['France'].pk}/change/"

    assert of_lakou.get(page).context["has_change_permission"] is False
    assert of_lakou.post(page, {"name": "Autre"}).status_code == 403
    assert [row.place for row in of_lakou.get(COMMUNITIES).context["cl"].result_list] == [
        "Martinique",
        "France",
    ]


def test_whoever_adds_a_community_belongs_to_it(of_lakou, communities):
    new = {"name": "Pòt", "place": "Haïti", "time_label": "heure d’Haïti"}

    of_lakou.post(f"{COMMUNITIES}add/", new | {"zone": "America/Port-au-Prince"})

    added = Community.objects.get(name="Pòt")
    assert [member.user.username for member in added.memberships.all()] == ["lakou"]


def test_a_partner_that_others_name_is_not_deleted(theirs, ours, of_lakou):
    free, used = Partner.objects.create(name="Libre"), Partner.objects.create(name="Pris")
    theirs.partners.add(used)
    ours.partners.add(free, used)
    path = "/admin/events/partner/"

    answers = [of_lakou.get(f"{path}{partner.pk}/delete/") for partner in (free, used)]
    both = {"action": "delete_selected", "_selected_action": [free.pk, used.pk], "post": "yes"}

    assert [answer.status_code for answer in answers] == [200, 403]
    assert of_lakou.post(path, both).status_code == 403
    assert Partner.objects.count() == 2


def test_a_partner_that_others_name_is_read_and_not_changed(theirs, ours, of_lakou, admin_client):
    free, used = Partner.objects.create(name="Libre"), Partner.objects.create(name="Pris")
    theirs.partners.add(used)
    ours.partners.add(free, used)
    paths = [f"/admin/events/partner/{partner.pk}/change/" for partner in (free, used)]
    why = (
        "Des ateliers d’autres communautés nomment ce partenaire et l’affichent sur leurs pages : "
        "vous pouvez le consulter, mais seule une personne qui administre tout peut le modifier."
    )

    pages = [of_lakou.get(path) for path in paths]
    fields = FieldsOf(pages[0].content.decode(), "partner_form").fields | {"name": "Autre"}
    sent = [of_lakou.post(path, fields).status_code for path in paths]

    assert [page.context["has_change_permission"] for page in pages] == [True, False]
    assert [page_text(page).count(why) for page in pages] == [0, 1]
    assert sent == [302, 403]
    assert set(Partner.objects.values_list("name", flat=True)) == {"Autre", "Pris"}
    assert page_text(admin_client.get(paths[1])).count(why) == 0


def test_who_may_only_read_partners_is_not_told_who_may_change_them(theirs, client, make_organiser):
    used = theirs.partners.create(name="Pris")
    client.force_login(make_organiser("reader", "view_partner", places=["Martinique"]))

    text = page_text(client.get(f"/admin/events/partner/{used.pk}/change/"))

    assert ("Pris" in text, "administre tout" in text) == (True, False)


def typed_on(client, workshop):
    return FieldsOf(client.get(desk(workshop)).content.decode(), "workshop_form").fields


@pytest.mark.one_database
def test_an_organiser_keeps_one_of_their_communities_among_the_hosts(
    make_workshop, of_lakou, communities
):
    workshop = make_workshop("Martinique")
    fields = typed_on(of_lakou, workshop) | {
        "hostings-0-community": communities["France"].pk,
        "start_1": "20:00",
        "end_1": "21:00",
    }

    refused = of_lakou.post(desk(workshop), fields)

    assert refused.context["adminform"].form.non_field_errors() == [
        "Gardez l’une de vos communautés parmi les communautés hôtes, sinon vous ne verriez plus "
        "cet atelier\u00a0: Lakou (Martinique)."
    ]
    assert Workshop.objects.get(pk=workshop.pk).communities == [communities["Martinique"]]


PUT_OUT = [{"hostings-1-DELETE": "on"}, {"hostings-1-community": "Katmandou"}]


@pytest.mark.parametrize("typed", PUT_OUT, ids=["deleted", "replaced"])
def test_nobody_puts_another_community_out_of_a_shared_workshop(
    typed, make_workshop, of_lakou, admin_client, communities
):
    workshop = make_workshop("Martinique", "France")
    typed = {
        name: communities[value].pk if value != "on" else value for name, value in typed.items()
    }
    fields = typed_on(of_lakou, workshop) | typed

    refused = of_lakou.post(desk(workshop), fields)

    assert refused.context["adminform"].form.non_field_errors() == [
        "TMNlab (France) reste parmi les communautés hôtes\u00a0: seule une personne de cette "
        "communauté, ou qui administre tout, peut la retirer. Remettez-la, puis enregistrez de "
        "nouveau."
    ]
    assert [host.place for host in workshop.communities] == ["Martinique", "France"]

    assert admin_client.post(desk(workshop), fields).status_code == 302
    after = Workshop.objects.get(pk=workshop.pk)
    assert communities["France"] not in after.communities


def test_an_organiser_takes_their_own_communities_off_a_workshop(
    make_workshop, client, make_organiser
):
    workshop = make_workshop("Martinique", "France")
    client.force_login(make_organiser("both", *ALL, places=["Martinique", "France"]))

    fields = typed_on(client, workshop) | {"hostings-1-DELETE": "on"}

    assert client.post(desk(workshop), fields).status_code == 302
    assert [host.place for host in Workshop.objects.get().communities] == ["Martinique"]


def test_a_partner_community_is_added_beside_ones_own(make_workshop, of_lakou, communities):
    workshop = make_workshop("Martinique")
    fields = typed_on(of_lakou, workshop) | {
        "hostings-TOTAL_FORMS": "2",
        "hostings-1-id": "",
        "hostings-1-workshop": workshop.pk,
        "hostings-1-community": communities["France"].pk,
        "hostings-1-position": "",
        "hostings-1-reserved_seats": "",
    }

    saved = of_lakou.post(desk(workshop), fields, follow=True)

    assert saved.status_code == 200
    after = Workshop.objects.get(pk=workshop.pk)
    assert [host.place for host in after.communities] == ["Martinique", "France"]


def test_who_belongs_to_no_community_adds_no_workshop(client, make_organiser, communities):
    client.force_login(make_organiser("new", *ALL, places=[]))
    fields = FieldsOf(client.get(f"{WORKSHOPS}add/").content.decode(), "workshop_form").fields

    typed = {"hostings-0-community": communities["France"].pk, "title": "Seul"}
    page = client.post(f"{WORKSHOPS}add/", fields | typed)

    assert page.context["adminform"].form.non_field_errors() == [
        "Vous n’appartenez encore à aucune communauté\u00a0: vous ne verriez pas cet atelier "
        "une fois enregistré. Demandez à la personne qui gère les comptes de vous ajouter à la "
        "vôtre."
    ]


READS = [f"view_{model}" for model in ("workshop", "hosting", "presentation", "community")]


@pytest.mark.one_database
def test_a_reader_reads_true_hours_and_no_secret_address(make_workshop, client, make_organiser):
    workshop = make_workshop(
        meeting_url="https://zoom.example/j/123",
        afterwards="https://replay.example/1",
        replay_url="https://replay.example/2",
        slides_url="https://replay.example/3",
    )
    client.force_login(make_organiser("reader", *READS))

    pages = [client.get(path) for path in (desk(workshop), WORKSHOPS)]

    for page in pages:
        html = page.content.decode()
        assert [word for word in ("zoom.example", "replay.example", "None") if word in html] == []
    text = page_text(pages[0])
    assert text.count("Les places réservées reviennent à tout le monde à partir de") == 1
    assert text.count("samedi 27 mars 2027, 9 h 30 (heure du Québec), 14 h 30 (heure de F") == 1
    assert [text.count(words) for words in ("tout de suite", "à la fin")] == [1, 1]


@pytest.mark.parametrize("path", [WORKSHOPS, PEOPLE, MAILS, COMMUNITIES])
def test_what_one_may_see_costs_as_many_statements_however_much_there_is(
    path, make_workshop, register, of_lakou
):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            of_lakou.get(path)
        return len(asked)

    register(make_workshop("Martinique"))
    first = cost()
    for number in range(4):
        register(make_workshop("Martinique", "France"), email=f"p{number}@example.org")

    assert cost() == first
