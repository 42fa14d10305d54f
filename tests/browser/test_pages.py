"""The pages in Chromium: by keyboard, without JavaScript, on a phone, on paper."""

import re
from datetime import datetime
from itertools import product

import pytest

from events.models import Workshop
from tests.helpers.browser import fill
from tests.helpers.logos import give_logos

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast_typists")]


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_person_walks_from_the_list_to_the_confirmation(javascript, praxis, open_page):
    _past, coming = praxis
    page = open_page("/", javascript=javascript)

    page.get_by_role("link", name=re.compile("^Données culturelles")).first.click()
    page.get_by_role("link", name="Inscrivez-vous ici").first.click()
    fill(page)
    page.get_by_role("button", name="M’inscrire").click()

    assert (
        page.get_by_role("heading", level=1).inner_text()
        == "C’est noté\u00a0: consultez vos courriels"
    )
    assert page.locator(".address").inner_text() == "zoe@example.org"
    assert coming.registrations.get().full_name == "Zoé Tremblay"
    assert page.complaints == []


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_a_person_cancels_by_the_link(javascript, workshop, register, open_page):
    registration = register(workshop)
    page = open_page(registration.manage_path, javascript=javascript)

    page.get_by_text("Je ne peux pas venir").click()
    page.get_by_role("button", name="Annuler mon inscription").click()

    assert page.locator(".state").inner_text() == "Cette inscription est annulée."
    registration.refresh_from_db()
    assert registration.state == "cancelled"


def test_the_errors_take_the_focus_and_lead_to_their_fields(workshop, open_page):
    page = open_page(f"/ateliers/{workshop.slug}/inscription/", javascript=False)
    fill(page, first_name="", email="zoe")

    page.get_by_role("button", name="M’inscrire").click()
    focused = page.locator(":focus").get_attribute("class")
    page.get_by_role("link", name="Prénom\u00a0: Écrivez votre prénom.").click()

    assert focused == "error-summary"
    assert page.locator(":focus").get_attribute("name") == "first_name"
    assert [page.input_value(f"[name={name}]") for name in ("last_name", "email")] == [
        "Tremblay",
        "zoe",
    ]


def test_the_door_leads_to_the_room_in_chromium(
    make_workshop, register, open_page, live_server, time_machine
):
    workshop = make_workshop()
    # Chromium holds the redirect after a POST to form-action: a page of this server stands for the
    # room.
    Workshop.objects.filter(pk=workshop.pk).update(meeting_url=f"{live_server.url}/?room")
    registration = register(workshop)
    time_machine.move_to(workshop.starts_at)
    page = open_page(registration.join_path)

    page.get_by_role("button", name="Entrer dans la salle (Zoom)").click()

    assert page.url == f"{live_server.url}/?room"
    assert page.complaints == []


def fonts_of(page, selector):
    """The families in which Chromium sets the first element of `selector`."""
    chromium = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        chromium.send(f"{domain}.enable")
    root = chromium.send("DOM.getDocument")["root"]["nodeId"]
    node = chromium.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    fonts = chromium.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    chromium.detach()
    return [font["familyName"] for font in fonts]


def test_pages_are_measured_in_the_fonts_of_a_phone(praxis, open_page):
    _past, coming = praxis
    page = open_page(coming.get_absolute_url(), width=360)

    families = [
        fonts_of(page, selector)
        for selector in (".breath", ".twin-day", ".half-start", ".half-place")
    ]

    assert families == [["Young Serif"], ["Roboto"], ["Young Serif"], ["Roboto"]]


@pytest.mark.parametrize("width", [360, 1280])
def test_a_logo_on_the_clock_moves_no_hour(width, praxis, open_page):
    _past, coming = praxis

    def starts():
        page = open_page(coming.get_absolute_url(), width=width)
        shown = page.evaluate(
            "[...document.querySelectorAll('.half-logo')].map(logo => logo.naturalWidth)"
        )
        return shown, [start.bounding_box() for start in page.locator(".half-start").all()]

    none, before = starts()
    give_logos(coming)
    logos, after = starts()

    assert (none, logos, after) == ([], [200, 512], before)


@pytest.mark.parametrize("has_logos", [False, True])
@pytest.mark.parametrize("zone", ["America/Toronto", "Europe/London"])
def test_nothing_on_the_page_shifts_in_any_zone(zone, has_logos, praxis, open_page):
    _past, coming = praxis
    if has_logos:
        give_logos(coming)
    page = open_page(coming.get_absolute_url(), width=360, zone=zone)

    shift = page.evaluate(
        """() => new Promise(tell => new PerformanceObserver(list =>
            tell(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
        ).observe({type: "layout-shift", buffered: true}) || setTimeout(() => tell(0), 300))"""
    )

    assert shift == 0


def test_on_paper_the_words_stay_the_buttons_go_and_two_sheets_are_enough(praxis, open_page):
    _past, coming = praxis
    page = open_page(coming.get_absolute_url())

    sheets = {}
    for paper, margin in product(("Letter", "A4"), ("0.4in", "1in")):
        sides = dict.fromkeys(("top", "right", "bottom", "left"), margin)
        printed = page.pdf(format=paper, margin=sides)
        sheets[paper, margin] = len(re.findall(rb"/Type /Page\b", printed))
    page.emulate_media(media="print")

    assert sheets == dict.fromkeys(product(("Letter", "A4"), ("0.4in", "1in")), 2)
    assert [page.locator(".half").first.is_visible(), page.locator(".act").first.is_visible()] == [
        True,
        False,
    ]


def test_on_paper_no_words_are_white(praxis, open_page):
    page = open_page("/")

    page.emulate_media(media="print")

    seen = [
        page.locator(name).first.evaluate("each => getComputedStyle(each).color")
        for name in (".date-tile", ".twin-date", ".half-start")
    ]
    assert seen == ["rgb(0, 0, 0)"] * 3


def test_forced_colours_put_no_border_around_links_that_are_buttons(workshop, register, open_page):
    page = open_page(register(workshop).manage_path)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")

    links = page.locator(".btn-link").all()
    link = page.locator(".sheet a").first.evaluate("each => getComputedStyle(each).color")

    assert [
        each.evaluate("each => [getComputedStyle(each).borderWidth, getComputedStyle(each).color]")
        for each in links
    ] == [["0px", link]] * 2
    # What looks like a button keeps its border, which is all that is left of it.
    assert page.locator(".btn-primary").evaluate("e => getComputedStyle(e).borderWidth") == "1px"


def test_whatever_has_the_focus_shows_it_and_without_motion_nothing_moves(workshop, open_page):
    page = open_page(f"/ateliers/{workshop.slug}/inscription/")
    page.focus("[name=first_name]")

    seen = {}
    for _ in range(8):
        name = page.evaluate(
            "document.activeElement.name || document.activeElement.textContent.trim()"
        )
        seen[name] = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        page.keyboard.press("Tab")

    fields = ["first_name", "last_name", "email", "organisation", "community", "needs"]
    fields += ["newsletter"]
    assert seen == dict.fromkeys([*fields, "M’inscrire"], "solid")

    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].map(e => getComputedStyle(e)).filter(style => "
        "parseFloat(style.transitionDuration) || parseFloat(style.animationDuration) "
        "|| style.scrollBehavior === 'smooth').length"
    )
    assert moving == 0


def test_the_mark_of_a_wrong_field_has_the_colour_of_its_words(workshop, open_page):
    page = open_page(f"/ateliers/{workshop.slug}/inscription/")
    page.get_by_role("button", name="M’inscrire").click()

    found = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        mark, words = (
            page.locator(name).first.evaluate(f"each => getComputedStyle(each).{style}")
            for name, style in (
                ("[name=email]", "backgroundImage"),
                (".invalid-feedback", "color"),
            )
        )
        found[scheme] = set(re.findall(r"%23(\w{6})", mark)), words

    assert found == {
        "light": ({"a4161a"}, "rgb(164, 22, 26)"),
        "dark": ({"ff9d9d"}, "rgb(255, 157, 157)"),
    }


def test_the_desk_works_under_our_content_security_policy(praxis, desk_page):
    (_past, coming), page = praxis, desk_page

    page.goto(f"/admin/events/workshop/{coming.pk}/change/")
    page.fill("#id_start_1", "10:00")
    page.click("input[name=_continue] >> nth=0")

    message = page.locator(".messagelist .info").inner_text().replace("\u00a0", " ")
    assert message.splitlines() == [
        "Lundi 29 mars 2027",
        "10 h 00 – 12 h 00 (heure du Québec)",
        "16 h 00 – 18 h 00 (heure de France)",
    ]
    assert page.complaints == []


def test_the_desk_asks_before_it_loses_what_was_typed_beside_the_announcement(praxis, desk_page):
    (_past, coming), page = praxis, desk_page
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    path = f"/admin/events/workshop/{coming.pk}/change/"

    page.goto(path)
    page.goto("/admin/")
    untouched = len(asked)
    page.goto(path)
    page.fill("#id_title", "Données ouvertes")
    page.goto("/admin/")
    left = len(asked)
    page.goto(path)
    page.fill("#id_title", "Données ouvertes")
    page.click("input[name=_continue] >> nth=0")

    assert (untouched, left, asked) == (0, 1, ["beforeunload"])
    assert page.complaints == []


def test_the_desk_asks_too_where_a_refused_save_is_shown_again(praxis, desk_page):
    (_past, coming), page = praxis, desk_page
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))

    page.goto(f"/admin/events/workshop/{coming.pk}/change/")
    page.fill("#id_title", "Données ouvertes")
    page.fill("#id_meeting_url", "http://x.example")
    page.click("input[name=_continue] >> nth=0")
    page.wait_for_selector(".errornote")
    page.wait_for_load_state("load")
    page.goto("/admin/")

    assert asked == ["beforeunload"]


OWN_HOURS = [
    (("France",), "America/Vancouver", "(Vancouver): 12:30 a.m. – 3:00 a.m."),
    (("France",), "America/Sao_Paulo", "(Sao Paulo): 04:30 – 07:00"),
    # All clocks of one drawing are written alike.
    (("Québec", "France"), "Europe/London", "(London): 2:30 p.m. – 5:00 p.m."),
]


@pytest.mark.parametrize(("hosts", "zone", "hours"), OWN_HOURS)
def test_the_own_hour_is_written_as_english_is_there(hosts, zone, hours, make_workshop, open_page):
    workshop = make_workshop(*hosts)

    page = open_page(f"/en/workshops/{workshop.slug}/", zone=zone)

    own = page.locator(".own-hour").inner_text()
    assert own.replace("\u00a0", " ") == f"Where you are {hours}"


@pytest.mark.parametrize("hours", [(0, 30), (12, 30)])
def test_hours_with_their_half_of_the_day_stay_on_one_line_at_320(hours, make_workshop, open_page):
    workshop = make_workshop(start=datetime(2027, 3, 29, *hours))
    page = open_page(f"/en/workshops/{workshop.slug}/", width=320)

    for start in page.locator(".half-start").all():
        assert start.evaluate("each => each.scrollWidth <= each.clientWidth")
        assert start.evaluate("each => each.getClientRects().length") == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 320
