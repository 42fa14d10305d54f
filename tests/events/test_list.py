"""The list: the stamp of each row, and what two hundred rows cost."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from events.models import Hosting, Workshop
from registrations.domain import status
from registrations.models import Headcount
from tests.helpers.pages import page_text

pytestmark = pytest.mark.django_db


def stamps(response):
    """{title: what is stamped on its row, "" for nothing}."""
    rows = re.findall(r"<article.*?</article>", response.content.decode(), re.S)
    found = {}
    for row in rows:
        title = re.search(r"<h\d><a [^>]*>(.*?)</a>", row)[1]
        stamped = re.search(r'<span class="stamp">(.*?)</span>', row)
        found[title] = stamped[1].replace("\u00a0", " ") if stamped else ""
    return found


@pytest.fixture
def one_of_each(make_workshop, register):
    """A workshop in each state that the public may see, by its title."""
    opens_at = timezone.make_aware(datetime(2027, 3, 1, 4, 0))
    make_workshop(title="Ouvert")
    register(make_workshop(title="Plein", capacity=1))
    kept = make_workshop(title="Pour les membres", capacity=1)
    Hosting.objects.filter(workshop=kept, position=2).update(reserved_seats=1)
    make_workshop(title="Plus tard", registration_opens_at=opens_at)
    make_workshop(title="Clos", registration_open=False)
    make_workshop(title="Supprimé", state=Workshop.State.CANCELLED)
    make_workshop(title="Passé", start=datetime(2025, 3, 24, 9, 30))
    make_workshop(title="Secret", state=Workshop.State.DRAFT)


def test_each_row_is_stamped_with_what_has_become_of_its_workshop(one_of_each, client):
    assert stamps(client.get("/")) == {
        "Ouvert": "",
        "Plein": "Complet",
        "Pour les membres": "Places pour les membres",
        "Plus tard": "Ouverture le 28 février",
        "Clos": "Inscriptions closes",
        "Supprimé": "Annulé",
        "Passé": "Terminé",
    }


def test_the_page_of_each_bears_the_same_stamp_as_its_row(one_of_each, client):
    rows = stamps(client.get("/"))
    pages = {}
    for workshop in Workshop.objects.announced():
        html = client.get(workshop.get_absolute_url()).content.decode()
        stamped = re.search(r'<p class="stamp"[^>]*>(.*?)</p>', html)
        pages[workshop.title] = stamped[1].replace("\u00a0", " ") if stamped else ""

    assert pages == rows


def test_the_statuses_of_all_are_those_of_each(one_of_each, make_workshop, communities, register):
    reserved = make_workshop(title="Réservé", capacity=1)
    Hosting.objects.filter(workshop=reserved, position=1).update(reserved_seats=1)
    uncounted = make_workshop(title="Sans compte", capacity=1)
    register(uncounted)
    Headcount.objects.filter(workshop=uncounted).delete()
    workshops = list(Workshop.objects.with_hosts().order_by("pk"))
    now = timezone.now()

    together = status.get_statuses(workshops, now=now)

    alone = [status.get_status(workshop, now=now) for workshop in workshops]
    assert [each for each, _seats in together] == alone
    assert [(each.value, seats.are_for_members) for each, seats in together[-2:]] == [
        ("full", True),
        ("full", False),
    ]


@pytest.mark.parametrize("number", [2, 200])
@pytest.mark.parametrize(("capacity", "cost"), [(None, 4), (50, 6)])
def test_two_hundred_workshops_cost_as_many_queries_as_two(
    number, capacity, cost, make_workshop, client, django_assert_num_queries
):
    for _each in range(number):
        make_workshop(capacity=capacity)

    with django_assert_num_queries(cost):
        client.get("/")


def test_an_empty_list_leads_on(client):
    text = page_text(client.get("/"))

    assert "Aucun atelier n’est annoncé pour le moment." in text


def test_past_workshops_stand_under_their_years(make_workshop, client):
    for year in (2026, 2025, 2025):
        make_workshop(start=datetime(year, 3, 20, 9, 30))

    html = client.get("/").content.decode()

    assert re.findall(r"<h3>(\d+)</h3>", html) == ["2026", "2025"]


def test_a_year_stands_on_a_tile_only_where_it_is_another_one(make_workshop, client):
    now = timezone.now()
    for days in (30, 400):
        at = now + timedelta(days=days)
        make_workshop(starts_at=at, ends_at=at + timedelta(hours=1))

    html = client.get("/").content.decode()

    tiles = re.findall(r'<p class="date-tile" aria-hidden="true">(.*?)</p>', html)
    assert [len(re.findall(r"20\d\d", tile)) for tile in tiles] == [0, 1]


def test_a_running_workshop_is_stamped_as_such(make_workshop, register, client):
    now = timezone.now()
    running = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
    make_workshop(title="Ouvert", **running)
    register(make_workshop(title="Plein", capacity=1, **running))
    make_workshop(title="Clos", registration_open=False, **running)
    make_workshop(title="Reporté", announced_starts_at=now - timedelta(days=1), **running)
    make_workshop(title="Supprimé", state=Workshop.State.CANCELLED, **running)

    assert stamps(client.get("/")) == {
        "Ouvert": "En cours",
        "Plein": "En cours",
        "Clos": "En cours",
        "Reporté": "En cours",
        "Supprimé": "Annulé",
    }
    page = client.get(Workshop.objects.get(title="Clos").get_absolute_url()).content.decode()
    assert page.count("En cours</p>") == 1
