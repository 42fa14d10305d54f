"""The join page: who may enter the room, when, and what it says before, during and after."""

import logging
import re

import pytest
from django.core.management import call_command

from events.models import Workshop
from registrations import worker
from registrations.domain import join_window, signup
from registrations.models import Registration
from tests.helpers.clock import DRAWN, NOW
from tests.helpers.pages import form_of, page_text

ZOOM = "https://zoom.example/j/123?pwd=secret"


@pytest.fixture
def workshop(make_workshop):
    return make_workshop(meeting_url=ZOOM)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("after_start", "get", "post"),
    [
        ({"minutes": -15, "seconds": -1}, 200, 409),
        ({"minutes": -15}, 200, 302),
        ({"minutes": 0}, 200, 302),
        ({"minutes": 149}, 200, 302),
        ({"minutes": 150}, 200, 409),
    ],
)
def test_the_door_opens_fifteen_minutes_before_and_closes_at_the_end(
    after_start, get, post, workshop, register, client, at
):
    registration = register(workshop)
    at(workshop, **after_start)

    page = client.get(registration.join_path)
    answer = client.post(registration.join_path)

    assert (page.status_code, answer.status_code) == (get, post)
    assert [page.content.count(b"zoom.example"), answer.content.count(b"zoom.example")] == [0, 0]
    assert answer.headers.get("Location") == (ZOOM if post == 302 else None)


@pytest.mark.one_database
@pytest.mark.parametrize("door_minutes", [0, 45, 1440])
def test_the_organiser_says_how_many_minutes_before(
    door_minutes, make_workshop, register, client, at
):
    workshop = make_workshop(meeting_url=ZOOM, door_minutes=door_minutes)
    registration = register(workshop)
    codes = []

    for seconds in (-1, 0):
        at(workshop, minutes=-door_minutes, seconds=seconds)
        codes.append(client.post(registration.join_path).status_code)

    assert codes == [409, 302]


@pytest.mark.one_database
def test_before_the_door_opens_the_page_says_when_on_both_clocks_and_how_long(
    workshop, register, client, at
):
    registration = register(workshop)
    at(workshop, hours=-26)

    text = page_text(client.get(registration.join_path))

    assert text.count(DRAWN) == 1
    assert text.count("L’atelier commence dans 1 jour et 2 heures.") == 1
    opening = "lundi 29 mars 2027, 9 h 15 (heure du Québec), 15 h 15 (heure de France)"
    assert text.count(f"Ouverture de la salle, ici même : {opening}.") == 1
    assert text.count("Entrer dans la salle") == 0


RELOADS = [
    ({"days": -20}, None),
    ({"hours": -1, "seconds": -1}, None),
    ({"hours": -1}, 2701),
    ({"minutes": -19}, 241),
    ({"minutes": -15, "seconds": -1}, 2),
    ({"minutes": -15}, None),
    ({"minutes": 10}, None),
    ({"minutes": 150}, None),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("after_start", "seconds"), RELOADS)
def test_in_the_last_hour_the_page_loads_itself_anew_when_the_door_opens_and_says_so(
    after_start, seconds, workshop, register, client, at
):
    registration = register(workshop)
    at(workshop, **after_start)

    page = client.get(registration.join_path)

    refresh = f"{seconds}; url={registration.join_path}" if seconds else None
    assert page.headers.get("Refresh") == refresh
    said = page_text(page).count("À l’ouverture de la salle, cette page se rechargera d’elle-même.")
    assert said == (1 if seconds else 0)


@pytest.mark.one_database
@pytest.mark.parametrize("hours", [-25, -24, -2])
@pytest.mark.parametrize("door_minutes", [90, 1440])
@pytest.mark.parametrize("meeting_url", [ZOOM, ""])
def test_nothing_loads_itself_anew_more_than_an_hour_before_the_start(
    hours, door_minutes, meeting_url, make_workshop, register, client, at
):
    workshop = make_workshop(meeting_url=meeting_url, door_minutes=door_minutes)
    registration = register(workshop)
    at(workshop, hours=hours)

    page = client.get(registration.join_path)

    is_open = hours * 60 >= -door_minutes
    assert "Refresh" not in page.headers
    assert page_text(page).count("recharge") == 0
    assert page_text(page).count("Actualiser la page") == (0 if is_open and meeting_url else 1)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("meeting_url", "minutes", "moment"),
    [(ZOOM, -30, "À l’ouverture de la salle"), ("", 5, "toutes les trente secondes")],
)
def test_a_link_stops_that_and_another_lets_it_go_on(
    meeting_url, minutes, moment, make_workshop, register, client, at
):
    workshop = make_workshop(meeting_url=meeting_url)
    registration = register(workshop)
    at(workshop, minutes=minutes)
    path = registration.join_path
    before = Registration.objects.values().get()

    moving, still = client.get(path), client.get(f"{path}?stay")

    assert ["Refresh" in page.headers for page in (moving, still)] == [True, False]
    assert page_text(moving).count(moment) == 1
    assert page_text(still).count("Cette page ne se recharge pas d’elle-même.") == 1
    links = [re.findall(r'href="([^"]*)"', page.content.decode()) for page in (moving, still)]
    # To stop it and to load it now; to let it go on, and to load it now, but no more by itself.
    assert [(found.count("?stay"), found.count(path)) for found in links] == [(1, 1), (1, 1)]
    assert Registration.objects.values().get() == before


HEADINGS = [
    ({"days": -90}, "La salle n’est pas encore ouverte"),
    ({"minutes": -15}, "La salle est ouverte"),
    ({"minutes": 150}, "L’atelier est terminé"),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("after_start", "heading"), HEADINGS)
def test_heading_and_title_say_how_the_room_stands(
    after_start, heading, workshop, register, client, at
):
    registration = register(workshop)
    at(workshop, **after_start)

    html = client.get(registration.join_path).content.decode()

    assert re.findall("<h1>(.*?)</h1>", html) == [heading]
    assert re.findall("<title>(.*?) –", html) == [heading]


@pytest.mark.one_database
def test_a_room_without_an_address_is_being_prepared(make_workshop, register, client, at):
    workshop = make_workshop()
    registration = register(workshop)
    at(workshop)

    assert "<h1>La salle se prépare</h1>" in client.get(registration.join_path).content.decode()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("before_start", "words", "english"),
    [
        ({"days": 97}, "3 mois et 1 semaine", "3 months and 1 week"),
        ({"days": 7}, "1 semaine", "1 week"),
        ({"minutes": 61}, "1 heure et 1 minute", "1 hour and 1 minute"),
        ({"seconds": 119}, "1 minute", "1 minute"),
        ({"seconds": 59}, "moins d’une minute", "less than a minute"),
    ],
)
def test_how_long_it_is_until_the_start_is_said_as_people_say_it(
    before_start, words, english, make_workshop, register, client, at
):
    workshop = make_workshop(door_minutes=0)
    registration = register(workshop)
    at(workshop, **{unit: -count for unit, count in before_start.items()})

    french = page_text(client.get(registration.join_path))
    other = page_text(client.get(f"/en/j/{registration.join_token}/"))

    assert french.count(f"L’atelier commence dans {words}.") == 1
    assert other.count(f"The workshop begins in {english}.") == 1


@pytest.mark.one_database
@pytest.mark.parametrize(("minutes", "times"), [(-600, 1), (0, 1), (150, 0)])
def test_the_page_names_nobody_and_offers_a_stranger_a_registration_of_their_own(
    minutes, times, workshop, register, client, at
):
    """A shared calendar shows the join link to others."""
    registration = register(workshop)
    at(workshop, minutes=minutes)

    html = client.get(registration.join_path).content.decode()

    assert [html.count(word) for word in ("Zoé", "Tremblay", "zoe@")] == [0, 0, 0]
    link = f'Ce lien est personnel. Ce n’est pas le vôtre\u202f? <a href="{form_of(workshop)}">'
    assert html.replace("\u00a0", " ").count(link) == times


@pytest.mark.one_database
def test_when_the_page_has_looked_again_the_button_is_there(workshop, register, client, at):
    registration = register(workshop)
    at(workshop, minutes=-15, seconds=-10)
    seconds = int(client.get(registration.join_path).headers["Refresh"].split(";")[0])

    at(workshop, minutes=-15, seconds=seconds - 10)
    page = client.get(registration.join_path)

    assert page_text(page).count("Entrer dans la salle (Zoom)") == 1


@pytest.mark.one_database
def test_a_room_without_an_address_is_looked_for_every_half_minute(
    make_workshop, register, client, at
):
    workshop = make_workshop()
    registration = register(workshop)
    at(workshop)

    page, answer = client.get(registration.join_path), client.post(registration.join_path)

    registration.refresh_from_db()
    text = page_text(page)
    assert text.count("L’équipe organisatrice prépare encore la salle.") == 1
    assert text.count("cette page se recharge d’elle-même toutes les trente secondes.") == 1
    assert page.headers["Refresh"] == f"30; url={registration.join_path}"
    assert (answer.status_code, registration.joined_at) == (409, None)


@pytest.mark.one_database
def test_the_first_entry_is_noted_and_stays(workshop, register, client, at):
    registration = register(workshop)
    at(workshop)
    client.post(registration.join_path)
    at(workshop, minutes=5)

    client.post(registration.join_path)

    registration.refresh_from_db()
    assert registration.joined_at == workshop.starts_at


def test_who_cancels_at_the_door_has_not_entered(workshop, register):
    registration = register(workshop)
    signup.cancel(Registration.objects.get(pk=registration.pk), now=workshop.starts_at)

    join_window.join(registration, now=workshop.starts_at)

    assert Registration.objects.get().joined_at is None


@pytest.mark.one_database
def test_a_refused_post_notes_no_entry(workshop, register, client, at):
    registration = register(workshop)
    for minutes in (-16, 150):
        at(workshop, minutes=minutes)
        client.post(registration.join_path)

    registration.refresh_from_db()
    assert (registration.joined_at, registration.verified_at) == (None, None)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.one_database
def test_looking_at_an_open_door_enters_nobody(method, workshop, register, client, at):
    registration = register(workshop)
    at(workshop)
    before = Registration.objects.values().get()

    response = getattr(client, method)(registration.join_path)

    assert (response.status_code, Registration.objects.values().get()) == (200, before)


def test_a_room_that_moved_is_behind_the_same_link(workshop, register, client, at):
    registration = register(workshop)
    Workshop.objects.update(meeting_url="https://elsewhere.example/room")
    at(workshop)

    assert (
        client.post(registration.join_path).headers["Location"] == "https://elsewhere.example/room"
    )


@pytest.mark.one_database
def test_the_button_names_the_place(make_workshop, register, client, at):
    workshop = make_workshop(meeting_url=ZOOM, place="BigBlueButton")
    registration = register(workshop)
    at(workshop)

    assert (
        page_text(client.get(registration.join_path)).count("Entrer dans la salle (BigBlueButton)")
        == 1
    )


@pytest.mark.one_database
def test_after_the_end_what_the_organiser_left_stands_there_as_prose(
    make_workshop, register, client, at
):
    left = "*Merci !* [L’enregistrement](https://video.example/1)\n\n<script>alert(1)</script>"
    workshop = make_workshop(meeting_url=ZOOM, afterwards=left)
    registration = register(workshop)
    at(workshop, minutes=149)
    before = client.get(registration.join_path)
    at(workshop, minutes=150)

    after = client.get(registration.join_path)

    html = after.content.decode()
    assert before.content.decode().count("video.example") == 0
    assert " ".join(html.split()).count("<em>Merci !</em>") == 1
    assert [
        html.count(word) for word in ('href="https://video.example/1"', "<script>", "/annuler/")
    ] == [1, 0, 0]
    assert page_text(after).count("L’atelier est terminé") == 1


@pytest.mark.one_database
def test_after_the_end_with_nothing_left_the_page_says_so(workshop, register, client, at):
    registration = register(workshop)
    at(workshop, days=3)

    assert (
        page_text(client.get(registration.join_path)).count(
            "Si l’équipe organisatrice partage quelque chose"
        )
        == 1
    )


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("facts", "why"),
    [
        (
            {"state": "cancelled"},
            "Inscription annulée Le lien de notre dernier courriel mène à votre inscription",
        ),
        (
            {"state": "waiting"},
            "Dès que vous aurez une place, un courriel vous apportera le lien vers la salle.",
        ),
        ({"erased_at": NOW}, "Les données de cette inscription ont été effacées."),
        ({"workshop": {"state": "cancelled"}}, "Cet atelier est annulé Il n’aura pas lieu."),
        (
            {"workshop": {"state": "draft"}},
            "L’équipe organisatrice a retiré cet atelier pour le moment.",
        ),
    ],
    ids=str,
)
def test_a_link_that_opens_nothing_says_why_and_whom_to_ask(
    facts, why, make_workshop, register, client
):
    workshop = make_workshop(contact_email="ateliers@tmnlab.example")
    registration = register(workshop)
    Workshop.objects.update(**facts.get("workshop", {"place": "Zoom"}))
    if "workshop" not in facts:
        Registration.objects.update(**facts)

    text = page_text(client.get(registration.join_path))

    assert [text.count(words) for words in (why, "Écrivez à ateliers@tmnlab.example")] == [1, 1]


def gone(client, registration):
    return [
        getattr(client, method)(registration.join_path).status_code
        for method in ("get", "head", "post")
    ]


@pytest.mark.one_database
def test_a_cancelled_registration_finds_the_door_gone(workshop, register, client, at):
    registration = register(workshop)
    client.post(f"{registration.manage_path}annuler/")
    at(workshop)

    assert gone(client, registration) == [410] * 3


@pytest.mark.one_database
@pytest.mark.parametrize("minutes", [0, 150])
def test_somebody_who_waits_has_no_door(minutes, make_workshop, register, client, at):
    workshop = make_workshop(meeting_url=ZOOM, capacity=1, afterwards="Enregistrement")
    register(workshop, email="first@example.org")
    waiting = register(workshop)
    at(workshop, minutes=minutes)

    assert gone(client, waiting) == [410] * 3


@pytest.mark.one_database
@pytest.mark.parametrize("minutes", [0, 150])
def test_somebody_erased_has_no_door(minutes, make_workshop, register, client, at):
    workshop = make_workshop(meeting_url=ZOOM, afterwards="Enregistrement")
    registration = register(workshop)
    at(workshop, minutes=minutes)
    client.post(f"{registration.manage_path}effacer/")

    assert gone(client, registration) == [410] * 3


@pytest.mark.one_database
@pytest.mark.parametrize("state", [Workshop.State.CANCELLED, Workshop.State.DRAFT])
def test_a_workshop_that_does_not_take_place_has_no_door(state, workshop, register, client, at):
    registration = register(workshop)
    Workshop.objects.update(state=state)
    at(workshop)

    assert gone(client, registration) == [410] * 3


@pytest.mark.one_database
def test_the_door_lets_the_form_lead_to_the_room(workshop, register, client):
    registration = register(workshop)

    policy = client.get(registration.join_path).headers["Content-Security-Policy"]

    assert [part for part in policy.split("; ") if part.startswith("form-action")] == [
        "form-action 'self' https:"
    ]


def pages_about(workshop, registration):
    """Every public and every personal address about a registration."""
    of_workshop = [
        workshop.get_absolute_url() + rest
        for rest in ("", "inscription/", "inscription/merci/", "calendrier.ics")
    ]
    own = [
        registration.manage_path + rest
        for rest in ("", "modifier/", "invitation.ics", "donnees.json", "effacer/")
    ]
    return ["/", "/calendrier.ics", "/lien-perdu/", *of_workshop, *own, registration.join_path]


@pytest.mark.one_database
@pytest.mark.parametrize("minutes", [-60, 0, 150])
def test_the_meeting_address_is_on_no_page_mail_calendar_or_export(
    minutes, workshop, register, client, smtp, at
):
    registration = register(workshop)
    worker.run_once(now=registration.created_at)
    at(workshop, minutes=minutes)

    contents = [client.get(path).content for path in pages_about(workshop, registration)]
    contents += [part.get_payload(decode=True) or b"" for part in smtp.messages[0].walk()]

    assert [content.count(b"zoom.example") for content in contents] == [0] * len(contents)


@pytest.mark.one_database
def test_at_the_desk_only_the_workshops_own_form_shows_it(workshop, register, admin_client):
    registration = register(workshop)
    paths = [
        "events/workshop/",
        "registrations/registration/",
        f"registrations/registration/{registration.pk}/change/",
        f"registrations/outgoingmail/{registration.mails.get().pk}/change/",
        f"events/workshop/{workshop.pk}/change/",
    ]

    found = [b"zoom.example" in admin_client.get(f"/admin/{path}").content for path in paths]

    assert found == [False, False, False, False, True]


@pytest.mark.one_database
def test_no_log_line_holds_the_meeting_address(workshop, register, client, smtp, at, caplog):
    caplog.set_level(logging.DEBUG)
    registration = register(workshop)
    call_command("work", "--once")
    for minutes in (-20, 0, 150):
        at(workshop, minutes=minutes)
        client.get(registration.join_path)
        client.post(registration.join_path)

    said = "\n".join(record.getMessage() for record in caplog.records)
    assert (said.count("1 sent"), said.count("zoom.example")) == (1, 0)


@pytest.mark.one_database
def test_in_english_too_the_link_keeps_its_language(workshop, register, client, at):
    registration = register(workshop, language="en")
    at(workshop, minutes=-30)

    response = client.get(f"/en/j/{registration.join_token}/")

    assert page_text(response).count("The workshop begins in 30 minutes.") == 1
    assert response.headers["Refresh"] == f"901; url=/en/j/{registration.join_token}/"
