"""What the list of workshops says of each at a glance."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.models import Hosting
from registrations.domain import status
from tests.helpers.desk import overview
from tests.helpers.mails import plain
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

ROOM = "https://zoom.example/j/1"


def test_each_row_leads_to_the_overview_and_says_what_is_to_be_done(
    make_workshop, register, admin_client
):
    ready = make_workshop(meeting_url=ROOM)
    bare = make_workshop(meeting_url="")

    html = admin_client.get(reverse("admin:events_workshop_changelist")).content.decode()

    for workshop in (ready, bare):
        assert re.search(
            rf'<th [^>]*class="field-title"[^>]*><a href="{overview(workshop)}">', html
        )
    cells = [
        plain(part.partition("</td>")[0]) for part in re.split('field-next_step"[^>]*>', html)[1:]
    ]
    change = f"/admin/events/workshop/{bare.pk}/change/"
    step = (
        f'La salle n’a pas encore d’adresse. <a href="{change}#id_meeting_url">'
        "Ajoutez l’adresse de la rencontre</a>"
    )
    assert sorted(cells) == sorted(["–", step])


@pytest.mark.parametrize(
    ("kept", "place", "words"),
    [
        # D9: two seats of three kept for Québec, and who has come from where.
        (2, None, "Places pour les membres 1 / 3 (encore 2 gardées pour des communautés)"),
        (2, "Québec", "Les inscriptions sont ouvertes 1 / 3 (encore 1 gardée pour une communauté)"),
        (0, None, "Les inscriptions sont ouvertes 1 / 3"),
    ],
)
def test_desk_and_public_page_tell_one_truth_about_the_seats(
    kept, place, words, make_workshop, register, communities, admin_client, now
):
    workshop = make_workshop(capacity=3)
    Hosting.objects.filter(workshop=workshop, position=1).update(reserved_seats=kept)
    register(workshop, community=communities.get(place))

    assert words in page_text(admin_client.get(reverse("admin:events_workshop_changelist")))
    public = status.get_status(workshop, now=now)
    assert public.takes_registrations
    is_open = "ouvertes" in words
    assert (public == status.Status.OPEN) == is_open


def test_the_list_of_workshops_costs_the_same_however_many_there_are(
    make_workshop, register, admin_client
):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            admin_client.get(reverse("admin:events_workshop_changelist"))
        return len(asked)

    register(make_workshop(capacity=5))
    make_workshop()
    before = cost()
    for _number in range(3):
        register(make_workshop(capacity=5))
        make_workshop()

    assert (before, cost()) == (9, 9)
