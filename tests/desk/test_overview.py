"""The overview of one workshop: where the list and its saves lead."""

import re
from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Hosting, Workshop
from registrations.admin import charts
from registrations.domain.figures.curves import Curve, Line, evenly
from registrations.models import OutgoingMail, Registration, heartbeat
from tests.helpers.desk import desk, overview
from tests.helpers.mails import plain
from tests.helpers.pages import FieldsOf, page_text

pytestmark = pytest.mark.one_database

ROOM = "https://zoom.example/j/1"
DAYS, MINUTES = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def running(make_workshop, communities, register, now):
    """A workshop that began ten minutes ago: seven registered, four of whom came."""
    start = now - 10 * MINUTES
    workshop = make_workshop(
        starts_at=start, ends_at=start + 120 * MINUTES, capacity=10, meeting_url=ROOM
    )
    places = ["Québec", "France", "France", None, "Québec", "France", "Martinique"]
    for number, place in enumerate(places):
        person = register(
            workshop,
            email=f"p{number}@example.org",
            community=communities.get(place),
            now=now - 30 * MINUTES,
        )
        joined = now - (8 - 2 * number) * MINUTES if number < 4 else None
        Registration.objects.filter(pk=person.pk).update(
            created_at=now - (20 - 2 * number) * DAYS, joined_at=joined
        )
    return workshop


def table_of(html, name):
    """The rows of the table beside the picture `name`, and the picture itself."""
    [figure] = [each for each in html.split("<figure")[1:] if f'id="{name}-caption"' in each]
    figure = figure.partition("</figure>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", figure.partition("<table>")[2], flags=re.S)
    cells = [
        [plain(re.sub("<[^>]*>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in rows
    ]
    picture = re.search(r"<svg.*?</svg>", figure, flags=re.S)[0]
    return cells, ElementTree.fromstring(picture)


def heights(picture, column):
    """How many people the picture shows in a column, from below: the heights of its bars."""
    found = []
    for bar in picture.iter("rect"):
        x, width = int(bar.get("x")), int(bar.get("width"))
        if x <= column < x + width:
            found.append((-int(bar.get("y")), int(bar.get("height"))))
    return [height for _y, height in sorted(found)]


@pytest.mark.parametrize("name", ["joins", "signups"])
def test_picture_and_table_agree(name, running, admin_client):
    html = admin_client.get(overview(running)).content.decode()

    (head, *rows), picture = table_of(html, name)
    assert head[1:] == ["Culture pour tous", "TMNlab", "Autres", "Total"]
    width = int(picture.get("viewBox").split()[2])
    drawn = [heights(picture, column) for column in range(width)]
    changes = [now for now, before in zip(drawn, [None, *drawn], strict=False) if now != before]
    told = [[int(number) for number in row[1:-1] if number != "0"] for row in rows]
    # The last row stands there even if nothing has changed.
    assert told in (changes, [*changes, changes[-1]])
    assert [int(row[-1]) for row in rows] == [sum(numbers) for numbers in told]


def test_the_pictures_have_names_and_the_seats_as_a_line(running, admin_client):
    html = admin_client.get(overview(running)).content.decode()

    _rows, picture = table_of(html, "signups")
    assert picture.get("role") == "img"
    assert [each.text for each in picture if each.tag in ("title", "desc")] == [
        "Les inscriptions, jour après jour",
        "Confirmées\u00a0: 7. En attente\u00a0: 0.",
    ]
    [line] = [each for each in picture.iter("line") if each.get("class") == "chart-limit"]
    _x, _y, _width, height = map(int, picture.get("viewBox").split())
    assert height - int(line.get("y1")) == 10  # seats
    _rows, picture = table_of(html, "joins")
    assert [each.text for each in picture if each.tag in ("title", "desc")] == [
        "Qui est entré, minute par minute",
        "4 personnes sur 7 inscrites sont venues.",
    ]


@pytest.mark.each_database
def test_who_joined_is_told_by_the_minute_on_the_first_hosts_clock(running, admin_client):
    rows, _picture = table_of(admin_client.get(overview(running)).content.decode(), "joins")

    assert rows[1:] == [
        ["6 h 35", "0", "0", "0", "0"],
        ["6 h 52", "1", "0", "0", "1"],
        ["6 h 54", "1", "1", "0", "2"],
        ["6 h 56", "1", "2", "0", "3"],
        ["6 h 58", "1", "2", "1", "4"],
        ["7 h 00", "1", "2", "1", "4"],
    ]


def test_before_anybody_registers_no_picture_is_shown(workshop, admin_client):
    html = admin_client.get(overview(workshop)).content.decode()

    assert "<figure" not in html
    assert "Aucun pour le moment." in html


@pytest.mark.parametrize(
    ("days", "count", "step"),
    [(0, 2, 1), (1, 2, 1), (40, 41, 1), (41, 42, 1), (42, 22, 2), (365, 42, 9)],
)
def test_a_curve_has_two_moments_at_least_and_not_too_many(days, count, step, now):
    first = now.date()

    moments = evenly(first, first + days * DAYS, DAYS, 42)

    assert (len(moments), moments[1] - moments[0]) == (count, step * DAYS)
    assert moments[0] <= first
    assert moments[-1] == first + days * DAYS


def test_a_picture_joins_equal_neighbours_and_stacks_communities(now):
    curve = Curve([1, 2, 3], [Line("Q", "blue", [1, 1, 2]), Line("F", "red", [0, 2, 2])], limit=3)

    chart = charts.draw(curve, name_of=str, words_of=str)

    bars = [(bar.x, bar.y, bar.width, bar.height, bar.colour) for bar in chart.bars]
    assert (chart.width, chart.height, chart.limit_y) == (3, 4, 1)
    assert bars == [
        (0, 3, 2, 1, "blue"),
        (2, 2, 1, 2, "blue"),
        (1, 1, 1, 2, "red"),
        (2, 0, 1, 2, "red"),
    ]
    assert chart.rows == [("1", [1, 0], 1), ("2", [1, 2], 3), ("3", [2, 2], 4)]


def test_it_counts_by_state_and_community_and_mails_by_kind_in_words(
    running, communities, admin_client, now
):
    people = list(running.registrations.order_by("pk"))
    Registration.objects.filter(pk=people[0].pk).update(state="cancelled")
    OutgoingMail.objects.filter(registration=people[1]).update(state="failed")

    text = page_text(admin_client.get(overview(running)))

    assert "Culture pour tous 1 0 1 TMNlab 3 0 0 Autres 2 0 0" in text
    assert "Confirmation 0 6 1 0" in text
    assert "1 courriel n’a pas pu partir. Voyez pourquoi" in text


def test_it_says_the_odd_weeks_and_the_address_to_share(make_workshop, admin_client):
    odd = make_workshop(start=datetime(2027, 3, 16, 9, 30), meeting_url=ROOM)

    text = page_text(admin_client.get(overview(odd)))

    assert "5 h d’écart au lieu de 6 h" in text
    assert "Décalage inhabituel à cette date : 5 heures entre" in text
    assert f"https://ateliers.example.org{odd.get_absolute_url()}" in text


def test_it_has_a_button_for_each_thing_one_does(workshop, admin_client):
    html = admin_client.get(overview(workshop)).content.decode()

    found = re.findall(r'<a class="act" href="([^"]*)">(.*?)</a>', html)
    page = workshop.get_absolute_url()
    assert [(words, url) for url, words in found] == [
        ("Modifier", desk(workshop)),
        ("Voir la page", page),
        ("Affiche", f"{page}affiche/"),
        ("Fichier d’agenda", f"{page}calendrier.ics"),
        ("Sur d’autres sites", f"/admin/events/workshop/{workshop.pk}/share/"),
        ("Qui est là", f"/admin/events/workshop/{workshop.pk}/board/"),
        ("Prévenir les personnes abonnées", f"/admin/events/workshop/{workshop.pk}/notice/"),
        ("Personnes", f"/admin/registrations/registration/?workshop={workshop.pk}"),
        ("Besoins", f"/admin/events/workshop/{workshop.pk}/needs/"),
        ("Courriels", f"/admin/registrations/outgoingmail/?workshop={workshop.pk}"),
        ("Historique", f"/admin/events/workshop/{workshop.pk}/history/"),
    ]
    assert [admin_client.get(url).status_code for url, _words in found] == [200] * len(found)


def test_the_list_and_a_save_lead_to_it_with_what_the_save_says(workshop, admin_client):
    html = admin_client.get(reverse("admin:events_workshop_changelist")).content.decode()
    assert re.search(rf'<th [^>]*class="field-title"[^>]*><a href="{overview(workshop)}">', html)

    fields = FieldsOf(admin_client.get(desk(workshop)).content.decode(), "workshop_form").fields
    response = admin_client.post(desk(workshop), fields | {"_save": "1", "title": "Un nouveau nom"})

    assert response.status_code == 302
    assert response.url == overview(workshop)
    page = page_text(admin_client.get(response.url))
    assert "9 h 30 – 12 h 00 (heure du Québec)" in page
    assert "Un nouveau nom" in page


def test_what_has_changed_is_announced_from_it(workshop, register, admin_client):
    register(workshop)
    Workshop.objects.update(place="Jitsi")
    page = admin_client.get(overview(workshop))
    assert "1 personne inscrite a encore l’ancien lieu. L’annoncer" in page_text(page)

    url = reverse("admin:registrations_workshop_announce", args=[workshop.pk])
    after = admin_client.post(url, follow=True)

    assert after.redirect_chain == [(overview(workshop), 302)]
    assert "Un courriel part vers 1 personne." in page_text(after)
    assert "À annoncer" not in page_text(after)


@pytest.mark.parametrize(
    ("rights", "status"),
    [([], 403), (["view_registration"], 403), (["view_workshop"], 200), (["change_workshop"], 200)],
)
def test_it_is_shown_to_those_who_may_see_the_workshop(
    rights, status, running, client, make_organiser
):
    client.force_login(make_organiser("lea", *rights))

    page = client.get(overview(running))

    assert page.status_code == status
    if status == 200:
        assert "<figure" not in page.content.decode()
        assert ROOM not in page.content.decode()
        has_button = "Modifier" in page_text(page)
        assert has_button == ("change_workshop" in rights)


def test_what_does_not_exist_is_not_found(admin_client):
    assert admin_client.get("/admin/events/workshop/7/overview/").status_code == 404
    far = f"/admin/events/workshop/{10**30}/overview/"
    assert admin_client.get(far).status_code == 404


def test_it_costs_the_same_however_much_there_is(running, crowd, admin_client):
    heartbeat.beat()
    Hosting.objects.filter(workshop=running).update(reserved_seats=1)

    def cost():
        with CaptureQueriesContext(connection) as asked:
            admin_client.get(overview(running))
        return len(asked)

    before = cost()
    Workshop.objects.update(capacity=None)
    crowd(running, 5, first=10)

    assert (before, cost()) == (10, 10)


@pytest.mark.parametrize(
    ("starts", "words"),
    [(72 * 60, "Devait avoir lieu dans 3 jours"), (-10, "N’a pas eu lieu")],
)
def test_a_cancelled_workshop_is_not_said_to_begin(make_workshop, admin_client, now, starts, words):
    start = now + starts * MINUTES
    facts = {"starts_at": start, "ends_at": start + 120 * MINUTES, "state": "cancelled"}

    text = page_text(admin_client.get(overview(make_workshop(**facts))))

    assert words in text
    assert "Commence dans" not in text
