"""The day-of board: who is there, who is not yet, who came by phone, and that it starts late."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Workshop
from registrations.domain import attendance, late_start
from registrations.domain.refused import Refused
from registrations.models import OutgoingMail, Registration
from tests.helpers.pages import page_text

ROOM = "https://zoom.example/j/1"
pytestmark = pytest.mark.one_database


@pytest.fixture
def workshop(make_workshop):
    return make_workshop(meeting_url=ROOM, keyword="Œillet")


@pytest.fixture
def desk(admin_user):
    """A browser of an organiser who has just signed in, whatever the clock says by then."""
    client = Client()

    class SignedIn:
        def __getattr__(self, verb):
            client.force_login(admin_user)
            return getattr(client, verb)

    return SignedIn()


@pytest.fixture
def people(workshop, register, communities):
    """Zoé of Québec, Abel of France, and Ève of no community."""
    facts = [("Zoé", "Tremblay", "Québec"), ("Abel", "Martin", "France"), ("Ève", "Roy", "")]
    return [
        register(
            workshop,
            first_name=first,
            last_name=last,
            email=f"{last.lower()}@example.org",
            community=communities.get(place),
        )
        for first, last, place in facts
    ]


def board(workshop):
    return f"/admin/events/workshop/{workshop.pk}/board/"


def enter(person, group_size):
    return Client().post(person.join_path, {"group_size": group_size})


def test_it_counts_who_entered_who_is_noted_and_who_is_behind_the_screens(
    workshop, people, at, desk
):
    at(workshop, minutes=2)
    zoe, abel, _eve = people
    enter(zoe, 3)
    desk.post(board(workshop), {"come": abel.pk})

    text = page_text(desk.get(board(workshop)))

    assert text.count("2 sur 3 déjà là · 1 pas encore · 4 personnes derrière les écrans") == 1
    assert text.count("Culture pour tous (Québec) 1 1 0 3") == 1
    assert text.count("TMNlab (France) 1 1 0 1") == 1
    assert text.count("Sans communauté 1 0 1 0") == 1
    assert text.count("dans la salle à 9 h 32 (heure du Québec) (3)") == 1
    assert text.count("présence notée à 9 h 32 (heure du Québec)") == 1


def test_a_presence_is_taken_back_and_the_log_names_nobody(workshop, people, at, desk):
    at(workshop, minutes=2)
    abel = people[1]
    desk.post(board(workshop), {"come": abel.pk})
    said = page_text(desk.post(board(workshop), {"undo": abel.pk}, follow=True))
    abel.refresh_from_db()

    history = desk.get(f"/admin/registrations/registration/{abel.pk}/history/")
    assert ("C’est noté : Abel Martin n’est finalement pas là." in said, abel.came) == (True, False)
    assert page_text(history).count("Présence notée.") == 1
    assert page_text(history).count("La présence n’est plus notée.") == 1


def test_before_the_door_opens_nobody_is_noted(workshop, people, at, desk):
    at(workshop, minutes=-16)

    said = page_text(desk.post(board(workshop), {"come": people[0].pk}, follow=True))

    assert "la salle n’est pas encore ouverte" in said
    assert not Registration.objects.came().exists()


def test_somebodys_links_are_sent_again_in_one_press(workshop, people, at, desk):
    at(workshop, minutes=-5)
    OutgoingMail.objects.update(state="sent", sent_at=workshop.starts_at - timedelta(days=9))

    desk.post(board(workshop), {"resend": people[2].pk})

    (mail,) = OutgoingMail.objects.filter(state="queued")
    assert (mail.registration, mail.kind, mail.is_resent) == (people[2], "confirmation", True)


@pytest.mark.parametrize(
    ("rights", "words"),
    [
        (["use_board"], "Courriel renvoyé à Ève Roy."),
        (["use_board", "view_registration"], "Courriel renvoyé à Ève Roy."),
    ],
)
def test_who_only_keeps_the_door_reads_no_address(
    rights, words, workshop, people, at, make_organiser
):
    at(workshop, minutes=-5)
    OutgoingMail.objects.update(state="sent", sent_at=workshop.starts_at - timedelta(days=9))
    client = Client()
    client.force_login(make_organiser("door", *rights))

    page = client.post(board(workshop), {"resend": people[2].pk}, follow=True)

    assert words in page_text(page)
    assert "roy@" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Martin Abel", "Roy Ève", "Tremblay Zoé"]),
        ("q=eve", ["Roy Ève"]),
        ("q=martin@ex", ["Martin Abel"]),
        ("missing=yes", ["Roy Ève", "Tremblay Zoé"]),
        ("q=zoe&missing=yes", ["Tremblay Zoé"]),
        ("q=personne", []),
    ],
)
def test_people_are_found_by_name_and_by_not_being_there(query, names, workshop, people, at, desk):
    at(workshop, minutes=2)
    attendance.mark_come(people[1], now=workshop.starts_at)

    text = page_text(desk.get(f"{board(workshop)}?{query}"))

    every = ["Martin Abel", "Roy Ève", "Tremblay Zoé"]
    assert [name for name in every if name in text] == names


def test_each_link_keeps_what_was_chosen(workshop, people, at, desk, monkeypatch):
    at(workshop, minutes=2)
    monkeypatch.setattr("registrations.admin.board.ROWS", 1)
    chosen = "q=example&missing=yes&page=2&stay=yes"

    html = desk.get(f"{board(workshop)}?{chosen}").content.decode()

    led = [unescape(query) for query in re.findall(r'href="\?([^"]*)"', html)]
    assert led == [
        "q=example&missing=yes&page=1&stay=yes",
        "q=example&missing=yes&page=3&stay=yes",
        "q=example&missing=yes&stay=yes&print=yes",
        chosen,
        "q=example&missing=yes&page=2",
    ]


def test_a_page_that_was_stopped_stays_so_through_a_search(workshop, people, desk):
    stopped = desk.get(f"{board(workshop)}?missing=yes&stay").content.decode()

    assert '<input type="hidden" name="stay"' in stopped
    assert 'name="stay"' not in desk.get(board(workshop)).content.decode()


def test_the_board_is_for_whoever_has_its_right_and_shows_them_no_room(
    workshop, people, at, make_organiser
):
    at(workshop, minutes=2)
    make_organiser("paul", "view_registration")
    make_organiser("door", "use_board")
    answers = []
    for name in ("paul", "door"):
        client = Client()
        client.force_login(User.objects.get(username=name))
        answers.append(client.get(board(workshop)))

    assert [answer.status_code for answer in answers] == [403, 200]
    html = answers[1].content.decode()
    assert (html.count(ROOM), html.count("Œillet"), html.count("Noter la présence")) == (0, 0, 6)


def test_who_may_change_the_workshop_tries_the_room_and_reads_the_word(workshop, desk):
    html = desk.get(board(workshop)).content.decode()

    assert (html.count(f'href="{ROOM}"'), html.count("<strong>Œillet</strong>")) == (1, 1)


@pytest.mark.parametrize("more", [0, 30])
def test_it_costs_as_many_statements_for_many_as_for_few(
    more, workshop, people, register, admin_client, django_assert_num_queries
):
    for number in range(more):
        register(workshop, email=f"{number}@example.org")

    with django_assert_num_queries(7):
        admin_client.get(board(workshop))


LATE = [(-5, 10, "9 h 40"), (3, 10, "9 h 43"), (0, 5, "9 h 35")]


@pytest.mark.parametrize(("after_start", "minutes", "hour"), LATE)
def test_a_late_start_is_told_at_the_door_and_to_no_calendar(
    after_start, minutes, hour, workshop, people, at, desk
):
    at(workshop, minutes=after_start)
    count = OutgoingMail.objects.count()

    desk.post(board(workshop), {"late": str(minutes)})

    page = page_text(Client().get(people[0].join_path))
    assert page.count(f"Nous commençons un peu plus tard : {hour} (heure du Québec), 15 h") == 1
    assert OutgoingMail.objects.count() == count
    assert Workshop.objects.get().starts_at == workshop.starts_at


def test_a_late_start_is_over_when_it_comes_and_when_it_is_taken_back(workshop, people, at, desk):
    at(workshop, minutes=0)
    desk.post(board(workshop), {"late": "5"})
    desk.post(board(workshop), {"late": "no"})
    taken_back = Workshop.objects.get().late_start_at
    late_start.say(workshop, 5, now=workshop.starts_at)
    workshop.refresh_from_db()
    end = workshop.starts_at + timedelta(minutes=5)

    assert taken_back is None
    assert late_start.late_start(workshop, now=end - timedelta(seconds=1)) == end
    assert late_start.late_start(workshop, now=end) is None


@pytest.mark.parametrize("after_start", [{"minutes": -15, "seconds": -1}, {"minutes": 150}])
def test_no_late_start_is_said_before_the_door_opens_or_after_the_end(after_start, workshop, at):
    now = workshop.starts_at + timedelta(**after_start)

    with pytest.raises(Refused):
        late_start.say(workshop, 5, now=now)


@pytest.mark.parametrize(
    ("after_start", "offered"),
    [(-15, [5, 10, 15]), (134, [5, 10, 15]), (135, [5, 10]), (144, [5]), (145, [])],
)
def test_no_late_start_past_the_end_is_offered(after_start, offered, workshop, at, desk):
    at(workshop, minutes=after_start)

    html = desk.get(board(workshop)).content.decode()

    assert re.findall(r'name="late" value="(\w+)"', html) == [str(each) for each in offered]
    assert html.count("Nous commençons en retard") == bool(offered)


@pytest.mark.parametrize(
    ("after_start", "words"),
    [
        (-16, "se dit à partir de l’ouverture de la salle, pas avant."),
        (147, "à cette heure-là, l’atelier sera terminé. Choisissez moins de minutes."),
        (135, "à cette heure-là, l’atelier sera terminé."),
        (151, "Rien n’a été annoncé : l’atelier est terminé."),
    ],
)
def test_a_late_start_that_cannot_be_said_says_why(after_start, words, workshop, at, desk):
    at(workshop, minutes=after_start)

    said = page_text(desk.post(board(workshop), {"late": "15"}, follow=True))

    assert words in said
    assert Workshop.objects.get().late_start_at is None


@pytest.mark.parametrize(
    ("typed", "people_there"),
    [("3", 3), ("", 1), ("0", 1), ("-4", 1), ("lots", 1), ("99999", 500), (None, 1)],
)
def test_nobody_is_kept_out_by_the_number_behind_the_screen(
    typed, people_there, workshop, people, at
):
    at(workshop, minutes=2)
    fields = {} if typed is None else {"group_size": typed}

    answer = Client().post(people[0].join_path, fields)

    assert (answer.status_code, answer.url) == (302, ROOM)
    assert Registration.objects.get(pk=people[0].pk).group_size == people_there


def type_word(person, word):
    return Client().post(f"{person.join_path}presence/", {"keyword": word}, follow=True)


@pytest.mark.parametrize(
    ("word", "came"), [("œillet", True), (" OEILLET ", True), ("oeillets", False), ("", False)]
)
def test_the_word_said_in_the_room_notes_who_came_by_phone(word, came, workshop, people, at):
    at(workshop, minutes=60)

    said = page_text(type_word(people[0], word))

    people[0].refresh_from_db()
    assert (people[0].came, said.count("Votre présence est notée")) == (came, int(came))


@pytest.mark.parametrize(
    ("after_start", "is_asked"),
    [
        ({"seconds": -1}, False),
        ({"seconds": 0}, True),
        ({"days": 1, "minutes": 150, "seconds": -1}, True),
        ({"days": 1, "minutes": 150}, False),
    ],
)
def test_the_word_is_asked_for_from_the_start_to_a_day_after_the_end(
    after_start, is_asked, workshop, people, at
):
    at(workshop, **after_start)

    html = Client().get(people[0].join_path).content.decode()

    assert html.count('name="keyword"') == is_asked
    assert html.count("illet") == 0
    assert (page_text(type_word(people[0], "œillet")).count("est notée") == 1) == is_asked


def test_no_word_is_asked_for_where_none_is_set(make_workshop, register, at):
    person = register(make_workshop(meeting_url=ROOM))
    at(person.workshop, minutes=5)

    assert Client().get(person.join_path).content.count(b'name="keyword"') == 0
    type_word(person, "")
    assert not Registration.objects.came().exists()


def test_ten_words_an_hour_are_looked_at(workshop, people, at):
    at(workshop, minutes=60)
    for number in range(10):
        type_word(people[0], f"guess {number}")

    type_word(people[0], "œillet")

    people[0].refresh_from_db()
    assert not people[0].came


@pytest.mark.parametrize(("query", "place"), [("", "person"), ("missing=yes", "people")])
def test_after_an_act_one_comes_back_to_the_row(workshop, people, at, desk, query, place):
    at(workshop)
    page = f"/admin/events/workshop/{workshop.pk}/board/?{query}"

    answer = desk.post(page, {"come": people[0].pk})

    anchor = f"person-{people[0].pk}" if place == "person" else place
    assert answer["Location"].endswith(f"#{anchor}")
    assert f'id="{anchor}"' in desk.get(page).content.decode()


def test_communities_stand_below_the_names_in_the_hosts_order(
    workshop, register, communities, at, desk
):
    at(workshop)
    for number, name in enumerate(["France", "France", "Québec", "Martinique", ""]):
        register(workshop, email=f"c{number}@example.org", community=communities.get(name))

    page = desk.get(f"/admin/events/workshop/{workshop.pk}/board/").content.decode()

    names, table = page.index("board-people"), page.index("board-communities")
    assert names < table
    places = ["Québec", "France", "Martinique", "Sans communauté"]
    assert sorted(places, key=page[table:].index) == places


def test_who_sits_beside_somebody_is_not_counted_twice(workshop, people, at, desk):
    at(workshop, minutes=2)
    zoe, abel, eve = people
    enter(zoe, 2)
    page = Client().get(abel.manage_path).content.decode()
    for person, beside in ((abel, {"is_beside": "on"}), (eve, {})):
        path = f"{person.manage_path}presence/"
        answer = Client().post(path, {"keyword": "œil-let.", **beside})
        assert answer.url == person.manage_path

    text = page_text(desk.get(board(workshop)))

    assert page.count('name="keyword"') == 1
    assert "3 sur 3 déjà là · 0 pas encore" in text
    assert "(à côté de quelqu’un)" in text
    assert sorted(Registration.objects.values_list("group_size", flat=True)) == [0, 1, 2]
