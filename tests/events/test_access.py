"""What a workshop announces of language, captions, interpretation and recording, and where."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from registrations import worker
from registrations.models import Registration
from tests.helpers.clock import NOW
from tests.helpers.desk import desk, edit
from tests.helpers.mails import plain, text
from tests.helpers.pages import form_of, page_text

pytestmark = pytest.mark.one_database

SECRET = "https://zoom.example/j/interpretes?pwd=secret"
ANNOUNCED = {
    "spoken_language": "fr",
    "captions": "human",
    "interpretation": ["en", "lsq"],
    "interpretation_url": SECRET,
    "is_recorded": True,
    "meeting_url": "https://zoom.example/j/1",
}


@pytest.fixture
def workshop(make_workshop):
    return make_workshop(**ANNOUNCED)


def test_the_page_says_what_is_announced_in_both_languages(workshop, client):
    french, english = (
        page_text(client.get(f"{prefix}{path}"))
        for prefix, path in [
            ("", f"/ateliers/{workshop.slug}/"),
            ("/en", f"/workshops/{workshop.slug}/"),
        ]
    )

    assert (
        french.count(
            "Langue et accessibilité Langue parlée Français Sous-titres Par une personne "
            "Interprétation LSQ (langue des signes québécoise), vers l’anglais "
            "Enregistrement La séance est enregistrée"
        )
        == 1
    )
    assert (
        english.count(
            "Language and accessibility Language spoken French Captions By a person "
            "Interpretation LSQ (Quebec Sign Language), into English "
            "Recording The session is recorded"
        )
        == 1
    )
    limit = "lundi 22 mars 2027, 9 h 30 (heure du Québec), 14 h 30 (heure de France)"
    assert french.count(f"Dites-le en vous inscrivant, au plus tard le {limit}.") == 1


def test_the_list_says_in_short_who_can_follow(workshop, make_workshop, client):
    make_workshop(title="Un autre")

    rows = page_text(client.get("/"))

    short = "Culture pour tous et TMNlab · Français · sous-titres · LSQ, vers l’anglais"
    assert (rows.count(short), rows.count("Culture pour tous et TMNlab ·")) == (1, 1)


def test_a_past_page_speaks_of_the_recording_in_the_past_tense(make_workshop, client, time_machine):
    workshop = make_workshop(captions="automatic", is_recorded=True)
    time_machine.move_to(workshop.ends_at, tick=False)

    page = page_text(client.get(workshop.get_absolute_url()))

    assert page.count("Sous-titres Automatiques Enregistrement La séance a été enregistrée") == 1


def test_nothing_is_said_of_what_nobody_has_told(make_workshop, client):
    silent = make_workshop(asks_needs=False, state="cancelled")
    page = page_text(client.get(silent.get_absolute_url()))

    words = ("Langue parlée", "Sous-titres", "Interprétation", "Enregistrement", "accessibilité")
    assert [page.count(each) for each in words] == [0] * 5


def test_the_confirmation_says_it_in_a_line_each_and_the_language_to_who_expects_another(
    workshop, register, smtp
):
    register(workshop)
    register(workshop, email="ann@example.org", language="en")

    worker.run_once(now=NOW)

    french, english = (plain(text(mail)) for mail in smtp.messages)
    assert (
        french.count(
            "Une personne sous-titre en direct. Interprétation : LSQ, vers l’anglais. "
            "La séance est enregistrée."
        )
        == 1
    )
    assert french.count("en français") == 0
    assert (
        english.count(
            "The session is held in French. A person writes captions live. "
            "Interpretation: LSQ, into English. The session is recorded."
        )
        == 1
    )


def test_french_and_english_both_ways_is_one_line_and_automatic_is_said(make_workshop):
    workshop = make_workshop(
        spoken_language="both", captions="automatic", interpretation=["fr", "en", "lsf"]
    )

    assert workshop.access_sentences == [
        "Des sous-titres automatiques s’affichent\u202f; ils font des erreurs.",
        "Interprétation\u00a0: LSF, entre le français et l’anglais.",
    ]
    with translation.override("en"):
        assert workshop.access_facts()[0] == ("Language spoken", "French and English")


def test_the_second_link_opens_with_the_door_and_stands_nowhere_else(
    workshop, register, client, smtp, time_machine
):
    person = register(workshop)
    worker.run_once(now=NOW)
    paths = [
        workshop.get_absolute_url(),
        form_of(workshop),
        f"{workshop.get_absolute_url()}calendrier.ics",
        person.manage_path,
        person.join_path,
    ]
    shown = [client.get(path).content for path in paths]
    early = client.post(person.join_path, {"interpretation": "yes"})
    time_machine.move_to(workshop.door_opens_at, tick=False)
    door = client.get(person.join_path)
    answer = client.post(person.join_path, {"interpretation": "yes", "group_size": "3"})

    assert [each.count(b"zoom.example") for each in [*shown, door.content]] == [0] * 6
    assert [mail.as_string().count("interpretes") for mail in smtp.messages] == [0]
    assert page_text(door).count("Entrer avec interprétation (LSQ, vers l’anglais)") == 1
    assert (early.status_code, answer.headers["Location"]) == (409, SECRET)
    assert Registration.objects.get().group_size == 3
    assert client.post(person.join_path).headers["Location"] == "https://zoom.example/j/1"


def test_without_its_own_room_there_is_one_button_which_leads_into_the_room(
    make_workshop, register, client, time_machine
):
    workshop = make_workshop(**ANNOUNCED | {"interpretation_url": ""})
    person = register(workshop)
    time_machine.move_to(workshop.door_opens_at, tick=False)

    door = client.get(person.join_path).content
    answer = client.post(person.join_path, {"interpretation": "yes"})

    assert door.count(b'name="interpretation"') == 0
    assert answer.headers["Location"] == "https://zoom.example/j/1"


def test_the_desk_says_it_keeps_what_was_typed_and_refuses_a_link_to_nothing(
    make_workshop, register, admin_client
):
    workshop = make_workshop(meeting_url="https://zoom.example/j/1")
    register(workshop)

    refused = edit(admin_client, workshop, interpretation_url=SECRET, captions="human")
    saved = edit(
        admin_client,
        workshop,
        interpretation_url=SECRET,
        interpretation=["lsq", "en"],
        captions="human",
        needs_by_0="2027-03-25",
        needs_by_1="17:00",
    )
    workshop.refresh_from_db()

    html = refused.content.decode()
    assert html.count("Cochez l’interprétation à laquelle mène son adresse.") == 2
    assert html.count(f'value="{SECRET}"') == 1
    assert (workshop.captions, workshop.interpretation) == ("human", ["lsq", "en"])
    assert workshop.needs_deadline == datetime(2027, 3, 25, 21, 0, tzinfo=UTC)
    said = [" ".join(str(each).split()) for each in saved.context["messages"]]
    assert [each for each in said if "interprétation a changé" in each] != []
    assert [each for each in said if "ne le sait pas" in each or "ancien" in each] == []


def test_a_deadline_after_the_start_is_refused_and_one_before_a_move_ends_with_the_start(
    make_workshop, admin_client
):
    workshop = make_workshop()

    refused = edit(admin_client, workshop, needs_by_0="2027-03-29", needs_by_1="09:31")

    assert refused.content.decode().count("Cette limite doit précéder le début.") == 2
    workshop.needs_until = workshop.starts_at + timedelta(days=1)
    assert workshop.needs_deadline == workshop.starts_at


def test_a_week_before_is_the_same_hour_on_the_clock_over_the_odd_weeks(make_workshop):
    workshop = make_workshop(start=datetime(2027, 3, 16, 9, 30))

    # Québec's clocks change on 14 March.
    assert workshop.needs_deadline == datetime(2027, 3, 9, 14, 30, tzinfo=UTC)


def test_who_may_only_look_reads_words_and_no_second_address(workshop, make_organiser, client):
    client.force_login(make_organiser("looks", "view_workshop"))

    html = client.get(desk(workshop)).content.decode()

    assert html.count("LSQ, vers l’anglais") == 1
    assert html.count("interpretes") == 0
