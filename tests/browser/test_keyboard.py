"""What the page about accessibility says of the others: the whole way by keyboard alone."""

import pytest

from registrations.models import Registration

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast_typists")]


def go_to(page, words):
    """Press Tab until what has the focus says `words` or bears them as its label."""
    for _step in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate("document.activeElement.name || document.activeElement.innerText")
        if said and words in said.replace("\u00a0", " "):
            return
    raise AssertionError(f"Tab never leads to {words!r}")


def follow(page, words):
    with page.expect_navigation():
        go_to(page, words)
        page.keyboard.press("Enter")


def test_by_keyboard_alone_one_registers_and_cancels(workshop, open_page):
    page = open_page("/")
    follow(page, "Données culturelles")
    follow(page, "Inscrivez-vous ici")
    for name, value in (("first_name", "Zoé"), ("last_name", "Roy"), ("email", "zoe@example.org")):
        go_to(page, name)
        page.keyboard.type(value)
    follow(page, "M’inscrire")
    registration = Registration.objects.get()
    page.goto(registration.manage_path)
    go_to(page, "Je ne peux pas venir")
    page.keyboard.press("Enter")
    follow(page, "Annuler mon inscription")

    registration.refresh_from_db()
    assert (registration.full_name, registration.state) == ("Zoé Roy", "cancelled")
    assert page.complaints == []
