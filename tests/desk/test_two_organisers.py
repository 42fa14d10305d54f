"""Two organisers on one page: no save overwrites what the other one saved since it was opened."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from events.models import Partner, Presentation, Workshop
from praxis.merging_admin import MergingAdmin
from praxis.three_way_merge import MergedForm
from tests.helpers.desk import desk, errors, said, save, undone
from tests.helpers.logos import png, svg, upload
from tests.helpers.mails import plain
from tests.helpers.pages import FieldsOf

pytestmark = pytest.mark.one_database

MEANWHILE = "Cette page a été enregistrée pendant que vous l’aviez ouverte : par "
HOW = (
    "Ce qu’une seule personne a changé est repris ci-dessous. Là où vous avez changé la même "
    "chose, les deux versions sont écrites : gardez la vôtre ou corrigez-la, puis enregistrez "
    "de nouveau."
)


def opened(client, row):
    """What a browser sends of the row's page as it is now."""
    name = row._meta.model_name
    path = reverse(f"admin:events_{name}_change", args=[row.pk])
    return path, FieldsOf(client.get(path).content.decode(), f"{name}_form").fields


@pytest.fixture
def tab(admin_client, workshop):
    """Save what the workshop's page shows when it is opened, with some fields typed anew."""
    _path, fields = opened(admin_client, workshop)
    more = {"_continue": "yes"}
    return lambda **typed: admin_client.post(desk(workshop), fields | typed | more, follow=True)


def row_errors(page, number):
    [rows] = [
        each.formset
        for each in page.context["inline_admin_formsets"]
        if each.formset.prefix == "presentations"
    ]
    return {name: [plain(e) for e in texts] for name, texts in rows.forms[number].errors.items()}


def again(client, page, workshop, **typed):
    """Save what a refused page shows."""
    fields = FieldsOf(page.content.decode(), "workshop_form").fields
    return client.post(desk(workshop), fields | typed | {"_continue": "yes"}, follow=True)


def test_what_a_stale_tab_did_not_touch_stays_as_the_other_organiser_saved_it(workshop, awa, tab):
    save(awa, workshop, meeting_url="https://zoom.example/j/2", banner="Série")

    page = tab(place="Jitsi")

    after = Workshop.objects.get()
    assert (after.place, after.meeting_url, after.banner) == (
        "Jitsi",
        "https://zoom.example/j/2",
        "Série",
    )
    assert [plain(each) for each in said(page, "info")][-1] == (
        f"{MEANWHILE}Awa Diop, à l’instant. Ce qui a changé alors est gardé : Bandeau, "
        "Adresse de la rencontre."
    )


def test_what_both_typed_is_shown_twice_and_a_second_press_decides(
    workshop, awa, tab, admin_client, time_machine
):
    save(awa, workshop, place="Jitsi", start_1="10:00", banner="Série")
    time_machine.shift(timedelta(minutes=3))

    page = tab(place="Teams", start_1="11:00", registration_open="")

    assert Workshop.objects.get().place == "Jitsi"
    assert errors(page) == {
        "__all__": [f"{MEANWHILE}Awa Diop, il y a 3 minutes.", HOW],
        "place": ["Enregistré entre-temps : Jitsi · Vous avez tapé : Teams"],
        "start": [
            "Enregistré entre-temps : lundi 29 mars 2027, 10 h 00 · "
            "Vous avez tapé : lundi 29 mars 2027, 11 h 00"
        ],
    }

    again(admin_client, page, workshop)

    after = Workshop.objects.get()
    assert (after.place, after.banner, after.clock_lines[1][:6].replace("\u00a0", " ")) == (
        "Teams",
        "Série",
        "11 h 0",
    )


def test_boxes_that_both_ticked_are_shown_in_words(workshop, awa, tab):
    save(awa, workshop, interpretation=["lsq"])

    page = tab(interpretation=["lsq", "en"])

    lsq = "LSQ (langue des signes québécoise)"
    assert errors(page)["interpretation"] == [
        f"Enregistré entre-temps : {lsq} · Vous avez tapé : {lsq}, vers l’anglais"
    ]


def test_a_third_save_between_the_two_presses_is_noticed_as_well(workshop, awa, tab, admin_client):
    save(awa, workshop, place="Jitsi")
    page = tab(place="Teams")
    save(awa, workshop, place="Webex")

    page = again(admin_client, page, workshop)

    assert errors(page)["place"] == ["Enregistré entre-temps : Webex · Vous avez tapé : Teams"]


def test_a_save_that_left_no_entry_in_the_log_is_noticed(workshop, tab):
    Workshop.objects.update(place="Jitsi")

    page = tab(place="Teams")

    assert errors(page)["__all__"] == [
        "Quelqu’un a enregistré cette page pendant que vous l’aviez ouverte.",
        HOW,
    ]


@pytest.mark.parametrize("note", ["", "x", "eyJhIjoxfQ:1x:y"])
def test_a_page_that_does_not_prove_what_it_showed_overwrites_nothing(note, workshop, tab):
    page = tab(place="Teams", _opened=note)

    assert Workshop.objects.get().place == "Zoom"
    assert errors(page)["place"] == ["Enregistré entre-temps : Zoom · Vous avez tapé : Teams"]


@pytest.fixture
def talk(workshop):
    host = workshop.communities[0]
    return Presentation.objects.create(workshop=workshop, community=host, title="Mesurer")


def test_a_row_that_others_deleted_goes_unless_it_was_changed_here(
    talk, workshop, awa, admin_client
):
    _path, fields = opened(admin_client, workshop)
    save(awa, workshop, **{"presentations-0-DELETE": "on"})

    admin_client.post(desk(workshop), fields | {"place": "Jitsi"})
    gone = workshop.presentations.count()
    page = admin_client.post(desk(workshop), fields | {"presentations-0-title": "Compter"})
    words = row_errors(page, 0)
    again(admin_client, page, workshop)

    assert (gone, Workshop.objects.get().place) == (0, "Jitsi")
    assert words == {
        "__all__": [
            "Quelqu’un a supprimé cette ligne entre-temps. Enregistrez de nouveau pour la "
            "remettre, ou videz-la."
        ]
    }
    assert [each.title for each in workshop.presentations.all()] == ["Compter"]


def test_a_row_that_others_changed_is_not_deleted_unseen(talk, workshop, awa, tab, admin_client):
    save(awa, workshop, **{"presentations-0-title": "Compter"})
    _path, fields = opened(admin_client, workshop)

    page = tab(
        **{"presentations-0-DELETE": "on"}
        | {name: value for name, value in fields.items() if name.startswith("presentations-")}
        | {"presentations-0-title": "Mesurer"}
    )

    assert [each.title for each in workshop.presentations.all()] == ["Compter"]
    assert row_errors(page, 0)["__all__"] == [
        "Quelqu’un a modifié cette ligne entre-temps : elle n’est pas supprimée. Cochez de "
        "nouveau pour la supprimer."
    ]


def test_rows_that_others_added_stay(workshop, communities, awa, tab):
    host = {"hostings-2-community": communities["Katmandou"].pk, "hostings-2-position": 3}
    save(awa, workshop, **host | {"hostings-TOTAL_FORMS": 3})

    tab(place="Jitsi")

    after = Workshop.objects.get()
    assert ([each.place for each in after.communities], after.place) == (
        ["Québec", "France", "Katmandou"],
        "Jitsi",
    )


def test_each_of_two_organisers_adds_a_host(workshop, communities, awa, tab):
    def host(place):
        row = {"hostings-2-community": communities[place].pk, "hostings-2-position": ""}
        return row | {"hostings-TOTAL_FORMS": 3}

    save(awa, workshop, **host("Katmandou"))
    tab(**host("Martinique"))

    assert [each.place for each in Workshop.objects.get().communities] == [
        "Québec",
        "France",
        "Katmandou",
        "Martinique",
    ]


def test_an_untouched_hour_follows_the_clock_that_others_put_first(workshop, awa, tab):
    save(awa, workshop, **{"hostings-0-position": 2, "hostings-1-position": 1})

    tab(place="Jitsi")

    after = Workshop.objects.get()
    assert (after.starts_at, after.place, after.communities[0].place) == (
        workshop.starts_at,
        "Jitsi",
        "France",
    )


def test_a_draft_deleted_under_an_open_page_is_said_to_be_gone(make_workshop, admin_client):
    draft = make_workshop(state="draft")
    _path, fields = opened(admin_client, draft)
    draft.delete()

    page = admin_client.post(desk(draft), fields | {"place": "Jitsi"}, follow=True)

    assert page.status_code == 200
    assert len(said(page)) == 1


@pytest.mark.parametrize("name", ["community", "partner"])
def test_communities_and_partners_are_merged_too(name, communities, awa, admin_client):
    row = communities["Québec"] if name == "community" else Partner.objects.create(name="Ministère")
    path, fields = opened(admin_client, row)
    _path, first = opened(awa, row)
    awa.post(path, first | {"site": "https://a.example/", "name": "Autre"})

    page = admin_client.post(path, fields | {"site": "https://b.example/"})

    assert errors(page)["site"] == [
        "Enregistré entre-temps : https://a.example/ · Vous avez tapé : https://b.example/"
    ]
    row.refresh_from_db()
    assert (row.name, row.site) == ("Autre", "https://a.example/")


def test_every_page_that_merges_has_forms_that_can_be_refused():
    pages = [each for each in admin.site._registry.values() if isinstance(each, MergingAdmin)]

    forms = [each.form for each in pages] + [row.form for each in pages for row in each.inlines]

    assert len(forms) == 7
    assert all(issubclass(each, MergedForm) for each in forms)


@pytest.mark.parametrize("inside", ["view", "view add", "view delete"])
def test_rows_that_are_only_read_may_come_and_go_meanwhile(
    inside, talk, workshop, communities, awa, make_organiser
):
    names = ["view_workshop", "change_workshop"]
    for model in ("hosting", "presentation"):
        names += [f"{verb}_{model}" for verb in inside.split()]
    client = Client()
    client.force_login(make_organiser("lea", *names))
    _path, fields = opened(client, workshop)
    host = {"hostings-2-community": communities["Katmandou"].pk, "hostings-2-position": 3}
    save(awa, workshop, **host | {"hostings-TOTAL_FORMS": 3, "presentations-0-DELETE": "on"})

    answer = client.post(desk(workshop), fields | {"place": "Jitsi"})

    after = Workshop.objects.get()
    assert (answer.status_code, after.place, after.presentations.count()) == (302, "Jitsi", 0)
    assert [each.place for each in after.communities] == ["Québec", "France", "Katmandou"]


NO_PAGE_SENT = [
    {"presentations-0-id": "99"},
    {"presentations-INITIAL_FORMS": "7"},
    {"presentations-INITIAL_FORMS": "0"},
    {"presentations-TOTAL_FORMS": "0"},
    {"presentations-TOTAL_FORMS": "1000000"},
    {"presentations-5-title": "Ailleurs", "presentations-TOTAL_FORMS": "9"},
    {"presentations-0-workshop": "99"},
    {"presentations-TOTAL_FORMS": ""},
    {"hostings-0-id": "", "hostings-INITIAL_FORMS": "1"},
]


def test_rows_that_no_page_sent_never_fail_nor_lose_a_stored_one(talk, workshop, admin_client):
    admin_client.raise_request_exception = False
    _path, fields = opened(admin_client, workshop)
    wrong = {}

    for changed in NO_PAGE_SENT:
        with undone():
            answer = admin_client.post(desk(workshop), fields | changed)
            titles = [each.title for each in workshop.presentations.all()]
            left = answer.status_code, titles, workshop.hostings.count()
        if left not in [(code, ["Mesurer"], 2) for code in (200, 302, 400)]:
            wrong[str(changed)] = left

    assert wrong == {}


@pytest.mark.parametrize("typed", [{"logo": "a file"}, {"logo-clear": "on"}], ids=str)
def test_a_logo_that_others_saved_is_not_replaced_unseen(typed, communities, awa, admin_client):
    row = communities["Québec"]
    path, fields = opened(admin_client, row)
    _path, hers = opened(awa, row)
    awa.post(path, hers | {"logo": upload(svg()), "logo_alt": "Un cercle"})
    if "logo" in typed:
        typed = {"logo": upload(png()), "logo_alt": "Un carré"}

    page = admin_client.post(path, fields | typed)

    assert errors(page)["logo"][-1] == (
        "Quelqu’un a enregistré un autre fichier entre-temps : choisissez de nouveau le vôtre pour "
        "le remplacer."
    )
    row.refresh_from_db()
    assert row.logo_alt == "Un cercle"
    assert row.logo is not None
