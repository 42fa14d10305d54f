"""What the page about accessibility says of the others: by keyboard alone, and wider spaced."""

import pytest

from registrations.models import Registration

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast_typists")]

# WCAG 2.2, 1.4.12
WIDER = """
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
        * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
            word-spacing: 0.16em !important }
        p { margin-bottom: 2em !important }
    `);
    document.adoptedStyleSheets = [sheet];
"""
# Elements whose text goes beyond their edge and is not seen there, and those that lie over others.
HIDDEN = """
    [...document.querySelectorAll("main *, footer *")].filter(each => {
        const { overflowX, overflowY } = getComputedStyle(each);
        return (overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1)
            || (overflowY !== "visible" && each.scrollHeight > each.clientHeight + 1);
    }).map(each => each.outerHTML.slice(0, 99))
"""


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


PATHS = ["/", "{workshop}", "{workshop}inscription/", "{manage}", "{join}", "/accessibilite/"]


@pytest.mark.parametrize("path", PATHS)
def test_wider_spacing_hides_nothing_on_a_small_screen(path, praxis, register, open_page):
    _past, coming = praxis
    registration = register(coming)
    page = open_page(
        path.format(
            workshop=coming.get_absolute_url(),
            manage=registration.manage_path,
            join=registration.join_path,
        ),
        width=320,
        zone="Europe/London",
    )

    page.evaluate(WIDER)

    # What is one too wide is the space after the last letter of a large hour.
    assert page.evaluate("document.documentElement.scrollWidth") < 320 + 4
    assert page.evaluate(HIDDEN) == []
