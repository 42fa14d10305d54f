"""At the desk a mail is seen as its reader sees it, in a frame that runs nothing."""

import pytest

from tests.helpers.desk import page_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_mail_stands_on_its_page_as_mail_programs_show_it(workshop, register, desk_page):
    person, page = register(workshop), desk_page
    page.set_viewport_size({"width": 360, "height": 800})

    page.goto(page_of(person, f"mail/{person.mails.get().pk}"))
    heading = page.frame_locator("iframe").get_by_role("heading", level=1)

    assert heading.inner_text() == "C’est confirmé"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert page.complaints == []
