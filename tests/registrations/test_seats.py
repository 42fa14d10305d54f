"""Who gets a seat: opening hours, capacity, seats reserved for hosts, an organiser's word."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from events.models import Workshop
from registrations import worker
from registrations.domain import signup, waiting_list
from registrations.domain.seats import Seats, hosts_with_seats
from tests.helpers.clock import NOW
from tests.helpers.mails import html, plain, text, words
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import typed
from tests.helpers.seats import in_line, seated

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def keep():
    """Keep seats of a workshop for the communities of these places."""

    def act(workshop, **seats):
        for place, count in seats.items():
            workshop.hostings.filter(community__place=place).update(reserved_seats=count)
        return Workshop.objects.with_hosts().get(pk=workshop.pk)

    return act


HOURS = {"registration_opens_at": NOW, "registration_closes_at": NOW + HOUR}
CLOSED = "Les inscriptions sont closes"
NOT_OPEN = "Les inscriptions ne sont pas encore ouvertes"


@pytest.mark.parametrize(
    ("at", "fields", "code", "sentence"),
    [
        (NOW - SECOND, {}, 409, NOT_OPEN),
        (NOW, {}, 302, None),
        (NOW + HOUR - SECOND, {}, 302, None),
        (NOW + HOUR, {}, 409, CLOSED),
        (NOW, {"registration_open": False}, 409, CLOSED),
        (NOW - SECOND, {"registration_open": False}, 409, CLOSED),
    ],
)
def test_registration_opens_and_closes_at_the_workshops_own_hours_or_by_hand(
    at, fields, code, sentence, make_workshop, client, time_machine
):
    workshop = make_workshop(**HOURS | fields)
    time_machine.move_to(at, tick=False)

    response = client.post(form_of(workshop), typed())

    assert response.status_code == code
    assert workshop.registrations.count() == (code == 302)
    if sentence:
        assert page_text(response).count(sentence) == 1


def test_who_comes_too_early_is_told_when_registration_opens_on_each_clock(make_workshop, client):
    workshop = make_workshop(registration_opens_at=NOW + timedelta(days=31))

    text = page_text(client.get(form_of(workshop)))

    assert text.count("7 h 00 (heure du Québec)") == 1
    assert text.count("13 h 00 (heure de France)") == 1


def test_a_workshop_full_at_its_start_takes_nobody_on_the_list(
    make_workshop, arrive, client, time_machine
):
    workshop = make_workshop(capacity=1)
    arrive(workshop, "ada")
    time_machine.move_to(workshop.starts_at)

    response = client.post(form_of(workshop), typed())

    assert response.status_code == 409
    assert page_text(response).count("C’est complet et l’atelier a commencé") == 1
    assert (seated(workshop), in_line(workshop)) == (["ada"], [])


def test_a_lowered_capacity_drops_nobody_and_gives_nothing_until_there_is_room(
    make_workshop, arrive, now
):
    workshop = make_workshop(capacity=3)
    arrive(workshop, "ada", "bo", "cy", "di")
    Workshop.objects.filter(pk=workshop.pk).update(capacity=1)

    promoted = [waiting_list.promote(workshop, now=now)]
    found = [(seated(workshop), in_line(workshop))]
    for registration in workshop.registrations.confirmed():
        signup.cancel(registration, now=now)
        found.append((seated(workshop), in_line(workshop)))

    assert promoted == [0]
    assert found == [
        (["ada", "bo", "cy"], ["di"]),
        (["bo", "cy"], ["di"]),
        (["cy"], ["di"]),
        (["di"], []),
    ]


def test_seats_kept_for_a_community_are_for_its_people_alone(make_workshop, arrive, keep):
    workshop = keep(make_workshop(capacity=5), Québec=2, France=2)

    arrive(
        workshop,
        "ada",
        "bo",
        "cy@Martinique",
        "di@Québec",
        "ed@France",
        "flo@Québec",
        "gus@Québec",
        "hal@France",
    )

    assert seated(workshop) == ["ada", "di", "ed", "flo", "hal"]
    assert in_line(workshop) == ["bo", "cy", "gus"]


def test_a_community_with_more_people_than_seats_kept_takes_the_common_ones_too(
    make_workshop, arrive, keep
):
    workshop = keep(make_workshop(capacity=5), Québec=2, France=2)

    arrive(workshop, "ada@Québec", "bo@Québec", "cy@Québec", "di@Québec", "ed@France")

    assert (seated(workshop), in_line(workshop)) == (["ada", "bo", "cy", "ed"], ["di"])


def test_the_form_says_until_when_seats_are_kept(make_workshop, arrive, keep, client):
    workshop = keep(make_workshop(capacity=2), Québec=1)
    arrive(workshop, "ada")

    text = page_text(client.get(form_of(workshop)))

    assert (
        text.count(
            "Les places qui restent sont réservées aux membres de Culture pour tous jusqu’au"
        )
        == 1
    )
    assert text.count("27 mars 2027, 9 h 30 (heure du Québec)") == 1


@pytest.mark.parametrize(("first", "remain"), [("ada", True), ("ada@Québec", False)])
def test_the_page_says_for_whom_seats_remain(first, remain, make_workshop, arrive, keep, client):
    workshop = keep(make_workshop(capacity=2), Québec=1)
    arrive(workshop, first, "bo")

    text = page_text(client.get(workshop.get_absolute_url()))

    sentences = (
        "Les places qui restent sont réservées aux membres de Culture pour tous jusqu’au",
        "C’est complet.",
    )
    assert [text.count(sentence) > 0 for sentence in sentences] == [remain, not remain]


def test_only_hosts_whose_kept_seats_are_not_filled_are_named(make_workshop, arrive, keep, now):
    workshop = keep(make_workshop(capacity=3), Québec=1, France=1)
    arrive(workshop, "ada@Québec", "bo")

    assert hosts_with_seats(workshop, now=now) == ["TMNlab"]


def test_no_host_is_named_where_more_people_come_than_there_are_seats(
    make_workshop, arrive, keep, now
):
    workshop = keep(make_workshop(capacity=3), Québec=1)
    arrive(workshop, "ada", "bo")
    workshop.capacity = 1

    assert (Seats(workshop, now=now).free, hosts_with_seats(workshop, now=now)) == (0, [])


def test_a_freed_seat_of_a_community_goes_to_the_first_of_its_people_in_line(
    make_workshop, arrive, keep, now
):
    workshop = keep(make_workshop(capacity=2), Québec=1)
    arrive(workshop, "ada@Québec", "bo", "cy", "di@Québec", "ed@Québec")

    signup.cancel(workshop.registrations.get(first_name="ada"), now=now)

    assert (seated(workshop), in_line(workshop)) == (["bo", "di"], ["cy", "ed"])


def test_seats_kept_after_people_have_come_are_for_the_communities_people_none_stays_empty(
    make_workshop, arrive, keep
):
    workshop = make_workshop(capacity=10)
    arrive(workshop, *(f"p{number}" for number in range(6)))
    keep(workshop, Québec=4, France=4)

    arrive(workshop, "ada", "bo@Québec", "cy@France", "di@France", "ed@Québec", "flo@Québec")

    assert seated(workshop)[6:] == ["bo", "cy", "di", "ed"]
    assert in_line(workshop) == ["ada", "flo"]


DEFAULT_RELEASE = timedelta(hours=48)


@pytest.mark.parametrize("chosen", [None, timedelta(days=10)])
def test_the_seats_kept_fall_to_the_first_in_line_at_the_chosen_moment(
    chosen, make_workshop, arrive, keep, time_machine
):
    workshop = keep(make_workshop(capacity=3), Québec=2)
    released_at = workshop.starts_at - (chosen or DEFAULT_RELEASE)
    Workshop.objects.filter(pk=workshop.pk).update(seats_released_at=chosen and released_at)
    arrive(workshop, "ada", "bo", "cy", "di")
    found = []

    for moment in (released_at - SECOND, released_at):
        time_machine.move_to(moment, tick=False)
        call_command("work", "--once")
        found.append((seated(workshop), in_line(workshop)))

    assert found == [(["ada"], ["bo", "cy", "di"]), (["ada", "bo", "cy"], ["di"])]


def test_no_seat_is_kept_after_the_start_though_the_workshop_was_moved_ahead(make_workshop, now):
    workshop = make_workshop(seats_released_at=now + timedelta(days=200))
    assert workshop.release_at == workshop.starts_at


def test_who_registers_as_the_seats_are_released_does_not_pass_those_in_line(
    make_workshop, arrive, keep
):
    workshop = keep(make_workshop(capacity=2), Québec=1)
    arrive(workshop, "ada", "bo")

    arrive(workshop, "cy", now=workshop.release_at)
    waiting_list.promote(workshop, now=workshop.release_at)

    assert (seated(workshop), in_line(workshop)) == (["ada", "bo"], ["cy"])


def test_who_takes_a_seat_back_as_seats_are_released_does_not_pass_those_in_line(
    make_workshop, arrive, keep, now
):
    workshop = keep(make_workshop(capacity=2), Québec=1)
    gone = arrive(workshop, "ada")
    arrive(workshop, "bo", "cy")
    signup.cancel(gone, now=now)

    signup.reinstate(gone, now=workshop.release_at)
    waiting_list.promote(workshop, now=workshop.release_at)

    assert (seated(workshop), in_line(workshop)) == (["bo", "cy"], [])


@pytest.fixture
def say_yes(admin_client):
    """What the desk's action does with these registrations; the pages' messages."""

    def act(*registrations):
        chosen = {
            "action": "confirm_registrations",
            "_selected_action": [each.pk for each in registrations],
            "sure": "yes",
        }
        page = admin_client.post(
            reverse("admin:registrations_registration_changelist"), chosen, follow=True
        )
        return [str(message) for message in page.context["messages"]]

    return act


def test_an_organiser_confirms_somebody_past_the_capacity(make_workshop, arrive, say_yes):
    workshop = make_workshop(capacity=1)
    arrive(workshop, "ada", "bo", "cy")

    said = say_yes(workshop.registrations.get(first_name="cy"))

    assert said == ["1 personne confirmée\u202f; un courriel avec l’invitation part."]
    assert (seated(workshop), in_line(workshop)) == (["ada", "cy"], ["bo"])
    mails = workshop.registrations.get(first_name="cy").mails.order_by("pk")
    assert [(mail.kind, mail.sequence) for mail in mails] == [("waiting", None), ("promotion", 0)]


def test_a_seat_past_the_capacity_is_nobodys_once_it_is_given_back(
    make_workshop, arrive, say_yes, now
):
    workshop = make_workshop(capacity=1)
    arrive(workshop, "ada", "bo", "cy")
    say_yes(workshop.registrations.get(first_name="cy"))

    signup.cancel(workshop.registrations.get(first_name="ada"), now=now)

    assert (seated(workshop), in_line(workshop)) == (["cy"], ["bo"])


@pytest.mark.parametrize(
    "fields", [{"state": "cancelled"}, {"starts_at": NOW - 2 * HOUR, "ends_at": NOW}]
)
def test_an_organiser_confirms_nobody_where_nothing_takes_place(
    fields, make_workshop, arrive, say_yes
):
    workshop = make_workshop(capacity=1)
    waiting = arrive(workshop, "ada", "bo")
    Workshop.objects.filter(pk=workshop.pk).update(**fields)

    say_yes(waiting)

    assert (seated(workshop), in_line(workshop)) == (["ada"], ["bo"])


def test_an_organiser_confirms_twice_only_once_and_never_who_has_left(
    make_workshop, arrive, say_yes, now
):
    workshop = make_workshop(capacity=1)
    arrive(workshop, "ada", "bo", "cy")
    gone, waiting = (workshop.registrations.get(first_name=name) for name in ("bo", "cy"))
    signup.cancel(gone, now=now)

    for _ in range(2):
        say_yes(gone, waiting)

    assert (seated(workshop), in_line(workshop)) == (["ada", "cy"], [])
    assert [
        waiting.mails.filter(kind="promotion").count(),
        gone.mails.filter(kind="promotion").count(),
    ] == [1, 0]


def test_a_stranger_confirms_nobody(make_workshop, arrive):
    workshop = make_workshop(capacity=1)
    waiting = arrive(workshop, "ada", "bo")

    chosen = {"action": "confirm_registrations", "_selected_action": [waiting.pk]}
    response = Client().post(reverse("admin:registrations_registration_changelist"), chosen)

    assert (response.status_code, in_line(workshop)) == (302, ["bo"])


FOR_MEMBERS = "Il reste des places réservées aux membres de Culture pour tous."


def mails_to(name, smtp, now):
    """All that is due leaves; (subject, text, words of the HTML) of what `name` got, in order."""
    worker.run_once(now=now)
    address = f"{name}@example.org"
    return [
        (plain(mail["Subject"]), plain(text(mail)), words(html(mail)))
        for mail in smtp.messages
        if mail["To"].addresses[0].addr_spec == address
    ]


def test_who_waits_while_seats_are_kept_is_told_so_by_mail_and_where_to_name_a_community(
    make_workshop, keep, arrive, smtp, now
):
    workshop = keep(make_workshop(capacity=2), Québec=2)
    arrive(workshop, "ada")
    person = workshop.registrations.get()
    later = now + timedelta(minutes=5)
    worker.run_once(now=now)
    signup.register(workshop, first_name="A", last_name="B", email=person.email, now=later)

    mails = mails_to("ada", smtp, later)

    assert [subject.partition(" :")[0] for subject, *_bodies in mails] == [
        "Liste d’attente",
        "Déjà en attente",
    ]
    edit = reverse("registrations:edit", args=[person.manage_token])
    for _subject, *bodies in mails:
        assert [body.count(FOR_MEMBERS) for body in bodies] == [1, 1]
        assert [body.count("Toutes les places sont prises") for body in bodies] == [0, 0]
        assert bodies[0].count(edit) == 1


def test_each_of_two_who_wait_gets_the_own_link_to_name_a_community(
    make_workshop, keep, arrive, smtp, now
):
    workshop = keep(make_workshop(capacity=2), Québec=2)
    arrive(workshop, "ada", "bo")
    tokens = [person.manage_token for person in workshop.registrations.order_by("pk")]

    mails = [mails_to(name, smtp, now)[0] for name in ("ada", "bo")]

    found = [[body.count(f"{token}/modifier/") for token in tokens] for _s, body, _h in mails]
    assert found == [[1, 0], [0, 1]]


def test_no_mail_speaks_of_kept_seats_where_none_are_left(make_workshop, keep, arrive, smtp, now):
    workshop = keep(make_workshop(capacity=2), Québec=1)
    arrive(workshop, "ada@Québec", "bo", "cy")

    [(_subject, *bodies)] = mails_to("cy", smtp, now)

    assert [body.count("membres de") for body in bodies] == [0, 0]
    assert [body.count("Toutes les places sont prises") for body in bodies] == [1, 1]


def test_the_page_after_the_form_does_not_say_that_all_is_full_where_seats_are_kept(
    make_workshop, keep, client
):
    workshop = keep(make_workshop(capacity=2), Québec=2)

    text = page_text(client.post(form_of(workshop), typed(), follow=True))

    assert text.count("Les places ouvertes à tout le monde sont prises : si cette adresse") == 1
    assert text.count("C’est complet") == 0
