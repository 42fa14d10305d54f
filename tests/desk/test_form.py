"""The form of a workshop: in the order in which one thinks, and kind to what is pasted."""

import re

import pytest
from django.forms.renderers import DjangoTemplates
from django.urls import reverse

from events.forms.hosts import HostingForm
from tests.helpers.desk import desk, edit, save
from tests.helpers.pages import FieldsOf

pytestmark = pytest.mark.one_database

# What a word processor leaves: a zero-width space, a byte order mark, a soft hyphen.
UNSEEN = ["\u200b", "\ufeff", "\u00ad"]


@pytest.fixture
def order(workshop, admin_client):
    """The position of each field of the workshop's page, by its name."""
    page = admin_client.get(desk(workshop)).content.decode()
    return list(FieldsOf(page, "workshop_form").fields).index


def test_the_form_asks_who_holds_it_then_when_then_the_rest(order):
    asked = ["hostings-0-community", "start_0", "end_1", "title", "place", "capacity"]

    assert sorted(asked, key=order) == asked


def test_presentations_come_after_what_they_belong_to(order):
    assert order("presentations-TOTAL_FORMS") > order("description")


def test_what_comes_after_the_session_is_folded_until_the_workshop_is_there(workshop, admin_client):
    pages = [admin_client.get(path) for path in ("/admin/events/workshop/add/", desk(workshop))]

    folded = [
        re.findall(r"<details>(.*?)</details>", each.content.decode(), re.S) for each in pages
    ]

    assert ["id_replay_url" in "".join(each) for each in folded] == [True, False]


@pytest.mark.parametrize("character", UNSEEN)
def test_a_pasted_line_loses_what_no_eye_sees(character, workshop, admin_client):
    lines = ["title", "banner", "place", "audience"]

    save(admin_client, workshop, **dict.fromkeys(lines, f"Don{character}nées"))

    workshop.refresh_from_db()
    assert {name: getattr(workshop, name) for name in lines} == dict.fromkeys(lines, "Données")


def test_no_template_is_rendered_to_say_that_a_field_has_no_errors():
    rendered = []

    class Noted(DjangoTemplates):
        def render(self, template_name, *rest):
            rendered.append(template_name)
            return super().render(template_name, *rest)

    form = HostingForm({"position": "x", "reserved_seats": ""}, renderer=Noted())

    errors = {name: form[name].errors.as_ul() for name in ("position", "reserved_seats")}
    assert 'class="errorlist"' in errors["position"]
    assert errors["reserved_seats"] == ""
    assert rendered == ["django/forms/errors/list/ul.html"]


def test_a_title_of_nothing_but_unseen_characters_is_missing(workshop, admin_client):
    page = edit(admin_client, workshop, title="".join(UNSEEN))

    assert page.context["adminform"].form.errors == {"title": ["Ce champ est obligatoire."]}


def test_a_pasted_title_that_is_too_long_is_refused_and_not_cut(workshop, admin_client):
    page = admin_client.get(desk(workshop)).content.decode()
    refused = edit(admin_client, workshop, title="a" * 201)

    assert 'name="title"' in page
    assert "maxlength" not in page[page.index('name="title"') :][:200]
    assert refused.context["adminform"].form.errors == {
        "title": [
            "Assurez-vous que cette valeur comporte au plus 200 caractères (actuellement 201)."
        ]
    }


def test_each_field_of_a_row_is_named(workshop, admin_client):
    page = admin_client.get(desk(workshop)).content.decode()

    for name in ("community", "position", "reserved_seats", "DELETE"):
        start = page.index(f'name="hostings-0-{name}"')
        tag = page[page.rindex("<", 0, start) : page.index(">", start)]
        assert "aria-label=" in tag, name


def test_partners_are_boxes_to_tick(workshop, admin_client):
    partner = workshop.partners.create(name="Ministère")

    page = admin_client.get(reverse("admin:events_workshop_change", args=[workshop.pk]))

    box = f'<input type="checkbox" name="partners" value="{partner.pk}"'
    assert page.content.decode().count(box) == 1


def test_what_was_wrong_stands_first_with_the_way_to_each_field(workshop, admin_client):
    typed = {"title": "", "start_1": "", "hostings-0-community": ""}
    refused = edit(admin_client, workshop, **typed)

    page = refused.content.decode()
    summary = page[page.index("error-summary") :].partition("</div>")[0]
    links = re.findall(r'href="#(.*?)">', summary)
    assert links == ["id_start_0", "id_title", "id_hostings-0-community"]
    assert all(f'id="{anchor}"' in page for anchor in links)
    assert page.index("error-summary") < page.index("saved-clock")
    assert "Communauté hôte 1, Communauté\u00a0: Ce champ est obligatoire." in summary
    assert page.count("errornote") == 1
