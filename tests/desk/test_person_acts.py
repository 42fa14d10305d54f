"""What organisers do to people: each act asks first, says what happened, loses nothing typed."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry

from events.models import Workshop
from registrations import worker
from registrations.domain import addresses, privacy, restoration, signup, waiting_list
from registrations.domain.refused import Refused
from registrations.models import OutgoingMail, Registration
from tests.helpers.desk import page_of, said
from tests.helpers.mails import a_while_passes, entry, kinds_stored, text
from tests.helpers.pages import page_text
from tests.helpers.seats import in_line, kept, seated, truly

pytestmark = pytest.mark.one_database

LIST = "/admin/registrations/registration/"


@pytest.fixture
def choose(admin_client):
    """Choose an action of the list for `people`; the page that follows."""

    def act(action, people, **typed):
        chosen = {"action": action, "_selected_action": [person.pk for person in people]}
        return admin_client.post(LIST, chosen | typed, follow=True)

    return act


@pytest.fixture
def do(admin_client):
    """Do an act on a person's page; the page that follows."""

    def act(person, name, **typed):
        path = page_of(person, name)
        return admin_client.post(path, {"sure": "yes"} | typed, follow=True)

    return act


@pytest.fixture
def three_of_five(make_workshop, register):
    """Three people at one workshop, two of whom have one more registration each."""
    workshop, other = make_workshop(), make_workshop(title="Autre")
    people = [register(workshop, email=f"p{number}@example.org") for number in range(3)]
    for number in range(2):
        register(other, email=f"P{number}@example.org")
    return people


def test_erasing_says_how_many_registrations_the_addresses_have(three_of_five, choose):
    page = page_text(choose("erase_people", three_of_five))

    assert "Ces 3 personnes ont 5 inscriptions." in page
    assert "Les 5 inscriptions Seulement les 3 qui sont choisies" in page


@pytest.mark.parametrize(
    ("which", "left", "words"),
    [
        ("all", 0, ["5 inscriptions effacées."]),
        (
            "one",
            2,
            [
                "3 inscriptions effacées.",
                "2 autres inscriptions des mêmes adresses restent.",
            ],
        ),
    ],
)
def test_erasing_erases_all_or_those_chosen_and_says_what_happened(
    which, left, words, three_of_five, choose
):
    page = choose("erase_people", three_of_five, sure="yes", which=which)

    assert Registration.objects.filter(erased_at=None).count() == left
    assert said(page, "success") + said(page, "info") == words


def test_erasing_is_not_done_before_one_of_the_two_is_chosen_and_the_word_stays(
    three_of_five, choose
):
    page = choose("erase_people", three_of_five, sure="yes", word="Comme demandé.")

    assert "Choisissez l’une des deux réponses." in page_text(page)
    assert "Comme demandé.</textarea>" in page.content.decode()
    assert not Registration.objects.exclude(erased_at=None).exists()


def test_one_registration_alone_is_erased_without_a_choice(workshop, register, admin_client, do):
    person = register(workshop)

    asked = page_text(admin_client.get(page_of(person, "erase")))
    page = do(person, "erase")

    assert "Cette personne a 1 inscription." in asked
    assert "Que faut-il effacer" not in asked
    assert said(page, "success") == ["1 inscription effacée."]


def test_who_is_cancelled_by_the_organisers_is_told_so_in_their_words_and_not_thanked(
    workshop, register, do, smtp, now
):
    person = register(workshop)
    worker.run_once(now=now)

    do(person, "cancel", word="  Nous sommes désolés.\r\nÀ bientôt !  ")
    worker.run_once(now=now)

    message = smtp.messages[-1]
    mail = " ".join(text(message).split())
    assert "L’équipe organisatrice a annulé votre inscription" in mail
    assert "Voici son message : Nous sommes désolés. À bientôt ! Vous n’avez rien à faire" in mail
    assert "Merci" not in mail
    assert (entry(message)["STATUS"], entry(message)["SEQUENCE"]) == ("CANCELLED", 1)


def test_a_word_is_text_alone(workshop, register, do, smtp, now):
    hostile = "<b>x</b> [ici](https://evil.example) **y** {{ title }}"
    do(register(workshop), "cancel", word=hostile)
    worker.run_once(now=now)

    html = next(p for p in smtp.messages[-1].walk() if p.get_content_type() == "text/html")
    assert "&lt;b&gt;x&lt;/b&gt; [ici](https://evil.example) **y** {{ title }}" in (
        html.get_content()
    )
    assert 'href="https://evil.example' not in html.get_content()


@pytest.mark.parametrize("action", ["cancel", "erase"])
def test_a_word_that_is_too_long_is_shown_again_and_nothing_is_done(action, workshop, register, do):
    person, word = register(workshop), "très " * 200

    page = do(person, action, word=word)

    assert "600" in page_text(page)
    assert word.strip() in page.content.decode()
    assert kinds_stored() == ["confirmation"]


def test_the_word_stands_on_the_persons_page_where_no_click_undoes_it(
    workshop, register, client, now
):
    person = register(workshop)
    signup.cancel(person, now=now, by_desk=True, word="Le groupe est complet.")

    page = client.get(person.manage_path)
    client.post(f"{person.manage_path}reprendre/")
    reinstated = signup.reinstate(person, now=now)

    shown = page_text(page)
    assert "L’équipe organisatrice a annulé cette inscription." in shown
    assert "Voici son message : Le groupe est complet. Cela vous surprend ? Écrivez à" in shown
    assert [words in shown for words in ("changé d’avis", "de nouveau")] == [False, False]
    assert reinstated is False
    assert "L’équipe organisatrice a annulé" in page_text(client.get(person.join_path))


def test_who_was_cancelled_by_the_organisers_may_still_register_anew(workshop, register, now):
    signup.cancel(register(workshop), now=now, by_desk=True)

    assert register(workshop).is_confirmed


def test_the_word_is_erased_with_the_person(workshop, register, smtp, now):
    person = register(workshop)
    signup.cancel(person, now=now, by_desk=True, word="Pour Zoé")
    privacy.erase(person, now=now)
    in_between = [mail.content != "" for mail in person.mails.all()]
    worker.run_once(now=now)

    assert in_between == [True]
    assert "Pour Zoé" in text(smtp.messages[-1])
    person.refresh_from_db()
    assert (person.organisers_word, person.mails.get().content) == ("", "")


def test_erasing_somebody_who_would_come_says_who_decided(workshop, register, do, smtp, now):
    do(register(workshop), "erase", word="Comme vous l’avez demandé.")
    worker.run_once(now=now)

    mail = " ".join(text(smtp.messages[-1]).split())
    assert "L’équipe organisatrice a effacé vos données" in mail
    assert "Voici son message : Comme vous l’avez demandé." in mail
    assert "vos renseignements ont été effacés" in mail


def test_a_restored_person_has_the_seat_and_the_entry_back(workshop, register, do, smtp, now):
    person = register(workshop)
    signup.cancel(person, now=now, by_desk=True, word="Erreur")
    worker.run_once(now=now)

    page = do(person, "restore")
    worker.run_once(now=now)

    person.refresh_from_db()
    assert said(page, "success") == [
        "La personne a retrouvé sa place ; un courriel avec l’invitation part."
    ]
    assert (person.state, person.cancelled_by_desk, person.organisers_word) == (
        "confirmed",
        False,
        "",
    )
    cancelled, restored = [entry(message) for message in smtp.messages[-2:]]
    assert (restored["UID"], restored["SEQUENCE"]) == (cancelled["UID"], 2)
    assert restored["STATUS"] == "CONFIRMED"
    assert kept(workshop) == truly(workshop)


@pytest.fixture
def full(make_workshop, register, now):
    """A workshop of one seat; Ada, who had it, is cancelled, Bo has it, Cy waits."""
    workshop = make_workshop(capacity=1)
    people = [
        register(workshop, email=f"{name}@example.org", first_name=name)
        for name in ("Ada", "Bo", "Cy")
    ]
    signup.cancel(people[0], now=now, by_desk=True)
    workshop.ada = people[0]
    return workshop


def test_where_no_seat_is_free_a_restored_person_takes_the_place_in_line_from_before(full, do):
    page = do(full.ada, "restore")

    assert (seated(full), in_line(full)) == (["Bo"], ["Ada", "Cy"])
    assert said(page, "success") == [
        "La personne est de nouveau en liste d’attente ; un courriel part pour le lui dire."
    ]
    assert full.ada.mails.order_by("pk").last().kind == "waiting"
    assert kept(full) == truly(full)


def test_a_seat_beyond_their_number_is_given_by_an_explicit_tick_alone(full, do, admin_client):
    asked = page_text(admin_client.get(page_of(full.ada, "restore")))

    do(full.ada, "restore", beyond="on")

    assert "Aucune place n’est libre." in asked
    assert "Donner une place quand même, au-delà du nombre de places" in asked
    assert (seated(full), in_line(full)) == (["Ada", "Bo"], ["Cy"])
    assert kept(full) == truly(full)


def test_an_entry_that_was_not_taken_out_yet_still_is_for_who_waits_again(
    make_workshop, register, smtp, now
):
    workshop = make_workshop(capacity=1)
    person = register(workshop)
    register(workshop, email="bo@example.org")
    worker.run_once(now=now)
    signup.cancel(person, now=now, by_desk=True)
    restoration.restore(person, now=now)
    worker.run_once(now=now)

    mine = [m for m in smtp.messages if "zoe@example.org" in m["To"]]
    assert [m.get_content_type() for m in mine] == [
        "multipart/mixed",
        "multipart/mixed",
        "multipart/alternative",
    ]
    assert entry(mine[1])["STATUS"] == "CANCELLED"


def refusal(act):
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def test_nobody_is_restored_where_it_would_be_untrue(workshop, register, now):
    person = register(workshop)
    not_cancelled = refusal(lambda: restoration.restore(person, now=now))
    signup.cancel(person, now=now, by_desk=True)
    again = register(workshop)
    twice = refusal(lambda: restoration.restore(person, now=now))
    signup.cancel(again, now=now)
    over = refusal(lambda: restoration.restore(person, now=workshop.ends_at))
    Workshop.objects.update(state="draft")
    draft = refusal(lambda: restoration.restore(person, now=now))

    assert [not_cancelled, twice, over, draft] == [
        "Cette inscription n’est pas annulée.",
        "Cette adresse s’est réinscrite à cet atelier\u00a0: il n’y a rien à rétablir.",
        "L’atelier est terminé.",
        "L’atelier n’est pas publié\u00a0: publiez-le d’abord.",
    ]


def test_once_the_workshop_has_begun_nobody_is_put_back_in_line(full):
    during = full.starts_at + timedelta(minutes=1)

    words = refusal(lambda: restoration.restore(full.ada, now=during))

    assert words.startswith("Aucune place n’est libre, et la liste d’attente est fermée")
    assert restoration.restore(full.ada, now=during, beyond=True) == "confirmed"
    assert kept(full) == truly(full)


def test_confirming_says_how_many_seats_there_are_and_how_many_would_be_beyond(
    make_workshop, crowd, choose
):
    workshop = make_workshop(capacity=2)
    people = crowd(workshop, 5)
    Workshop.objects.update(capacity=3)

    page = page_text(choose("confirm_registrations", people[1:]))

    assert "2 personnes seraient au-delà du nombre de places." in page
    facts = "Places 3 Prises 2 À confirmer 3 En trop 2"
    assert page.count(f"Données culturelles (lundi 29 mars 2027) {facts}") == 1
    assert kinds_stored() == ["confirmation"] * 2 + ["waiting"] * 3


def test_a_waiting_person_gets_a_seat_from_their_own_page_after_a_question(full, do, admin_client):
    [cy] = full.registrations.waiting()

    asked = page_text(admin_client.get(page_of(cy, "confirm")))
    do(cy, "confirm")

    assert "Aucune place n’est libre : ce serait une de trop." in asked
    assert seated(full) == ["Bo", "Cy"]


def test_a_corrected_address_gets_the_mail_and_new_links_and_the_old_links_die(
    workshop, register, do, client, smtp, now
):
    person = register(workshop, email="zoe@exmaple.org")
    Registration.objects.update(verified_at=now)
    worker.run_once(now=now)
    old = [person.manage_path, person.join_path]
    path = page_of(person, "address")

    page = do(person, "address", address="Zoe@Example.org")
    worker.run_once(now=now)

    person.refresh_from_db()
    assert said(page, "success") == [
        "L’adresse est corrigée ; le courriel avec les nouveaux liens part."
    ]
    assert [client.get(link).status_code for link in old] == [404, 404]
    assert (person.email_key, person.verified_at) == ("zoe@example.org", None)
    assert Registration.objects.holding("zoe@example.org").get() == person
    before, after = smtp.messages
    assert after["To"] == "Zoe@Example.org"
    assert person.manage_path in text(after)
    assert (entry(after)["UID"], entry(after)["SEQUENCE"]) == (entry(before)["UID"], 1)
    assert kept(workshop) == truly(workshop)
    log = LogEntry.objects.get()
    assert (log.change_message, "xample" in log.object_repr) == ("Adresse corrigée.", False)
    assert path in page_of(person, "address")


def test_what_was_queued_for_the_old_address_does_not_leave_twice(workshop, register, smtp, now):
    person = register(workshop, email="zoe@exmaple.org")

    addresses.correct_address(person, "zoe@example.org", now=now)
    worker.run_once(now=now)

    assert [message["To"] for message in smtp.messages] == ["zoe@example.org"]


def test_a_mail_that_left_before_is_not_said_to_have_gone_to_the_new_address(
    workshop, register, admin_client, smtp, now
):
    person = register(workshop, email="zoe@exmaple.org")
    worker.run_once(now=now)
    addresses.correct_address(person, "zoe@example.org", now=now + timedelta(minutes=1))

    page = page_text(admin_client.get(page_of(person)))

    assert page.count("· zoe@example.org") == 1
    assert page.count("· une ancienne adresse, corrigée depuis") == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("bo@example.org", "Cette adresse est déjà inscrite à cet atelier."),
        ("zoe@example.org", "C’est l’adresse que cette inscription a déjà."),
        ("zoe@", "Écrivez une adresse"),
        ("", "Écrivez l’adresse."),
    ],
)
def test_a_wrong_correction_is_refused_by_name_and_stays_typed(
    typed, words, workshop, register, do
):
    person = register(workshop)
    register(workshop, email="Bo@example.org")

    page = do(person, "address", address=typed)

    person.refresh_from_db()
    assert words in page_text(page)
    assert typed in page.content.decode()
    assert person.email == "zoe@example.org"
    assert OutgoingMail.objects.count() == 2


def test_a_resent_mail_says_that_it_comes_again_and_not_twice_at_once(
    workshop, register, do, smtp, now
):
    person = register(workshop)
    at_once = do(person, "resend")
    a_while_passes()
    later = do(person, "resend")
    worker.run_once(now=now)

    assert "Ce courriel vient de partir : attendez deux minutes" in page_text(at_once)
    assert said(later, "success") == ["Courriel renvoyé à Zoé Tremblay."]
    assert ["Voici de nouveau ce courriel." in text(message) for message in smtp.messages] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "meanwhile"),
    [
        ("cancel", lambda person, now: signup.cancel(person, now=now)),
        ("resend", lambda person, now: signup.cancel(person, now=now)),
        ("address", lambda person, now: signup.cancel(person, now=now)),
        ("restore", lambda person, now: None),
        ("confirm", lambda person, now: None),
    ],
)
def test_an_act_that_a_colleague_has_overtaken_does_nothing_and_says_so(
    name, meanwhile, workshop, register, do, now
):
    person = register(workshop)
    meanwhile(person, now)
    before = OutgoingMail.objects.count()

    page = do(person, name, address="x@example.org")

    assert said(page) == [
        "Rien n’a été fait : la situation a changé entre-temps, comme le montre cette page."
    ]
    assert OutgoingMail.objects.count() == before


@pytest.mark.parametrize(
    "name", ["cancel", "restore", "confirm", "resend", "address", "erase", "come"]
)
def test_a_link_that_is_only_opened_does_nothing(name, full, admin_client):
    for person in full.registrations.all():
        before = list(Registration.objects.values()), kinds_stored()
        admin_client.get(page_of(person, name), follow=True)
        assert (list(Registration.objects.values()), kinds_stored()) == before


def test_each_act_stands_in_the_log_in_french_and_without_the_persons_name(
    make_workshop, register, do, now
):
    workshop = make_workshop(capacity=1, starts_at=now, ends_at=now + timedelta(hours=1))
    person = register(workshop)
    a_while_passes()
    for name, typed in [
        ("resend", {}),
        ("address", {"address": "zoe@example.net"}),
        ("cancel", {"word": "Zoé"}),
        ("restore", {}),
        ("come", {}),
        ("come", {"undo": "yes"}),
    ]:
        do(person, name, **typed)

    assert list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True)) == [
        "Courriel avec les liens renvoyé.",
        "Adresse corrigée.",
        "Inscription annulée.",
        "Inscription rétablie.",
        "Présence notée.",
        "La présence n’est plus notée.",
    ]
    assert {
        word in f"{entry.object_repr}{entry.change_message}"
        for entry in LogEntry.objects.all()
        for word in ("Zoé", "zoe", "Tremblay")
    } == {False}


def test_confirming_past_the_seats_leaves_the_headcount_true(full, now):
    [cy] = full.registrations.waiting()
    waiting_list.confirm(cy, now=now)
    restoration.restore(full.ada, now=now, beyond=True)

    assert kept(full) == truly(full)
