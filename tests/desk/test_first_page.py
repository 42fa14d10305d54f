"""The desk's first page: is everything all right?"""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Hosting, Workshop
from praxis import health
from registrations.models import OutgoingMail, Registration, heartbeat
from tests.helpers.clock import DRAWN
from tests.helpers.mails import plain
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

ROOM = "https://zoom.example/j/1"
DAYS, MINUTES = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def at(make_workshop, now):
    """Make a workshop that `starts` so long after now."""

    def make(starts, **fields):
        start = now + starts
        facts = {"starts_at": start, "ends_at": start + 120 * MINUTES, "meeting_url": ROOM}
        return make_workshop(**facts | fields)

    return make


@pytest.fixture
def worker_runs(db):
    heartbeat.beat()


def cards(client):
    """What the first page says of each session, in order: those to come, then those that are over.

    Each is its title, its step, and its facts as (name, text, address).
    """
    html = client.get("/admin/").content.decode()
    found = []
    for part in re.findall(r'<article class="session">.*?</article>', html, flags=re.S):
        found.append(read_card(part))
    past = html.partition('class="past-sessions"')[2]
    for part in re.findall(r"<li>\s*<h3.*?</dl>.*?</li>", past, flags=re.S):
        found.append(read_card(part))
    return found


def read_card(html):
    title = re.search(r"<h3[^>]*><a href=\"[^\"]*\">(.*?)</a>", html, flags=re.S)[1]
    step = re.search(r'<p class="step .*?</p>', html, flags=re.S)
    facts = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, flags=re.S)
    return (
        plain(title),
        plain(re.sub("<[^>]*>", " ", step[0])) if step else "",
        {name: (plain(re.sub("<[^>]*>", " ", text)), link_of(text)) for name, text in facts},
    )


def link_of(html):
    found = re.search(r'href="([^"]*)"', html)
    return found[1].replace("&amp;", "&") if found else ""


def test_the_next_session_stands_first_with_its_hours_and_all_that_is_so(
    at, communities, register, admin_client, worker_runs
):
    at(40 * DAYS, title="Plus tard")
    workshop = at(65 * MINUTES, title="Bientôt", capacity=3)
    for number, place in enumerate(["Québec", "France", "Québec", "France"]):
        register(workshop, email=f"p{number}@example.org", community=communities[place])
    OutgoingMail.objects.update(state="sent", sent_at=workshop.starts_at)

    first, second = cards(admin_client)

    lists = f"workshop={workshop.pk}"
    people, mails = "/admin/registrations/registration/", "/admin/registrations/outgoingmail/"
    assert first == (
        "Bientôt",
        "Tout est prêt.",
        {
            "Inscriptions": ("3 / 3, 1 en attente", f"{people}?{lists}"),
            "Salle": (
                "L’adresse est là.",
                f"/admin/events/workshop/{workshop.pk}/change/#id_meeting_url",
            ),
            "Premier rappel": ("Envoyés : 0", f"{mails}?{lists}&kind__exact=day_reminder"),
            "Dernier rappel": (
                "Part le 15 janvier 2027, 7 h 05 (heure du Québec)",
                f"{mails}?{lists}&kind__exact=hour_reminder",
            ),
            "Courriels": ("Aucun échec, aucun retard.", f"{mails}?{lists}&state__exact=sent"),
            "Changements": ("Tout le monde est à jour.", ""),
        },
    )
    assert second[0] == "Plus tard"
    text = page_text(admin_client.get("/admin/"))
    assert "Les courriels partent bien." in text
    assert "Culture pour tous 2 TMNlab 1, 1 en attente" in text
    assert "Québec 8 h 05 jusqu’à 10 h 05 France 14 h 05 jusqu’à 16 h 05" in text


def test_each_thing_that_is_to_be_done_leads_to_its_remedy(at, register, admin_client, now):
    workshop = at(65 * MINUTES, meeting_url="")
    register(workshop)
    OutgoingMail.objects.update(state="failed")
    Workshop.objects.filter(pk=workshop.pk).update(place="Jitsi")

    [(_title, step, facts)] = cards(admin_client)

    assert step == (
        "La porte ouvre dans 49 min, et la salle n’a pas d’adresse. "
        "Ajoutez l’adresse de la rencontre"
    )
    change = f"/admin/events/workshop/{workshop.pk}/change/"
    assert facts["Salle"] == ("L’adresse manque.", f"{change}#id_meeting_url")
    mails = f"/admin/registrations/outgoingmail/?workshop={workshop.pk}&state__exact=failed"
    assert facts["Courriels"] == ("1 n’a pas pu partir.", mails)
    announce = f"/admin/events/workshop/{workshop.pk}/overview/#announce"
    assert facts["Changements"] == ("1 personne n’en sait rien.", announce)
    page = page_text(admin_client.get(announce))
    assert "Une personne" not in page
    assert "L’annoncer à 1 personne" in admin_client.get(announce).content.decode()


def test_what_is_over_says_who_came_and_what_it_still_wants(at, register, admin_client):
    past = at(-2 * DAYS, title="Hier", state="draft")
    Workshop.objects.filter(pk=past.pk).update(state="published")
    at(-60 * DAYS, title="Il y a longtemps")
    coming = at(3 * DAYS)
    for number in range(3):
        register(coming, email=f"p{number}@example.org")
    Registration.objects.update(workshop=past)
    Registration.objects.filter(email="p1@example.org").update(joined_at=past.starts_at)

    _coming, (title, step, facts) = cards(admin_client)

    assert (title, facts["Présences"][0]) == ("Hier", "1 sur 3")
    assert step == (
        "Les personnes venues attendent peut-être un enregistrement ou des diapositives. "
        "Dès qu’il reste quelque chose, un courriel l’annonce à qui avait une place. "
        "Ajoutez l’enregistrement"
    )


@pytest.mark.parametrize(
    ("running_for", "words"),
    [
        (6 * MINUTES, "Le programme qui envoie nos courriels est arrêté et rien ne part"),
        (1 * MINUTES, "le programme qui envoie nos courriels ne s’est pas encore manifesté."),
    ],
)
def test_a_worker_that_is_silent_is_said(running_for, words, admin_client, monkeypatch):
    monkeypatch.setattr(health, "running_for", lambda: running_for)

    assert words in page_text(admin_client.get("/admin/"))


def test_mail_that_stands_still_is_said_and_nothing_is_called_ready(
    at, register, admin_client, worker_runs, now
):
    workshop = at(3 * DAYS)
    register(workshop, now=now - 25 * MINUTES)

    page = admin_client.get("/admin/")

    assert "Des courriels attendent depuis 25 min, et aucun ne part." in page_text(page)
    assert "Tout est prêt." not in page_text(page)
    [(_title, step, facts)] = cards(admin_client)
    assert step == "1 courriel aurait déjà dû partir. Voyez la liste"
    assert facts["Courriels"][0] == "1 est en retard."


def test_an_empty_desk_says_in_three_lines_what_to_do_first(admin_client):
    html = admin_client.get("/admin/").content.decode()

    [steps] = re.findall(r'<ol class="begin">.*?</ol>', html, flags=re.S)
    assert [plain(re.sub("<[^>]*>", " ", line)) for line in steps.split("</li>")[:3]] == [
        "Ajoutez les communautés Chacune a son lieu et son heure.",
        "Créez votre premier atelier Qui l’organise, quand, et de quoi il parle.",
        "Publiez-le Les inscriptions sont alors possibles, et cette page dit où elles en sont.",
    ]
    assert re.findall('href="([^"]*)"', steps) == [
        "/admin/events/community/add/",
        "/admin/events/workshop/add/",
    ]


def organiser(make_organiser, client, *rights):
    client.force_login(make_organiser("lea", *rights))
    return client


def test_who_may_not_see_workshops_is_shown_none(at, client, make_organiser):
    at(DAYS, title="Atelier secret")
    page = organiser(make_organiser, client, "view_registration").get("/admin/")

    assert page.status_code == 200
    assert "Atelier secret" not in page_text(page)


def test_a_reader_of_workshops_sees_no_number_of_people_or_mails_and_no_link_to_a_form(
    at, register, client, make_organiser
):
    workshop = at(65 * MINUTES, meeting_url="")
    register(workshop)
    OutgoingMail.objects.update(state="failed")
    client = organiser(make_organiser, client, "view_workshop")

    [(_title, step, facts)] = cards(client)

    assert step == "La porte ouvre dans 49 min, et la salle n’a pas d’adresse."
    assert facts == {"Salle": ("L’adresse manque.", "")}
    Workshop.objects.update(meeting_url=ROOM)
    # Something is to do that this reader may not know of: nothing is called ready.
    [(_title, step, _facts)] = cards(client)
    assert step == ""


def test_the_first_page_costs_the_same_however_much_there_is(
    at, register, admin_client, worker_runs, now
):
    def cost():
        with CaptureQueriesContext(connection) as asked:
            admin_client.get("/admin/")
        return len(asked)

    # One of each kind that asks something of its own, with a reserved seat.
    for starts in (-2 * DAYS, -10 * MINUTES, 30 * MINUTES, 30 * DAYS):
        Hosting.objects.filter(workshop=at(starts, capacity=9)).update(reserved_seats=1)
    coming = Workshop.objects.order_by("starts_at").last()
    register(coming, email="first@example.org", now=now - 30 * MINUTES)
    before = cost()
    for number in range(5):
        Hosting.objects.filter(workshop=at(3 * DAYS + number * MINUTES)).update(reserved_seats=1)
        register(coming, email=f"p{number}@example.org")

    assert (before, cost()) == (10, 10)


def test_it_asks_twelve_times_for_an_organiser_with_rights_of_their_own(
    at, register, client, make_organiser, worker_runs, now
):
    for starts in (-2 * DAYS, -10 * MINUTES, 30 * MINUTES, 30 * DAYS):
        workshop = at(starts, capacity=9)
    register(workshop, now=now - 30 * MINUTES)
    rights = ["change_workshop", "view_registration", "view_outgoingmail"]
    client = organiser(make_organiser, client, *rights)

    with CaptureQueriesContext(connection) as asked:
        assert "Inscriptions" in page_text(client.get("/admin/"))

    assert len(asked) == 12


@pytest.mark.each_database
def test_the_clock_of_a_card_is_the_one_that_is_printed(workshop, admin_client):
    assert DRAWN in page_text(admin_client.get("/admin/"))


def test_what_is_urgent_stands_above_all_the_most_urgent_first(
    at, register, admin_client, worker_runs, now
):
    at(5 * DAYS, title="Brouillon", state=Workshop.State.DRAFT)
    at(10 * 60 * MINUTES, title="Sans salle", meeting_url="")

    page = admin_client.get("/admin/").content.decode()

    section = page[page.index('class="to-do"') :].partition("</section>")[0]
    assert "2 choses à faire" in section
    titles = re.findall(r"<span[^>]*>(.*?)</span>", section)
    assert titles == ["Sans salle", "Brouillon"]
    assert page.index("to-do") < page.index('class="mail-runs')


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Rien à faire pour le moment."),
        ({"state": "draft"}, "Rien d’urgent pour le moment."),
    ],
)
def test_it_says_that_nothing_is_to_do(at, admin_client, worker_runs, fields, words):
    at(40 * DAYS, **fields)

    assert words in page_text(admin_client.get("/admin/"))


def test_settled_cancellations_stand_last_and_folded(at, admin_client, worker_runs):
    at(2 * DAYS, title="Annulé", state=Workshop.State.CANCELLED)
    at(3 * DAYS, title="À venir")

    page = admin_client.get("/admin/").content.decode()

    folded = page[page.index('class="settled"') :].partition("</details>")[0]
    assert "1 atelier annulé" in folded
    assert "Annulé</a>" in folded
    assert [title for title, *_rest in cards(admin_client)] == ["À venir"]


def test_the_lists_are_opened_by_verbs(admin_client):
    page = page_text(admin_client.get("/admin/"))

    assert "Ateliers Ajouter Modifier" in page
    assert "Modification" not in page
