"""What several tests in Chromium start from."""

import pytest


@pytest.fixture
def desk_page(open_page, django_user_model):
    """The desk, its organiser signed in."""
    django_user_model.objects.create_superuser("orga", "orga@example.org", "praxis-praxis")
    page = open_page("/admin/")
    page.fill("#id_username", "orga")
    page.fill("#id_password", "praxis-praxis")
    page.click("input[type=submit]")
    return page
