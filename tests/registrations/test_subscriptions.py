"""« Prévenez-moi de la prochaine »: asked for, confirmed by a button, told once, forgotten."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registrations import worker
from registrations.domain import notices, privacy, subscriptions
from registrations.domain.refused import Refused
from registrations.mail import delivery
from registrations.models import Notice, OutgoingMail, Subscription
from tests.helpers.database import at_once
from tests.helpers.mails import CLOCKS, SITE, WHEN, html, links, plain, text, unfolded
from tests.helpers.pages import page_text
from tests.helpers.people import consent_version, typed

FORM = "/prevenez-moi/"
YEAR = timedelta(days=365)


def ask(client, email="lea@example.net", about="all", where="", **fields):
    """Send the form as a browser does."""
    seen = consent_version(client.get(FORM + where))
    return client.post(FORM + where, typed(email=email, about=about) | seen | fields)


@pytest.fixture
def subscribe(now):
    """Subscribe an address and confirm it: the Subscription."""

    def act(email="lea@example.net", community=None, *, at=now, confirmed=True, **facts):
        facts = {"language": "fr", "zone": "", "consent_text": "J’accepte."} | facts
        subscriptions.ask(email, community, now=at, **facts)
        found = Subscription.objects.of_address(email).get(community=community)
        if confirmed:
            subscriptions.confirm(found, now=at)
        Subscription.objects.update(mail_asked_at=None)
        return Subscription.objects.get(pk=found.pk)

    return act


@pytest.fixture
def told(admin_user, now):
    """Tell the subscribers of a workshop: the addresses to which a mail is stored."""

    def act(workshop, at=now):
        notices.notify(workshop, by=admin_user, now=at)
        notices.go_on(clock=lambda: at)
        return recipients()

    return act


def recipients():
    mails = OutgoingMail.objects.filter(kind="next_workshop").order_by("pk")
    return [mail.subscription.email for mail in mails.select_related("subscription")]


def state():
    """All that is stored of subscriptions and of the mails to them."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Subscription, OutgoingMail, Notice)
    ]


def test_the_pages_that_lead_nowhere_else_lead_to_the_form(
    make_workshop, communities, register, client
):
    full = make_workshop(capacity=1)
    register(full, email="first@example.org")
    past = make_workshop(starts_at=full.starts_at - YEAR, ends_at=full.ends_at - YEAR)
    cancelled = make_workshop(state="cancelled")
    still_open = make_workshop()
    empty = communities["La Réunion"]
    pages = {
        each: page.get_absolute_url()
        for each, page in {
            "full": full,
            "past": past,
            "cancelled": cancelled,
            "open": still_open,
            "community": empty,
            "host": communities["Québec"],
        }.items()
    }

    found = {
        each: re.findall(r'href="(/prevenez-moi/[^"]*)"', client.get(path).content.decode())
        for each, path in pages.items()
    }

    assert found == {
        "full": [f"{FORM}?workshop={full.slug}"],
        "past": [f"{FORM}?workshop={past.slug}"],
        "cancelled": [f"{FORM}?workshop={cancelled.slug}"],
        "open": [],
        "community": [f"{FORM}?community={empty.pk}"],
        "host": [],
    }
    assert client.get(found["full"][0]).content.decode().count('type="radio"') == 3


def test_the_empty_home_page_leads_to_the_form(db, client):
    assert f'href="{FORM}"' in client.get("/").content.decode()
    assert client.get(FORM).content.decode().count('type="radio"') == 0  # nothing to choose
    assert "Consultez vos" in page_text(ask(client))


def test_reached_from_nowhere_the_form_offers_who_holds_workshops(
    make_workshop, communities, client
):
    make_workshop()
    make_workshop("La Réunion", state="draft")

    names = re.findall(r"(?s)<label[^>]*form-check-label[^>]*>(.*?)</label>", client.get(FORM).text)

    assert [" ".join(name.split()) for name in names] == [
        "Culture pour tous (Québec)",
        "TMNlab (France)",
        "Toutes les communautés",
    ]


@pytest.mark.one_database
def test_a_known_and_an_unknown_address_get_the_same_answer(db, subscribe, client):
    subscribe("known@example.org")
    subscribe("asked@example.org", confirmed=False)
    pages, costs = [], []
    for name in ("known", "asked", "other"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = ask(client, f"{name}@example.org")
        pages.append((answer.status_code, re.sub(f"{name}@", "…@", answer.content.decode())))
        costs.append(len(queries))

    assert pages[0] == pages[1] == pages[2]
    assert costs[0] == costs[1] == costs[2]
    assert page_text(answer).count("Un courriel part vers other@example.org") == 1


@pytest.mark.one_database
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(communities, client):
    key = communities["Québec"].pk
    where = f"?community={key}"
    wrong = ask(client, "léa", about=str(key), where=where)
    other = ask(client, about=str(communities["France"].pk), where=where)
    unread = client.post(FORM + where, typed(about="all"))
    robot = ask(client, website="https://spam.example")

    assert "error-summary" in wrong.content.decode()
    assert wrong.content.decode().count('value="léa"') == 1
    assert re.search(
        rf'value="{key}"[^>]*checked|checked[^>]*value="{key}"', wrong.content.decode()
    )
    assert "error-summary" in other.content.decode()
    assert "Le texte au‑dessus du bouton a changé" in page_text(unread)
    assert "error-summary" in robot.content.decode()
    assert Subscription.objects.count() == 0


@pytest.mark.one_database
def test_the_consent_is_kept_with_its_date_in_the_language_of_the_page(db, client, now):
    ask(client)
    page = client.get("/en/next-workshop/")
    client.post(
        "/en/next-workshop/", typed(email="ann@example.net", about="all") | consent_version(page)
    )

    kept = {each.email: each for each in Subscription.objects.all()}
    assert kept["lea@example.net"].consent_text.startswith("J’accepte que mon adresse")
    assert kept["ann@example.net"].consent_text.startswith("I agree that my address")
    assert [each.language for each in kept.values()] == ["en", "fr"]
    assert all(abs(each.asked_at - now) < timedelta(minutes=1) for each in kept.values())
    assert all(each.confirmed_at is None for each in kept.values())


def test_the_way_from_the_form_to_the_mail_of_a_workshop_and_out(
    communities, make_workshop, client, smtp, now, admin_user
):
    quebec = communities["Québec"]
    ask(client, about=str(quebec.pk), where=f"?community={quebec.pk}")
    worker.run_once(now=now)
    [asking] = smtp.messages
    [link] = [each for each in links(text(asking)) if "/n/" in each]

    page = client.get(link.removeprefix(SITE))
    assert "Oui, prévenez-moi" in page_text(page)
    done = client.post(link.removeprefix(SITE))
    assert "<title>C’est entendu" in done.content.decode()
    assert "Votre abonnement C’est entendu : nous vous" in page_text(done)

    workshop = make_workshop(contact_email="bonjour@culture.example.org")
    notices.notify(workshop, by=admin_user, now=timezone.now())
    worker.run_once(now=timezone.now())
    announcing = smtp.messages[1]
    assert plain(announcing["Subject"]) == f"Nouvel atelier : {WHEN}"
    assert links(text(announcing)).count(SITE + workshop.get_absolute_url()) == 1
    assert smtp.envelopes[1][1] == ["lea@example.net"]
    assert [plain(text(announcing)).count(clock) for clock in CLOCKS] == [1, 1]

    [(_name, ways)] = [each for each in unfolded(smtp.raw[1]) if each[0] == "List-Unsubscribe"]
    https, mailto = re.findall("<([^>]+)>", ways)
    token = Subscription.objects.get().token
    assert https == f"{SITE}/n/{token}/desabonnement/"
    assert mailto == f"mailto:bonjour@culture.example.org?subject=unsubscribe%20{token}"
    assert announcing["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    # As a mail program sends it: no cookie, no token of ours, no page before.
    program = Client(enforce_csrf_checks=True)
    for _twice in range(2):
        answer = program.post(https.removeprefix(SITE), {"List-Unsubscribe": "One-Click"})
        assert (answer.status_code, answer.cookies) == (200, {})
    assert Subscription.objects.count() == 0
    assert client.get(link.removeprefix(SITE)).status_code == 410


def test_opt_in_and_unsubscribe_by_a_mail_scanner_change_nothing_without_their_button(
    subscribe, told, make_workshop, client, smtp, now
):
    """A scanner follows each link of each mail, and what it finds there, by GET and HEAD."""
    subscribe("lea@example.net")
    ask(client, "zoe@example.net")
    told(make_workshop())
    worker.run_once(now=now)
    found = {each for message in smtp.messages for each in links(text(message) + html(message))}
    before = state()
    seen = set()
    while found - seen:
        for url in sorted(found - seen):
            seen.add(url)
            path = url.removeprefix(SITE)
            client.head(path)
            page = client.get(path).content.decode(errors="replace")
            if "/n/" in path:
                found |= {SITE + each for each in re.findall(r'href="(/n/[^"]+)"', page)}

    kinds = [re.sub(r"/n/[^/]+", "/n/…", each.removeprefix(SITE)) for each in seen if "/n/" in each]
    assert sorted(kinds) == ["/n/…/"] * 2 + ["/n/…/desabonnement/"] * 2
    assert state() == before


@pytest.mark.one_database
def test_only_the_confirmed_are_told_once_and_none_who_has_registered(
    subscribe, told, make_workshop, communities, register, now
):
    quebec, france = communities["Québec"], communities["France"]
    workshop = make_workshop("Québec", "France")
    subscribe("both@example.net")
    subscribe("both@example.net", quebec)
    subscribe("BOTH@example.net", france)
    subscribe("quebec@example.net", quebec)
    subscribe("martinique@example.net", communities["Martinique"])
    subscribe("never@example.net", confirmed=False)
    subscribe("comes@example.net")
    register(workshop, email="Comes@example.net")
    subscribe("late@example.net", at=now + timedelta(hours=1))

    assert told(workshop) == ["both@example.net", "quebec@example.net"]
    with pytest.raises(Refused):
        told(workshop)
    Notice.objects.update(last=0, ended_at=None)
    notices.go_on(clock=lambda: now)
    assert recipients() == ["both@example.net", "quebec@example.net"]


@pytest.mark.one_database
def test_what_is_not_true_any_more_does_not_leave(
    subscribe, told, make_workshop, register, smtp, now
):
    subscribe("lea@example.net")
    cancelled, draft, registered = make_workshop(), make_workshop(), make_workshop()
    started, deleted = make_workshop(), make_workshop()
    for workshop in (cancelled, draft, registered, started, deleted):
        told(workshop)
    pks = list(OutgoingMail.objects.order_by("pk").values_list("pk", flat=True))
    type(draft).objects.filter(pk=cancelled.pk).update(state="cancelled")
    type(draft).objects.filter(pk=draft.pk).update(state="draft")
    type(draft).objects.filter(pk=started.pk).update(starts_at=now - timedelta(minutes=1))
    deleted.delete()
    register(registered, email="lea@example.net")
    delivery.deliver_due(now=now)

    states = dict(OutgoingMail.objects.filter(pk__in=pks).values_list("pk", "state"))
    assert [states[pk] for pk in pks] == ["dropped", "queued", "dropped", "dropped", "dropped"]
    assert [each["Subject"][:7] for each in smtp.messages] == ["Inscrip"]


@pytest.mark.one_database
def test_nobody_is_told_of_a_workshop_that_is_no_news(told, make_workshop, now):
    workshops = [
        make_workshop(state="draft"),
        make_workshop(state="cancelled"),
        make_workshop(starts_at=now - timedelta(minutes=1)),
    ]
    for workshop in workshops:
        with pytest.raises(Refused):
            told(workshop)
    assert Notice.objects.count() == 0


@pytest.mark.one_database
def test_the_worker_asks_each_address_for_its_button_a_few_times_a_day(db, now):
    for hour in range(6):
        at = now + timedelta(hours=hour)
        subscriptions.ask("lea@example.net", None, language="fr", zone="", consent_text="", now=at)
        subscriptions.answer(now=at)
        subscriptions.ask("lea@example.net", None, language="fr", zone="", consent_text="", now=at)
        subscriptions.answer(now=at)
        OutgoingMail.objects.filter(state="queued").update(state="sent", sent_at=at)

    assert OutgoingMail.objects.filter(kind="subscription").count() == 3


@pytest.mark.one_database
def test_a_worker_killed_before_it_answers_leaves_the_question_to_the_next(db, now):
    facts = {"language": "fr", "zone": "", "consent_text": "J’accepte."}
    subscriptions.ask("lea@example.net", None, now=now, **facts)

    def be_killed(execute, sql, *rest):
        if sql.startswith('INSERT INTO "registrations_outgoingmail"'):
            raise KeyboardInterrupt
        return execute(sql, *rest)

    with connection.execute_wrapper(be_killed), pytest.raises(KeyboardInterrupt):
        subscriptions.answer(now=now)

    assert [subscriptions.answer(now=now), subscriptions.answer(now=now)] == [1, 0]


def test_asking_again_changes_nothing_that_is_confirmed(db, subscribe, now):
    subscribe("lea@example.net", zone="America/Toronto")
    later = now + timedelta(days=300)
    subscribe("LEA@example.net", at=later, language="en", consent_text="Other", confirmed=False)

    [kept] = Subscription.objects.all()
    facts = (kept.email, kept.language, kept.consent_text, kept.zone)
    assert facts == ("lea@example.net", "fr", "J’accepte.", "America/Toronto")
    assert (kept.asked_at, kept.confirmed_at, kept.last_seen_at) == (now, now, now)


@pytest.mark.one_database
def test_an_address_is_erased_a_year_after_its_last_sign_of_life(
    subscribe, told, make_workshop, client, now, time_machine
):
    stays = subscribe("stays@example.net")
    subscribe("silent@example.net")
    subscribe("unconfirmed@example.net", confirmed=False)
    told(make_workshop())

    subscriptions.forget(now=now + timedelta(days=7))
    assert Subscription.objects.count() == 2
    time_machine.move_to(now + timedelta(days=100))
    assert "un an de plus" in page_text(client.post(stays.path))
    worker.do_housekeeping(now=now + YEAR)

    assert [each.email for each in Subscription.objects.all()] == ["stays@example.net"]
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "silent@" not in repr(cursor.fetchall()), table
    worker.do_housekeeping(now=now + timedelta(days=100) + YEAR + timedelta(minutes=1))
    assert OutgoingMail.objects.count() == Subscription.objects.count() == 0


@pytest.mark.one_database
def test_a_button_ends_all_subscriptions_of_the_address(subscribe, communities, client):
    first = subscribe("lea@example.net")
    subscribe("Lea@example.net", communities["Québec"])
    subscribe("other@example.net")

    asked = client.get(first.unsubscribe_path)
    assert "Me désabonner" in page_text(asked)
    assert Subscription.objects.count() == 3
    assert "Votre abonnement a pris fin" in page_text(client.post(first.unsubscribe_path))
    assert [each.email for each in Subscription.objects.all()] == ["other@example.net"]


@pytest.mark.one_database
def test_the_mailto_is_offered_only_where_somebody_reads(
    subscribe, told, make_workshop, smtp, now, settings
):
    subscribe("lea@example.net")
    settings.DEFAULT_FROM_EMAIL = "Praxis <praxis@localhost.localdomain>"
    told(make_workshop())
    delivery.deliver_due(now=now)
    settings.DEFAULT_FROM_EMAIL = "Praxis <praxis@ateliers.example.org>"
    settings.INBOX = "imaps://praxis:secret@mail.example.org"
    told(make_workshop(contact_email="bonjour@culture.example.org"))
    delivery.deliver_due(now=now)

    ways = [dict(unfolded(raw))["List-Unsubscribe"] for raw in smtp.raw]
    assert [each.count("mailto:") for each in ways] == [0, 1]
    assert "<mailto:praxis@ateliers.example.org?subject=unsubscribe%20" in ways[1]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("550 5.1.1 <lea@example.net>: no such user", 0),
        ("550 no such user here", 0),
        ("554 5.7.1 relay access denied", 1),
        ("552 5.2.2 mailbox full", 1),
    ],
)
def test_a_dead_address_is_erased_and_no_other(
    subscribe, told, make_workshop, server, now, reply, left
):
    subscribe("lea@example.net")
    told(make_workshop())
    server.script["RCPT"].append(reply)
    delivery.deliver_due(now=now)

    assert Subscription.objects.count() == left


@pytest.mark.one_database
def test_what_is_known_of_a_person_names_their_subscriptions(subscribe, workshop, register, now):
    subscribe("zoe@example.org")
    exported = privacy.export(register(workshop, email="zoe@example.org"))
    [found] = exported["subscriptions"]
    assert (found["community"], found["consent_text"], found["confirmed_at"]) == (
        None,
        "J’accepte.",
        now,
    )


@pytest.mark.one_database
def test_who_erases_all_of_their_data_is_no_subscriber_any_more(
    subscribe, make_workshop, register, client
):
    subscribe("zoe@example.org")
    one, other = (register(make_workshop(), email="Zoe@example.org") for _each in range(2))

    client.post(f"{one.manage_path}effacer/")
    assert Subscription.objects.count() == 1
    client.post(f"{other.manage_path}effacer/")
    assert Subscription.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_two_organisers_at_once_tell_nobody_twice(
    subscribe, make_workshop, admin_user, now, monkeypatch
):
    # Many parts, so that the workers meet. Without the row's lock and the unique pair of workshop
    # and address, three workers on PostgreSQL stored up to 78 mails for the 30.
    monkeypatch.setattr(notices, "PART", 3)
    for number in range(30):
        subscribe(f"p{number}@example.net")
    workshop = make_workshop()

    def press():
        try:
            notices.notify(workshop, by=admin_user, now=now)
        except Refused:
            return 0
        return 1

    assert sum(at_once(press, press)) == 1
    at_once(*[lambda: notices.go_on(clock=lambda: now)] * 3)
    assert len(recipients()) == len(set(recipients())) == 30
