"""The page of the desk that lists what a workshop's people need."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations.domain import signup
from tests.helpers.desk import edit_person, overview
from tests.helpers.mails import plain
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

NEED = "Une boucle magnétique <b>ici</b>"


def page_of(workshop):
    return reverse("admin:events_workshop_needs", args=[workshop.pk])


def test_it_lists_who_needs_what_on_the_first_hosts_clock(
    make_workshop, communities, register, admin_client, now
):
    workshop, another = make_workshop(capacity=2), make_workshop()
    register(workshop, needs=NEED, community=communities["France"])
    gone = register(workshop, email="c@example.org", first_name="Cora", needs="LSF")
    signup.cancel(gone, now=now)
    register(workshop, email="d@example.org", first_name="Dan")
    register(workshop, email="a@example.org", first_name="Ana", needs="LSQ")
    register(another, email="e@example.org", first_name="Elsewhere", needs="AD")

    response = admin_client.get(page_of(workshop))
    text = page_text(response)

    assert text.count("2 besoins dits") == 1
    assert [text.count(name) for name in ("Zoé Tremblay", "Ana", "Cora", "Dan", "Elsewhere")] == [
        *(1, 1, 0, 0, 0)
    ]
    assert text.count(NEED) == 1
    assert text.count("Ana Tremblay en attente") == 1
    assert text.index("Ana") < text.index("Zoé")
    limit = "lundi 22 mars 2027, 9 h 30 (heure du Québec), 14 h 30 (heure de France)"
    assert text.count(f"On peut dire ses besoins jusqu’au {limit}.") == 1
    assert text.count("5 avril 2027, 12 h 00 (heure du Québec)") == 1


def test_once_its_time_is_over_it_says_so_and_nothing_of_a_form_that_is_closed(
    workshop, admin_client, admin_user, time_machine
):
    """A workshop moved to an earlier day had asked until then, after this deadline."""
    limit = "La limite pour dire ses besoins était le lundi 22 mars 2027, 9 h 30 (heure du Québec)"
    form = "Le formulaire ne le demande plus : il invite à s’adresser à vous."
    for moment, says_so in ((workshop.starts_at, 1), (workshop.ends_at, 0)):
        time_machine.move_to(moment, tick=False)
        admin_client.force_login(admin_user)
        text = plain(page_text(admin_client.get(page_of(workshop))))
        assert (text.count(limit), text.count(form)) == (1, says_so)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("draft", "Une fois l’atelier publié, on pourra dire ses besoins jusqu’au lundi 22 mars"),
        ("cancelled", "L’atelier est annulé, et son formulaire fermé."),
    ],
)
def test_of_a_form_that_nobody_sees_it_does_not_say_that_it_asks(
    state, words, make_workshop, admin_client
):
    text = plain(page_text(admin_client.get(page_of(make_workshop(state=state)))))
    assert (text.count(words), text.count("On peut dire")) == (1, 0)


def test_the_overview_counts_them_and_leads_there(workshop, register, admin_client):
    with CaptureQueriesContext(connection) as before:
        empty = admin_client.get(overview(workshop))
    for number in range(3):
        register(workshop, email=f"p{number}@example.org", needs=NEED)
    with CaptureQueriesContext(connection) as after:
        page = admin_client.get(overview(workshop))

    link = f'<a href="{page_of(workshop)}">3 besoins dits</a>'
    assert page.content.decode().count(link) == 1
    assert page_text(empty).count("besoins dits") == 0
    assert len(after) == len(before)


def test_it_costs_as_many_statements_for_thirty_as_for_two(workshop, register, admin_client):
    costs = []
    for first, last in [(0, 2), (2, 30)]:
        for number in range(first, last):
            register(workshop, email=f"p{number}@example.org", needs=NEED)
        with CaptureQueriesContext(connection) as statements:
            admin_client.get(page_of(workshop))
        costs.append(len(statements))

    assert costs[0] == costs[1]


def test_who_only_looks_or_organises_elsewhere_reads_no_need(
    workshop, register, make_organiser, client
):
    register(workshop, needs=NEED)
    looks = make_organiser("looks", "view_workshop", "view_registration")
    rights = ["view_workshop", "view_registration", "change_registration"]
    organisers = [
        looks,
        make_organiser("elsewhere", *rights, places=["Martinique"]),
        make_organiser("here", *rights, places=["France"]),
    ]
    codes = []
    for organiser in organisers:
        client.force_login(organiser)
        codes.append(client.get(page_of(workshop)).status_code)
    client.force_login(looks)

    assert codes == [403, 404, 200]
    assert page_text(client.get(overview(workshop))).count("besoin") == 0


def test_no_log_and_no_export_holds_a_need(workshop, register, admin_client, caplog):
    person = register(workshop, needs=NEED)

    admin_client.get(page_of(workshop))
    edit_person(admin_client, person, first_name="Zoë")
    export = reverse("admin:registrations_registration_export")
    csv = admin_client.get(export, {"format": "csv", "workshop": workshop.pk}, follow=True)
    content = b"".join(csv.streaming_content) if csv.streaming else csv.content

    assert b"tremblay" in content.lower()
    logged = [str(vars(entry)) for entry in LogEntry.objects.all()] + [caplog.text]
    assert [text.count("boucle") for text in [*logged, content.decode("utf-8", "replace")]] == [
        0
    ] * (len(logged) + 1)
