"""Methods that no page takes: 405 with Allow on every public page; OPTIONS says what it takes."""

import pytest
from django.test import Client
from django.urls import get_resolver
from django.urls.resolvers import URLPattern

from tests.helpers.pages import form_of

pytestmark = pytest.mark.one_database

READ, FORM = "GET, HEAD", "GET, HEAD, POST"
OTHER = ["PUT", "DELETE", "PATCH", "TRACE", "BREW"]


@pytest.fixture
def pages(workshop, register):
    """{address: what it takes}."""
    person = register(workshop)
    return {
        "/": READ,
        workshop.get_absolute_url(): READ,
        form_of(workshop): FORM,
        person.manage_path: READ,
        f"{person.manage_path}annuler/": FORM,
        person.join_path: FORM,
        "/healthz": READ,
        "/robots.txt": READ,
    }


@pytest.fixture
def browser():
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize("method", OTHER)
def test_a_method_that_no_page_takes_is_405_and_says_what_it_takes(method, pages, browser):
    answers = {path: browser.generic(method, path, b"x=1") for path in pages}

    assert {path: answer["Allow"] for path, answer in answers.items()} == pages
    assert {answer.status_code for answer in answers.values()} == {405}


def test_options_says_what_a_page_takes(pages, browser):
    answers = {path: browser.options(path) for path in pages}

    assert {path: (answer.status_code, answer["Allow"]) for path, answer in answers.items()} == {
        path: (204, f"{takes}, OPTIONS") for path, takes in pages.items()
    }


def test_where_nothing_is_another_method_finds_nothing(browser, workshop):
    assert [browser.generic(method, "/nope/").status_code for method in OTHER] == [404] * 5


def test_the_desk_asks_for_its_token_all_the_same(browser, admin_client, workshop):
    path = f"/admin/events/workshop/{workshop.pk}/delete/"
    browser.cookies = admin_client.cookies

    assert [browser.generic(method, path).status_code for method in OTHER] == [403] * 5


def test_each_public_view_refuses_other_methods_before_it_looks_at_anything(rf):
    """It is called without the CSRF check, and without a database."""
    views = list(public_views(get_resolver().url_patterns))

    answers = {
        str(view.pattern): view.callback(
            rf.put("/"), **dict.fromkeys(view.pattern.converters, "x")
        ).status_code
        for view in views
    }

    assert len(answers) > 20
    assert set(answers.values()) == {405}, answers


def public_views(patterns):
    """The URLPattern of each view outside the desk."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        elif pattern.app_name != "admin":
            yield from public_views(pattern.url_patterns)
