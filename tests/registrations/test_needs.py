"""What people need: said in the form, changed on their own page, forgotten a week after the end."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Workshop
from registrations import worker
from registrations.domain import needs, privacy, signup
from registrations.models import Need, Registration
from tests.helpers.clock import NOW
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import typed

NEED = "Une boucle magnétique,\nune pause à mi-parcours."
LATE = "Écrivez à praxis@ateliers.example.org : l’équipe organisatrice fera son possible."
DEADLINE = "lundi 22 mars 2027, 9 h 30 (heure du Québec), 14 h 30 (heure de France)"


def sign_up(client, workshop, **facts):
    return client.post(form_of(workshop), typed(**facts))


def own_page(registration):
    return f"{registration.manage_path}besoins/"


def texts():
    return list(Need.objects.order_by("pk").values_list("text", flat=True))


def test_the_form_asks_says_who_reads_it_and_until_when_on_both_clocks(workshop, client):
    page = page_text(client.get(form_of(workshop)))

    assert page.count("Ce dont vous avez besoin pour bien participer (facultatif)") == 1
    assert page.count("Seule l’équipe organisatrice le lit, pour préparer l’atelier") == 1
    assert page.count("c’est effacé une semaine après la fin") == 1
    assert page.count(f"Dites-le au plus tard le {DEADLINE}.") == 1


def test_what_was_typed_is_kept_beside_the_registration_a_seat_or_not(make_workshop, client):
    workshop = make_workshop(capacity=1)

    sign_up(
        client, workshop, email="first@example.org", needs=f"  {NEED}\x07 ".replace("\n", "\r\n")
    )
    sign_up(client, workshop, email="second@example.org", needs="LSQ")
    sign_up(client, workshop, email="third@example.org", needs=" \r\n ")

    found = Registration.objects.order_by("pk").values_list("state", "need__text")
    assert list(found) == [("confirmed", NEED), ("waiting", "LSQ"), ("waiting", None)]


def test_a_form_with_errors_loses_nothing_and_too_long_a_text_is_shown_whole(workshop, client):
    wrong = sign_up(client, workshop, first_name="", needs=NEED).content.decode()
    long = sign_up(client, workshop, needs="x" * 501)
    html = long.content.decode()

    assert wrong.count(NEED) == html.count("x" * 501) == 1
    assert page_text(long).count("au plus 500 caractères") == 2
    assert (html.count('maxlength="500"'), Registration.objects.count()) == (0, 0)


def test_a_button_pressed_twice_and_an_address_typed_again_keep_what_was_said(workshop, client):
    facts = typed(needs=NEED)
    for _press in range(2):
        client.post(form_of(workshop), facts)
    sign_up(client, workshop, needs="Une autre personne tape mon adresse.")
    before = texts()
    Need.objects.all().delete()
    sign_up(client, workshop, needs="LSF")

    assert (before, texts()) == ([NEED], ["LSF"])


def test_a_need_costs_one_statement_whether_the_address_is_known_or_not(workshop, register, client):
    register(workshop)
    costs = []
    for name, said in [("bo", ""), ("ana", NEED), ("zoe", NEED)]:
        with CaptureQueriesContext(connection) as statements:
            sign_up(client, workshop, email=f"{name}@example.org", needs=said)
        costs.append(len(statements))

    without, new, known = costs
    assert new == known == without + 1


def test_after_the_deadline_the_form_gives_an_address_and_keeps_what_was_typed(
    workshop, client, time_machine
):
    before = typed(needs=NEED)
    time_machine.move_to(workshop.needs_deadline, tick=False)

    page, late = client.get(form_of(workshop)), client.post(form_of(workshop), before)
    emptied = client.post(form_of(workshop), typed())

    assert (page.content.count(b'name="needs"'), page_text(page).count(LATE)) == (0, 1)
    assert page_text(late).count("Il est trop tard pour le dire ici") == 2
    assert late.content.decode().count(NEED) == 1
    assert (emptied.status_code, texts()) == (302, [])


def test_a_workshop_that_asks_nothing_has_no_such_field(make_workshop, register, client):
    workshop = make_workshop(asks_needs=False)
    person = register(workshop)

    page, own = client.get(form_of(workshop)), client.get(person.manage_path)

    assert (page.content.count(b'name="needs"'), page_text(page).count(LATE)) == (0, 0)
    assert page_text(own).count("Ce dont j’ai besoin") == 0
    assert client.get(own_page(person)).headers["Location"] == person.manage_path


def test_on_their_own_page_people_say_change_and_take_back(workshop, register, client):
    person = register(workshop)
    path = own_page(person)

    offer = page_text(client.get(person.manage_path))
    client.post(path, {"needs": "LSQ"})
    thanks = page_text(client.get(person.manage_path))
    shown = client.get(path).content.decode()
    client.post(path, {"needs": NEED})
    changed = texts()
    long = client.post(path, {"needs": "x" * 501}).content.decode()
    client.post(path, {"take_back": "yes"})
    gone = page_text(client.get(person.manage_path))

    assert offer.count(f"pour bien participer, au plus tard le {DEADLINE}.") == 1
    assert thanks.count("Merci : l’équipe organisatrice peut lire") == 1
    assert (thanks.count("LSQ"), shown.count("LSQ</textarea>"), long.count("x" * 501)) == (1, 1, 1)
    assert (changed, texts()) == ([NEED], [])
    assert gone.count("Ce que vous aviez dit est effacé.") == 1


def test_looking_changes_nothing_and_emptying_the_field_takes_it_back(workshop, register, client):
    person = register(workshop, needs=NEED)
    client.get(own_page(person), {"take_back": "yes", "needs": ""})
    looked = texts()

    client.post(own_page(person), {"needs": ""})

    assert (looked, texts()) == ([NEED], [])


@pytest.mark.one_database
def test_after_the_deadline_one_reads_and_takes_back_and_writes_to_the_address(
    workshop, register, client, time_machine
):
    said, silent = register(workshop, needs=NEED), register(workshop, email="ana@example.org")
    time_machine.move_to(workshop.needs_deadline, tick=False)

    page = page_text(client.get(own_page(said)))
    late = client.post(own_page(silent), {"needs": "LSF"})
    beside = page_text(client.get(silent.manage_path))
    kept = texts()
    client.post(own_page(said), {"take_back": "yes"})

    assert (page.count("Une boucle magnétique"), page.count(LATE)) == (1, 1)
    assert late.content.decode().count("LSF</textarea>") == 1
    assert [page_text(late).count(LATE), beside.count(LATE)] == [2, 1]
    assert (kept, texts()) == ([NEED], [])


@pytest.mark.parametrize("act", ["cancel", "desk", "erase", "erase after the end"])
def test_who_cancels_or_is_erased_takes_the_need_along(act, workshop, register, now):
    person = register(workshop, needs=NEED)
    other = register(workshop, email="ana@example.org", needs="LSQ")

    if act == "cancel":
        signup.cancel(person, now=now)
        signup.reinstate(person, now=now)
    elif act == "desk":
        signup.cancel(person, now=now, by_desk=True)
    else:
        after = timedelta(0) if act == "erase" else timedelta(days=200)
        privacy.erase(person, now=now + after)

    assert list(Need.objects.values_list("pk", "text")) == [(other.pk, "LSQ")]


def test_who_may_cancel_is_told_that_the_need_goes_too(workshop, register, client):
    said, silent = register(workshop, needs=NEED), register(workshop, email="ana@example.org")

    pages = [page_text(client.get(each.manage_path)) for each in (said, silent)]

    assert [p.count("Ce que vous avez dit de vos besoins sera effacé.") for p in pages] == [1, 0]


def test_a_cancelled_person_can_say_nothing_more(workshop, register, client, now):
    person = register(workshop)
    signup.cancel(person, now=now)

    answer = client.post(own_page(person), {"needs": NEED})

    assert (answer.status_code, texts()) == (200, [])


@pytest.mark.one_database
def test_what_is_kept_of_a_person_names_the_need_and_no_mail_does(workshop, register, client, smtp):
    person = register(workshop, needs=NEED)

    kept = client.get(f"{person.manage_path}donnees.json").json()
    worker.run_once(now=NOW)

    assert kept["registrations"][0]["needs"]["text"] == NEED
    assert [mail.as_string().count("magn") for mail in smtp.messages] == [0]


def test_a_week_after_the_end_the_worker_forgets_wherever_the_workshop_was_moved(
    make_workshop, register, now
):
    stays, moved = make_workshop(), make_workshop()
    for workshop in (stays, moved):
        register(workshop, needs=NEED)
    week = timedelta(days=7)
    Workshop.objects.filter(pk=moved.pk).update(
        starts_at=stays.starts_at + week, ends_at=stays.ends_at + week
    )
    counts = []
    for at in (week - timedelta(seconds=1), week, 2 * week):
        worker.do_housekeeping(now=stays.ends_at + at)
        counts.append(Need.objects.count())

    assert counts == [2, 1, 0]


COUNT = 20


def said(number, length=200):
    """A need of so many characters, no two of which begin alike."""
    return (f"besoin {number:02} " * 50)[:length]


def bytes_of_the_database():
    path = Path(connection.settings_dict["NAME"])
    return b"".join(
        each.read_bytes() for each in path.parent.glob(f"{path.name}*") if each.suffix != "-shm"
    )


@pytest.mark.one_database
@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps no file of ours")
def test_a_week_after_the_end_no_byte_of_the_file_holds_a_need(
    transactional_db, make_workshop, register, client
):
    over, coming = make_workshop(), make_workshop(start=NOW.replace(tzinfo=None) + timedelta(365))
    people = [
        register(over if number % 2 else coming, email=f"p{number}@example.org", needs=said(number))
        for number in range(COUNT)
    ]
    # Longer ones in this order make SQLite move rows to other pages, and leave copies behind.
    for number in reversed(range(COUNT)):
        needs.say(people[number], said(number, 450), now=NOW)
    needs.say(people[1], "autrement.", now=NOW)
    needs.take_back(people[3])
    signup.cancel(people[5], now=NOW)
    before = bytes_of_the_database()

    worker.do_housekeeping(now=over.ends_at + timedelta(days=7))

    after = bytes_of_the_database()
    words = [said(number, 10).encode() for number in range(COUNT)]
    assert all(word in before for word in words)
    assert [number for number in range(COUNT) if words[number] in after] == [*range(0, COUNT, 2)]
    assert after.count(b"autrement.") == 0
