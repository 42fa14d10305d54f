"""A published address never dies: an older one leads to the workshop's present one."""

from itertools import product

import pytest
from django.urls import reverse
from django.utils import translation

from events.models import PreviousAddress, Workshop
from registrations.models import Registration
from tests.helpers.desk import desk, edit
from tests.helpers.pages import FieldsOf, form_of
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

PAGES = [
    "events:workshop",
    "events:calendar",
    "events:poster",
    "events:poster_pdf",
    "events:workshop_picture",
    "registrations:sign_up",
]


@pytest.fixture
def moved(workshop):
    """A workshop whose address is « nouveau » by now, as the desk stores it."""
    stored = Workshop.objects.get(pk=workshop.pk)
    Workshop.objects.filter(pk=workshop.pk).update(slug="nouveau")
    PreviousAddress.objects.note(Workshop.objects.get(pk=workshop.pk), stored)
    return workshop


def give(admin_client, workshop, slug):
    """Give `workshop` another address at the desk; the answer."""
    fields = FieldsOf(admin_client.get(desk(workshop)).content.decode(), "workshop_form").fields
    return admin_client.post(desk(workshop), fields | {"slug": slug})


def page(name, slug, language="fr"):
    with translation.override(language):
        return reverse(name, args=[slug])


def test_each_page_at_the_old_address_or_in_capitals_leads_to_the_same_page(
    workshop, admin_client, client
):
    give(admin_client, workshop, "nouveau")
    slugs = [workshop.slug, workshop.slug.upper(), "NOUVEAU"]

    found, expected = {}, {}
    for case in product(PAGES, ["fr", "en"], slugs, ["", "?format=a4"]):
        name, language, slug, query = case
        answer = client.get(page(name, slug, language) + query)
        found[case] = answer.status_code, answer["Location"]
        expected[case] = 307, page(name, "nouveau", language) + query

    assert found == expected


def test_a_form_that_stood_open_meanwhile_registers(workshop, admin_client, client, fast_typists):
    shown = FieldsOf(client.get(form_of(workshop)).content.decode(), "sign-up").fields
    give(admin_client, workshop, "nouveau")

    answer = client.post(form_of(workshop), typed(**shown), follow=True)

    assert answer.redirect_chain[0] == (page("registrations:sign_up", "nouveau"), 307)
    assert Registration.objects.get().workshop == workshop


def test_an_address_before_the_last_one_leads_on_as_well(moved, admin_client, client):
    give(admin_client, moved, "encore")

    found = [client.get(page("events:workshop", slug)) for slug in (moved.slug, "nouveau")]

    assert [each["Location"] for each in found] == [page("events:workshop", "encore")] * 2


def test_an_address_that_is_taken_back_is_the_workshops_again(moved, admin_client, client):
    give(admin_client, moved, moved.slug)

    assert client.get(page("events:workshop", moved.slug)).status_code == 200
    assert client.get(page("events:workshop", "nouveau"))["Location"] == page(
        "events:workshop", moved.slug
    )


def test_another_workshop_cannot_take_an_address_that_was_shared(
    moved, make_workshop, admin_client
):
    other = make_workshop(slug="autre")

    answer = give(admin_client, other, moved.slug)

    assert answer.context["adminform"].form.errors == {
        "slug": [
            "Un autre atelier a eu cette adresse, et elle y mène encore\u00a0: choisissez-en une "
            "autre."
        ]
    }


def test_an_address_made_from_the_title_avoids_those_that_were_shared(
    moved, make_workshop, admin_client
):
    PreviousAddress.objects.update(slug="donnees-culturelles")
    other = make_workshop(slug="autre")

    give(admin_client, other, "")

    assert Workshop.objects.get(pk=other.pk).slug == "donnees-culturelles-2"


def test_nobody_knew_the_address_of_a_draft(make_workshop, admin_client, client):
    draft = make_workshop(state="draft")
    edit(admin_client, draft, slug="nouveau", state="published")

    assert client.get(page("events:workshop", draft.slug)).status_code == 404
    assert PreviousAddress.objects.count() == 0


def test_a_workshop_that_is_a_draft_again_is_not_betrayed_by_its_old_address(
    moved, admin_client, client
):
    edit(admin_client, moved, state="draft")

    assert client.get(page("events:workshop", moved.slug)).status_code == 404


def test_what_was_announced_once_is_not_deleted(workshop, make_workshop, admin_client):
    edit(admin_client, workshop, state="draft")
    never = make_workshop(state="draft")
    pages = [f"{desk(each).removesuffix('change/')}delete/" for each in (workshop, never)]
    both = {"action": "delete_selected", "_selected_action": [workshop.pk, never.pk], "post": "yes"}

    admin_client.post("/admin/events/workshop/", both)
    assert [admin_client.post(page, {"post": "yes"}).status_code for page in pages] == [403, 302]
    assert Workshop.objects.get() == workshop


def test_capitals_betray_no_draft(make_workshop, client):
    draft = make_workshop(state="draft")

    assert client.get(page("events:workshop", draft.slug.upper())).status_code == 404


def test_no_two_addresses_differ_in_capitals_alone(moved, make_workshop, admin_client):
    other = make_workshop(slug="autre")

    errors = [
        give(admin_client, other, slug).context["adminform"].form.errors
        for slug in ("NOUVEAU", moved.slug.upper(), "nouveau")
    ]

    assert errors[0] == {
        "slug": ["Un autre atelier a cette adresse\u00a0: choisissez-en une autre."]
    }
    assert [list(each) for each in errors] == [["slug"]] * 3
    assert {len(each["slug"]) for each in errors} == {1}


def test_an_address_whose_capitals_change_leads_to_the_workshop_still(
    workshop, admin_client, client
):
    old = workshop.slug
    for slug in (old.capitalize(), old, old.upper()):
        give(admin_client, workshop, slug)
        others = {old.capitalize(), old, old.upper()} - {slug}
        for other in others:
            answer = client.get(page("events:workshop", other))
            assert answer["Location"] == page("events:workshop", slug)
        assert client.get(page("events:workshop", slug)).status_code == 200


def test_a_refused_save_keeps_no_address(workshop, admin_client):
    edit(admin_client, workshop, slug="nouveau", title="")

    assert PreviousAddress.objects.count() == 0


def test_an_address_that_nobody_ever_had_is_not_found(workshop, client):
    assert client.get(page("events:workshop", "jamais")).status_code == 404
    assert client.get("/admin/events/workshop/99/change/").status_code == 302
