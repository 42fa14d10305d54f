"""The desk's lists of workshops, communities and partners: order, filter, search."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

WORKSHOPS = "/admin/events/workshop/"


def titles(page):
    return [workshop.title for workshop in page.context["cl"].result_list]


@pytest.fixture
def four(make_workshop, now):
    """Workshops that ended long ago and lately, one that runs, and one far away."""
    for title, days in [("far", 90), ("long ago", -90), ("runs", 0), ("lately", -1)]:
        start = now + timedelta(days=days, minutes=-30)
        make_workshop(title=title, starts_at=start, ends_at=start + timedelta(hours=2))


def test_what_comes_stands_first_and_the_next_one_before_all(four, admin_client):
    assert titles(admin_client.get(WORKSHOPS)) == ["runs", "far", "lately", "long ago"]


@pytest.mark.parametrize(
    ("when", "shown"), [("coming", ["runs", "far"]), ("past", ["lately", "long ago"])]
)
def test_the_list_is_narrowed_to_what_comes_and_to_what_is_past(when, shown, four, admin_client):
    assert titles(admin_client.get(f"{WORKSHOPS}?when={when}")) == shown


def test_a_column_still_sorts_the_list(four, admin_client):
    page = admin_client.get(f"{WORKSHOPS}?o=1")

    assert titles(page) == ["long ago", "lately", "runs", "far"]


@pytest.mark.parametrize("typed", ["peyi", "PÉYI", "péyi art", "martinique art"])
def test_a_community_is_found_without_accents_and_case(typed, communities, admin_client):
    lakou = communities["Martinique"]
    type(lakou).objects.filter(pk=lakou.pk).update(name="Péyi Art")
    asked = {"app_label": "events", "model_name": "hosting", "field_name": "community"}

    picker = admin_client.get(reverse("admin:autocomplete"), asked | {"term": typed}).json()
    listing = admin_client.get("/admin/events/community/", {"q": typed})

    assert [row["text"] for row in picker["results"]] == ["Péyi Art (Martinique)"]
    assert list(listing.context["cl"].result_list) == [lakou]


def test_a_workshop_is_found_without_accents_and_case(make_workshop, admin_client):
    make_workshop(title="Données, encore")
    make_workshop(title="Autre chose")

    assert titles(admin_client.get(f"{WORKSHOPS}?q=donnees")) == ["Données, encore"]


@pytest.mark.parametrize("workshops", [1, 12])
def test_a_search_costs_one_statement_more_however_many_workshops(
    workshops, make_workshop, admin_client, django_assert_num_queries
):
    for number in range(workshops):
        make_workshop(title=f"Données {number}")
    admin_client.get(WORKSHOPS)

    with CaptureQueriesContext(connection) as without_search:
        admin_client.get(WORKSHOPS)
    with django_assert_num_queries(len(without_search) + 1):
        admin_client.get(f"{WORKSHOPS}?q=donnees")
