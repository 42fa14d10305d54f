"""« J’ai perdu mon lien »: one answer for every address in the browser, the links by mail alone."""

import re
from datetime import datetime, timedelta
from email import message_from_string, policy
from functools import partial

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events.models import Workshop
from registrations import worker
from registrations.domain import lost_links, signup
from registrations.mail import compose
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import NOW
from tests.helpers.database import at_once
from tests.helpers.mails import html, plain, text, words
from tests.helpers.mails import links as links_in
from tests.helpers.pages import page_text
from tests.helpers.people import typed

SITE = "https://ateliers.example.org"
LOST = "/lien-perdu/"


def ask(client, email="zoe@example.org", **fields):
    return client.post(LOST, typed(email=email, **fields))


def answer(now):
    """What the worker does: write the answers, send what is due."""
    lost_links.answer(now=now)
    worker.run_once(now=now)


def test_every_footer_leads_to_the_form(workshop, client):
    assert client.get("/").content.decode().count(f'href="{LOST}"') == 1
    assert page_text(client.get(LOST)).count("J’ai perdu mon lien") == 1


def test_a_known_and_an_unknown_address_get_the_same_answer(workshop, register, client):
    register(workshop, email="known@example.org")

    answers = [ask(client, email) for email in ("known@example.org", "other@example.org")]

    pages = [re.sub(r"(known|other)@", "…@", each.content.decode()) for each in answers]
    headers = [
        {name: value for name, value in each.headers.items() if name != "Content-Length"}
        for each in answers
    ]
    assert [each.status_code for each in answers] == [200, 200]
    assert (pages[0], headers[0]) == (pages[1], headers[1])
    assert (
        page_text(answers[0]).count("Si l’adresse known@example.org est inscrite à un atelier") == 1
    )


def test_a_known_and_an_unknown_address_cost_the_same_statements(workshop, register, client):
    register(workshop, email="known@example.org")
    counts = []
    for email in ("known@example.org", "other@example.org"):
        with CaptureQueriesContext(connection) as queries:
            ask(client, email)
        counts.append([re.sub(r"'.*?'|\d+", "?", each["sql"]).split(" ")[0] for each in queries])

    assert counts[0] == counts[1]
    assert OutgoingMail.objects.filter(kind="links").count() == 0


def test_one_mail_holds_the_links_of_every_coming_workshop_the_next_one_first(
    make_workshop, register, client, smtp
):
    later = register(make_workshop(title="Deux", start=datetime(2027, 4, 5, 9, 30)))
    sooner = register(make_workshop(title="Un"))
    OutgoingMail.objects.all().delete()

    ask(client, " ZOE@Example.org ")
    call_command("work", "--once")

    [message] = smtp.messages
    expected = [
        f"{SITE}{path}" for one in (sooner, later) for path in (one.manage_path, one.join_path)
    ]
    assert str(message["Subject"]) == "Vos liens vers nos ateliers"
    assert [links_in(content) for content in (text(message), html(message))] == [expected] * 2
    for content in (plain(text(message)), words(html(message))):
        assert [content.count(day) for day in ("lundi 29 mars 2027", "lundi 5 avril 2027")] == [
            1,
            1,
        ]
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_an_address_that_nobody_registered_gets_no_mail(workshop, register, client, smtp, now):
    register(workshop, email="other@example.org")
    OutgoingMail.objects.all().delete()

    ask(client)
    answer(now)

    assert smtp.messages == []


def test_a_cancelled_registration_and_a_draft_have_no_link_to_send(
    make_workshop, register, client, smtp, now
):
    signup.cancel(register(make_workshop()), now=now)
    register(draft := make_workshop())
    Workshop.objects.filter(pk=draft.pk).update(state=Workshop.State.DRAFT)
    OutgoingMail.objects.all().delete()

    ask(client)
    answer(now)

    assert smtp.messages == []


@pytest.mark.parametrize(("days", "mails"), [(59, 1), (61, 0)])
def test_the_link_to_what_stays_is_mailed_for_two_months_after_the_end(
    days, mails, workshop, register, client, smtp, time_machine
):
    register(workshop)
    OutgoingMail.objects.all().delete()
    moment = workshop.ends_at + timedelta(days=days)
    time_machine.move_to(moment)

    ask(client)
    answer(moment)

    assert len(smtp.messages) == mails


@pytest.mark.one_database
def test_somebody_who_waits_gets_the_link_too(make_workshop, register, client, smtp, now):
    workshop = make_workshop(capacity=1)
    register(workshop, email="first@example.org")
    waiting = register(workshop)
    OutgoingMail.objects.all().delete()

    ask(client)
    answer(now)

    assert links_in(text(smtp.messages[0]))[0] == f"{SITE}{waiting.manage_path}"


@pytest.mark.one_database
def test_the_mail_speaks_the_language_of_the_registration(workshop, register, client, smtp, now):
    registration = register(workshop, language="en")
    OutgoingMail.objects.all().delete()

    ask(client)
    answer(now)

    [message] = smtp.messages
    assert str(message["Subject"]) == "Your links to our workshops"
    assert links_in(text(message))[0] == f"{SITE}/en/i/{registration.manage_token}/"


@pytest.mark.one_database
def test_asking_many_times_before_the_answer_is_one_mail(workshop, register, client, smtp, now):
    register(workshop)
    OutgoingMail.objects.all().delete()
    for _ in range(4):
        ask(client)

    answer(now)

    assert len(smtp.messages) == 1


def answered(registration, now):
    """Ask for the lost links and let the worker answer; how many mails that adds."""
    lost_links.ask(registration.email, now=now)
    return lost_links.answer(now=now)


@pytest.mark.parametrize("state", ["failed", "dropped"])
def test_whoever_got_nothing_may_ask_again_at_once(state, workshop, register, now):
    registration = register(workshop)
    first = answered(registration, now)
    OutgoingMail.objects.filter(kind="links").update(state=state)

    assert (first, answered(registration, now + timedelta(minutes=1))) == (1, 1)


@pytest.mark.parametrize(("minutes", "more"), [(9, 0), (11, 1)])
@pytest.mark.one_database
def test_links_that_have_left_are_mailed_again_after_ten_minutes(
    minutes, more, workshop, register, smtp, now
):
    registration = register(workshop)
    lost_links.ask(registration.email, now=now)
    answer(now)

    assert answered(registration, now + timedelta(minutes=minutes)) == more


def test_asking_again_makes_a_mail_that_was_put_off_leave_now(workshop, register, now):
    registration = register(workshop)
    answered(registration, now)
    OutgoingMail.objects.filter(kind="links").update(due_at=now + timedelta(hours=6), attempts=4)

    again = answered(registration, now + timedelta(hours=1))

    mails = OutgoingMail.objects.filter(kind="links").values_list("state", "due_at")
    assert (again, list(mails)) == (0, [("queued", now + timedelta(hours=1))])


def test_the_page_says_how_often_links_are_mailed(db, client):
    often = (
        "Nous envoyons les liens à une même adresse au plus une fois toutes les dix minutes, et "
        "quelques fois par jour : "
        "si vous les aviez déjà demandés, ils sont dans le courriel reçu alors."
    )

    assert page_text(ask(client)).count(often) == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_answer_at_once_write_one_mail(workshop, register, now):
    register(workshop)
    lost_links.ask("zoe@example.org", now=now)

    counts = at_once(*[partial(lost_links.answer, now=now)] * 4)

    assert sorted(counts) == [0, 0, 0, 1]
    assert OutgoingMail.objects.filter(kind="links").count() == 1


def test_the_links_speak_of_a_cancelled_workshop_as_the_person_knows_it(
    workshop, register, client, smtp, now
):
    register(workshop)
    worker.run_once(now=now)
    week = timedelta(days=7)
    Workshop.objects.update(starts_at=workshop.starts_at + week, ends_at=workshop.ends_at + week)
    Workshop.objects.update(state="cancelled", title="Un autre titre")

    ask(client)
    answer(now)

    said = words(html(smtp.messages[-1]))
    assert ["29 mars 2027" in said, "5 avril 2027" in said] == [True, False]


def test_the_links_of_one_workshop_leave_although_another_was_cancelled_meanwhile(
    make_workshop, register, smtp, now
):
    sooner, later = (
        register(make_workshop()),
        register(make_workshop(start=datetime(2027, 4, 5, 9, 30))),
    )
    OutgoingMail.objects.all().delete()
    lost_links.ask("zoe@example.org", now=now)
    lost_links.answer(now=now)

    signup.cancel(sooner, now=now)
    worker.run_once(now=now)

    [found] = [
        links_in(text(m)) for m in smtp.messages if str(m["Subject"]).startswith("Vos liens")
    ]
    assert found[0] == f"{SITE}{later.manage_path}"


def test_a_wrong_address_is_named_and_nobody_is_asked_for(workshop, register, client):
    register(workshop)

    response = ask(client, "zoe")

    assert (response.status_code, list(response.context["form"].errors)) == (200, ["email"])
    assert Registration.objects.filter(links_asked_at__isnull=False).count() == 0


def test_the_answer_is_neither_stored_nor_listed(workshop, client):
    response = ask(client)

    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == (
        "no-store, private",
        "noindex, nofollow",
    )


def statements_of_the_mail(count, make_workshop, register):
    """What it costs to compose the mail with so many registrations, half of them waiting."""
    address = f"zoe{count}@example.org"
    for number in range(count):
        workshop = make_workshop(capacity=number % 2)
        register(workshop, email=address)
    lost_links.ask(address, now=NOW)
    lost_links.answer(now=NOW)
    mail = OutgoingMail.objects.with_workshops().get(kind="links", registration__email_key=address)
    with CaptureQueriesContext(connection) as statements:
        message = compose.compose(mail)
    body = text(message_from_string(message.content, policy=policy.default))
    assert (body.count("/i/"), body.count("en 1re position")) == (count, count // 2)
    return len(statements)


def test_the_mail_costs_as_many_statements_however_many_registrations_it_names(
    make_workshop, register
):
    costs = [statements_of_the_mail(count, make_workshop, register) for count in (2, 6)]

    assert costs[0] == costs[1]


def test_the_links_of_somebody_who_waits_leave_although_a_seat_became_free_meanwhile(
    make_workshop, register, now
):
    workshop = make_workshop(capacity=1)
    first, waiting = register(workshop, email="first@example.org"), register(workshop)
    lost_links.ask(waiting.email, now=now)
    lost_links.answer(now=now)

    signup.cancel(first, now=now)

    assert list(waiting.mails.order_by("pk").values_list("kind", "state")) == [
        ("waiting", "dropped"),
        ("links", "queued"),
        ("promotion", "queued"),
    ]


@pytest.mark.one_database
def test_who_asks_again_is_answered_once_the_last_answer_is_old_enough(
    workshop, register, smtp, now
):
    register(workshop)
    OutgoingMail.objects.all().delete()
    counts = []

    for since in (
        timedelta(0),
        lost_links.ANSWER_AT_MOST_EVERY - timedelta(seconds=1),
        lost_links.ANSWER_AT_MOST_EVERY,
    ):
        lost_links.ask("zoe@example.org", now=now + since)
        answer(now + since)
        counts.append(len(smtp.messages))

    assert counts == [1, 1, 2]


def test_a_worker_that_looks_who_asked_reads_nobody_else(workshop):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # So few rows would be read one by one.
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert "links_asked" in lost_links.those_who_asked().explain()
    assert "SCAN registrations_registration" not in lost_links.those_who_asked().explain()


@pytest.mark.one_database
def test_an_odd_offset_has_a_line_of_its_own(make_workshop, register, client, smtp, now):
    register(make_workshop(start=datetime(2027, 3, 16, 9, 30)))
    ask(client)

    answer(now)

    lines = [plain(line) for line in text(smtp.messages[-1]).splitlines()]
    [odd] = [line for line in lines if "Décalage inhabituel" in line]
    assert odd.startswith("Décalage inhabituel à cette date : 5 heures")
    assert lines[lines.index(odd) - 1].endswith("(heure de France)")


def test_the_label_and_the_help_of_the_address_agree(db, client):
    assert page_text(client.get(LOST)).count("L’adresse de votre inscription.") == 1
