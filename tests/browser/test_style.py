"""The page of all components, which only a site in DEBUG has."""

import pytest

from registrations.domain.status import Status
from tests.browser.test_states import violations

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_the_page_of_all_components_has_no_fault(open_page, settings):
    settings.DEBUG = True
    page = open_page("/style/")

    assert page.locator("h1").inner_text() == "Every component in every state"
    assert page.locator(".row-workshop").count() == len(Status)
    assert page.locator(".ticket").count() == 8
    assert violations(page) == {}
    assert page.complaints == []


def test_a_site_that_serves_the_public_has_no_such_page(client):
    assert client.get("/style/").status_code == 404
