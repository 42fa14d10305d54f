"""At the desk a mail is seen as its reader sees it, in a frame that runs nothing."""

import pytest
from django.conf import settings

from tests.helpers.desk import page_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_mail_stands_on_its_page_as_mail_programs_show_it(
    workshop, register, admin_client, open_page
):
    person = register(workshop)
    page = open_page("/healthz", width=360)
    cookie = admin_client.cookies[settings.SESSION_COOKIE_NAME].value
    root = page.url.removesuffix("healthz")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": root}])

    page.goto(page_of(person, f"mail/{person.mails.get().pk}"))
    heading = page.frame_locator("iframe").get_by_role("heading", level=1)

    assert heading.inner_text() == "C’est confirmé"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert page.complaints == []
