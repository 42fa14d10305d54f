"""What several tests in Chromium start from."""

import pytest
from django.conf import settings


@pytest.fixture
def desk_page(open_page, admin_client, live_server):
    """A page, still blank, of an organiser who is signed in at the desk."""
    page = open_page("about:blank")
    cookie = admin_client.cookies[settings.SESSION_COOKIE_NAME].value
    facts = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}
    page.context.add_cookies([facts])
    return page
