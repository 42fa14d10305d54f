"""Whoever never used one of our links: counted at the desk, and listed there."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registrations.domain import privacy, selfservice, signup
from tests.helpers.desk import desk
from tests.helpers.pages import page_text

LIST = "/admin/registrations/registration/"


@pytest.fixture
def people(workshop, make_workshop, crowd, register, now):
    """Six with a seat. The first has used a link, the second one elsewhere, the third is erased.

    The fourth has cancelled: two are left.
    """
    six = crowd(workshop, 6)
    selfservice.verify(six[0], now=now)
    selfservice.verify(register(make_workshop(), email="P1@example.org"), now=now)
    privacy.erase(six[2], now=now)
    signup.cancel(six[3], now=now)
    return six


def listed(client, query):
    page = client.get(f"{LIST}?{query}")
    assert page.status_code == 200
    return sorted(row.pk for row in page.context["cl"].result_list)


def test_the_workshops_page_counts_who_never_used_a_link_and_leads_to_them(
    people, workshop, admin_client
):
    page = admin_client.get(desk(workshop))

    query = f"workshop={workshop.pk}&amp;state__exact=confirmed&amp;link=never"
    assert page_text(page).count("Qui vient (4)") == 1
    assert page_text(page).count("dont 2 qui n’ont encore utilisé aucun lien") == 1
    assert page.content.decode().count(f'href="{LIST}?{query}"') == 1
    assert listed(admin_client, query.replace("amp;", "")) == [people[4].pk, people[5].pk]


@pytest.mark.one_database
def test_where_everybody_has_used_one_the_page_says_nothing(workshop, register, admin_client, now):
    selfservice.verify(register(workshop), now=now)

    assert "aucun lien" not in page_text(admin_client.get(desk(workshop)))


@pytest.mark.one_database
def test_one_person_is_spoken_of_as_one(workshop, register, admin_client):
    register(workshop)

    text = page_text(admin_client.get(desk(workshop)))

    assert text.count("dont 1 qui n’a encore utilisé aucun lien") == 1


def test_the_list_is_filtered_by_the_use_of_a_link(people, workshop, admin_client):
    of_workshop = f"workshop={workshop.pk}"

    assert listed(admin_client, f"{of_workshop}&link=used") == [people[0].pk, people[1].pk]
    # Nobody is left behind an erased row, and no address to have used a link.
    assert listed(admin_client, f"{of_workshop}&link=never") == [
        people[3].pk,
        people[4].pk,
        people[5].pk,
    ]
    assert listed(admin_client, f"{of_workshop}&link=odd") == sorted(p.pk for p in people)


@pytest.mark.parametrize("path", ["page", "list", "never", "used", "facets"])
def test_it_costs_the_same_statements_however_many_register(path, workshop, crowd, admin_client):
    path = {
        "page": desk(workshop),
        "list": LIST,
        "never": f"{LIST}?link=never",
        "used": f"{LIST}?link=used",
        "facets": f"{LIST}?link=never&_facets=True",
    }[path]
    costs = []

    for first, count in ((0, 3), (10, 20)):
        crowd(workshop, count, first=first)
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(path).status_code == 200
        costs.append(len(queries))

    assert costs[0] == costs[1]


@pytest.mark.one_database
def test_whoever_may_not_see_people_sees_no_number_of_them(
    workshop, register, client, make_organiser
):
    register(workshop)
    client.force_login(make_organiser("looker", "view_workshop"))

    assert "aucun lien" not in page_text(client.get(desk(workshop)))
