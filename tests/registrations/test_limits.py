"""The limits: mails to one address, form openings and requests from one network, simple robots."""

from datetime import timedelta
from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from praxis import networks
from registrations import worker
from registrations.domain import limits, lost_links, selfservice
from registrations.forms.honeypot import HoneypotForm
from registrations.mail import daily_limits
from registrations.models import Allowance, OutgoingMail, Registration, allowance
from tests.helpers.database import at_once, every_row
from tests.helpers.mails import a_while_passes
from tests.helpers.pages import form_of, page_text, shown
from tests.helpers.people import typed

AS_A_PRECAUTION = "Par précaution, envoyez de nouveau le formulaire. Rien n’est perdu."
# Heads what nobody can correct.
SEND_AGAIN = "À envoyer de nouveau"
VERY_QUICKLY = (
    "Le formulaire est arrivé très vite : par précaution, envoyez-le de nouveau. Rien n’est perdu."
)
TOO_MANY = (
    "Nous avons reçu plus de 100 demandes de votre réseau en une heure : celle‑ci doit attendre."
)


@pytest.fixture
def workshops(make_workshop):
    """Six workshops, one for each registration of an address that somebody else may have typed."""
    return [make_workshop() for _ in range(6)]


def dues():
    return list(OutgoingMail.objects.order_by("pk").values_list("due_at", flat=True))


def test_the_sixth_confirmation_in_a_day_is_stored_and_leaves_when_the_first_is_a_day_old(
    workshops, register, smtp, now
):
    for hour, workshop in enumerate(workshops):
        register(workshop, now=now + timedelta(hours=hour))

    worker.run_once(now=now + timedelta(hours=23, minutes=59))
    arrived = len(smtp.messages)
    worker.run_once(now=now + timedelta(hours=24))

    assert dues() == [now + timedelta(hours=hours) for hours in (0, 1, 2, 3, 4, 24)]
    assert (arrived, len(smtp.messages)) == (5, 6)
    assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.one_database
def test_those_that_wait_are_at_most_five_a_day_as_well(make_workshop, register, now):
    for _ in range(12):
        register(make_workshop())

    assert dues() == [now + timedelta(days=days) for days in [0] * 5 + [1] * 5 + [2] * 2]


@pytest.mark.one_database
def test_a_place_on_the_waiting_list_counts_like_a_confirmation(make_workshop, register, now):
    places = []
    for number in range(6):
        workshop = make_workshop(capacity=1)
        register(workshop, email=f"p{number}@example.org")
        places.append(register(workshop))

    assert {place.state for place in places} == {"waiting"}
    assert [place.mails.get().due_at for place in places] == [now] * 5 + [now + timedelta(days=1)]


@pytest.mark.parametrize("spelling", ["ZOE@example.org", " zoe@EXAMPLE.org "])
def test_another_spelling_is_the_same_address(spelling, workshops, register, now):
    for workshop in workshops:
        register(workshop, email=spelling if workshop == workshops[-1] else "zoe@example.org")

    assert dues()[-1] == now + timedelta(days=1)


@pytest.mark.one_database
def test_above_five_what_only_repeats_is_left_out_but_the_links_are_not(
    workshops, register, smtp, now
):
    for workshop in workshops[:5]:
        register(workshop)

    a_while_passes()
    register(workshops[0])
    lost_links.ask("zoe@example.org", now=now)
    answered = lost_links.answer(now=now)

    assert answered == 1
    assert set(OutgoingMail.objects.values_list("kind", flat=True)) == {"confirmation", "links"}
    assert Registration.objects.filter(links_asked_at__isnull=False).count() == 0


@pytest.mark.one_database
def test_what_was_left_out_takes_no_turn(workshops, register, now):
    for workshop in workshops[:5]:
        register(workshop)
    for hours in range(1, 7):
        register(workshops[0], now=now + timedelta(hours=hours))

    register(workshops[5], now=now + timedelta(hours=7))

    assert dues()[-1] == now + timedelta(hours=24)


@pytest.mark.one_database
def test_an_address_that_used_its_link_is_free(workshops, register, client, now):
    first, *others = workshops
    client.post(f"{register(first).manage_path}renvoyer/")

    for _twice in range(2):
        for workshop in others:
            register(workshop)
        a_while_passes()

    assert set(dues()) == {now}
    assert OutgoingMail.objects.count() == 11


def test_what_was_put_off_before_trust_was_gained_delays_nothing_that_it_need_not(db, now):
    def turn(hours, most):
        moment = now + timedelta(hours=hours)
        found = allowance.take(
            "mail", "zoe", most=most, period=allowance.DAY, now=moment, wait=True
        )
        return (found - now) / timedelta(hours=1)

    turns = [turn(0, most=1), turn(0, most=1), turn(1, most=3), turn(2, most=3), turn(24.5, most=3)]

    assert turns == [0, 24, 1, 24, 25]
    assert Allowance.objects.get().times == sorted(Allowance.objects.get().times)


def test_whoever_uses_one_link_has_every_mail_that_was_put_off_at_once(workshops, register, now):
    first, *_others = [register(workshop) for workshop in workshops]
    later = now + timedelta(hours=1)

    selfservice.verify(first, now=later)

    dues = OutgoingMail.objects.order_by("pk").values_list("due_at", "due_since")
    assert list(dues) == [(now, now)] * 5 + [(now, later)]


@pytest.mark.one_database
def test_opening_the_link_is_not_enough_a_scanner_does_that_too(workshops, register, client, now):
    for workshop in workshops:
        client.get(register(workshop).manage_path)

    assert dues()[-1] == now + timedelta(days=1)


def test_everyone_who_registers_has_a_seat_at_once_even_if_the_mail_waits(
    workshops, client, smtp, time_machine, now
):
    for workshop in workshops:
        assert client.post(form_of(workshop), typed()).status_code == 302

    assert [workshop.registrations.confirmed().count() for workshop in workshops] == [1] * 6
    time_machine.move_to(now + timedelta(days=1, minutes=1))
    worker.run_once(now=timezone.now())
    assert len(smtp.messages) == 6


def register_from(workshop, number=0, network="192.0.2.1", **headers):
    """Register person `number` from a network address; the response."""
    person = typed(email=f"p{number}@example.org", organisation="Théâtre")
    return Client(REMOTE_ADDR=network, headers=headers).post(form_of(workshop), person)


@pytest.fixture
def tired(db, now):
    """Note that a network has started so often within this hour."""

    def arrange(network, times=limits.STARTS_AN_HOUR):
        for _ in range(times):
            assert limits.may_start(network, now=now)

    return arrange


def test_sixty_people_behind_one_address_are_all_served(workshop):
    codes = [register_from(workshop, number).status_code for number in range(60)]

    assert codes == [302] * 60
    assert (
        workshop.registrations.count()
        == OutgoingMail.objects.filter(due_at__lte=timezone.now()).count()
        == 60
    )


@pytest.mark.one_database
def test_the_hundred_and_first_start_in_an_hour_waits_and_loses_nothing(
    workshop, tired, time_machine, now
):
    tired("192.0.2.1", 99)
    hundredth = register_from(workshop, 100)

    refused = register_from(workshop, 101)
    time_machine.move_to(now + timedelta(hours=1, minutes=1))
    again = register_from(workshop, 101)

    html = refused.content.decode()
    assert [r.status_code for r in (hundredth, refused, again)] == [302, 429, 302]
    assert page_text(refused).count(TOO_MANY) == 1
    assert [
        html.count(f'value="{value}"')
        for value in ("Zoé", "Tremblay", "p101@example.org", "Théâtre")
    ] == [1] * 4
    assert workshop.registrations.count() == 2


def test_the_lost_link_form_counts_with_the_other(workshop, register, tired):
    register(workshop)
    tired("192.0.2.1")

    response = Client(REMOTE_ADDR="192.0.2.1").post("/lien-perdu/", typed())

    assert (response.status_code, page_text(response).count(TOO_MANY)) == (429, 1)
    assert response.content.decode().count('value="zoe@example.org"') == 1
    assert Registration.objects.filter(links_asked_at__isnull=False).count() == 0


@pytest.mark.one_database
def test_a_form_with_a_mistake_starts_nothing(workshop):
    for _ in range(3):
        Client().post(form_of(workshop), typed(email="zoe"))

    assert Allowance.objects.count() == 0


@pytest.mark.parametrize(
    ("tired_one", "asks", "code"),
    [
        ("192.0.2.1", "192.0.2.2", 302),
        ("192.0.2.1", "::ffff:192.0.2.1", 429),
        ("2001:db8:1:2::/64", "2001:db8:1:2:ffff::9", 429),
        ("2001:db8:1:2::/64", "2001:db8:1:3::1", 302),
    ],
)
@pytest.mark.one_database
def test_a_network_is_an_ipv4_address_or_a_64_of_ipv6(tired_one, asks, code, workshop, tired):
    tired(tired_one)

    assert register_from(workshop, network=asks).status_code == code


PROXIED = [
    # Whoever connects directly may write what they like.
    ("198.51.100.7", "192.0.2.1", "198.51.100.7"),
    # A proxy of ours appends whom it saw; what stands before is the sender's invention.
    ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
    ("10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
    ("10.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
    ("10.0.0.1", "nonsense, 192.0.2.1", "192.0.2.1"),
    ("10.0.0.1", "192.0.2.1, nonsense", "10.0.0.1"),
    ("10.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
    ("10.0.0.1", "[2001:db8:1:2::5]:4711", "2001:db8:1:2::/64"),
    ("10.0.0.1", "", "10.0.0.1"),
    ("::ffff:10.0.0.1", "2001:db8:1:2::5", "2001:db8:1:2::/64"),
    # A peer behind a Unix socket has no address. Nobody named it, so all such are one network.
    ("", "192.0.2.1", "no address"),
    ("", "", "no address"),
]


@pytest.mark.parametrize(("peer", "forwarded", "network"), PROXIED)
def test_only_our_proxies_say_where_a_request_comes_from(peer, forwarded, network, rf, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]

    request = rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})

    assert networks.client_network(request) == network


BEHIND_A_SOCKET = [
    ("", "192.0.2.1", "192.0.2.1"),
    ("", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
    ("", "203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
    ("", "192.0.2.1, nonsense", "no address"),
    ("", "", "no address"),
    ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
    ("198.51.100.7", "192.0.2.1", "198.51.100.7"),
]


@pytest.mark.parametrize(("peer", "forwarded", "network"), BEHIND_A_SOCKET)
def test_a_proxy_at_a_unix_socket_is_named_unix(peer, forwarded, network, rf, settings):
    settings.TRUSTED_PROXIES = ["unix", "10.0.0.0/8"]

    request = rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})

    assert networks.client_network(request) == network


@pytest.mark.one_database
def test_visitors_without_an_address_are_limited_as_one_network(workshop, tired):
    tired("no address")

    assert register_from(workshop, network="").status_code == 429


def test_no_network_starts_anything_uncounted(db, now):
    assert limits.may_start("", now=now)

    assert len(Allowance.objects.get().times) == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "warnings"),
    [
        ("10.0.0.1", "192.0.2.1", [], 1),
        ("", "192.0.2.1", [], 1),
        ("", "192.0.2.1", ["10.0.0.0/8"], 1),
        ("", "192.0.2.1", ["unix"], 0),
        ("", "", [], 0),
        ("127.0.0.1", "192.0.2.1", [], 1),
        ("10.0.0.1", "", [], 0),
        ("8.8.8.8", "192.0.2.1", [], 0),
        ("10.0.0.1", "192.0.2.1", ["10.0.0.0/8"], 0),
    ],
)
def test_a_proxy_that_nobody_named_is_spoken_of_once(
    peer, forwarded, proxies, warnings, rf, settings, caplog
):
    settings.TRUSTED_PROXIES = proxies
    networks.warn_of_proxy.cache_clear()

    for _ in range(3):
        networks.client_network(
            rf.get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-For": forwarded})
        )

    assert (
        caplog.text.count(f"X-Forwarded-For from {peer or 'a Unix socket'} is not believed")
        == len(caplog.records)
        == warnings
    )


@pytest.mark.one_database
def test_forged_headers_do_not_make_one_sender_many(workshop, tired, settings):
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    tired("192.0.2.1")

    through_us = [
        register_from(workshop, n, "10.0.0.1", x_forwarded_for=f"203.0.113.{n}, 192.0.2.1")
        for n in range(3)
    ]
    directly = [register_from(workshop, n, x_forwarded_for=f"203.0.113.{n}") for n in range(3)]

    assert [response.status_code for response in through_us + directly] == [429] * 6


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_exactly_a_hundred_pass(transactional_db, now):
    def ask_ten_times():
        return [limits.may_start("192.0.2.1", now=now) for _ in range(10)]

    answers = sum(at_once(*[ask_ten_times] * 12), [])

    assert sorted(answers) == [False] * 20 + [True] * 100


@pytest.mark.django_db(transaction=True)
def test_of_many_mails_owed_at_once_exactly_five_leave_today(transactional_db, now):
    moments = at_once(*[partial(daily_limits.mail_at, "zoe@example.org", now=now)] * 12)

    assert (
        sorted(moments) == [now] * 5 + [now + timedelta(days=1)] * 5 + [now + timedelta(days=2)] * 2
    )


def test_what_is_counted_holds_no_readable_address(workshop, register, client):
    Client(REMOTE_ADDR="192.0.2.1").post(form_of(workshop), typed())

    rows = "".join(every_row()["registrations_allowance"])

    assert Allowance.objects.count() == 2
    assert [rows.count(word) for word in ("zoe", "example", "192", "start", "mail")] == [0] * 5
    assert {len(row.key) for row in Allowance.objects.all()} == {64}


def test_what_no_limit_asks_about_is_forgotten(workshop, register, now):
    register(workshop)

    allowance.forget(now=now + timedelta(hours=24))
    kept = Allowance.objects.count()
    allowance.forget(now=now + timedelta(hours=24, seconds=1))

    assert (kept, Allowance.objects.count()) == (1, 0)


def test_a_network_may_start_again_when_its_first_start_is_an_hour_old(tired, now):
    tired("192.0.2.1")

    moments = [now + timedelta(hours=1, seconds=seconds) for seconds in (-1, 0)]

    assert [limits.may_start("192.0.2.1", now=moment) for moment in moments] == [False, True]


@pytest.fixture
def verified(workshop, register, now):
    """Somebody who used a link of ours, and left."""
    registration = register(workshop)
    Registration.objects.update(verified_at=now, state="cancelled")
    Allowance.objects.all().delete()
    return registration


@pytest.mark.parametrize(("repeats", "most"), [(False, 20), (True, 12)])
def test_an_address_that_used_its_link_gets_twenty_mails_a_day_eight_of_them_for_news(
    repeats, most, verified, now
):
    moments = [
        daily_limits.mail_at(verified.email, now=now, repeats=repeats) for _ in range(most + 2)
    ]

    assert moments == [now] * most + [now + timedelta(days=1)] * 2


def test_a_turn_that_was_put_off_is_remembered_until_a_day_after_it(db, now):
    for _ in range(6):
        daily_limits.mail_at("zoe@example.org", now=now)
    later = now + timedelta(hours=25)

    allowance.forget(now=later)

    moments = [daily_limits.mail_at("zoe@example.org", now=later) for _ in range(5)]
    assert moments == [later] * 4 + [now + timedelta(days=2)]


def refused_once(workshop, client, **wrong):
    """Send the form with something wrong, then send the form that comes back; both responses."""
    first = client.post(form_of(workshop), typed(organisation="Théâtre") | wrong)
    assert (first.status_code, page_text(first).count(AS_A_PRECAUTION)) == (200, 1)
    assert Registration.objects.count() == 0
    return client.post(form_of(workshop), shown(first))


@pytest.mark.one_database
def test_a_filled_honeypot_is_shown_again_empty_and_then_passes(workshop, client):
    again = refused_once(workshop, client, website="https://spam.example")

    assert (again.status_code, workshop.registrations.get().organisation) == (302, "Théâtre")


def test_the_honeypot_is_out_of_sight_for_everybody(workshop, client):
    html = client.get(form_of(workshop)).content.decode()

    honeypot = html[html.index('class="honeypot') :].split("</div>")[0]
    hidden = ['aria-hidden="true"', 'tabindex="-1"', 'autocomplete="off"']
    assert [honeypot.count(word) for word in hidden] == [1, 1, 1]


@pytest.mark.parametrize(("seconds", "code"), [(1.9, 200), (2, 302)])
@pytest.mark.one_database
def test_nobody_types_within_two_seconds(seconds, code, workshop, client, time_machine, now):
    opened = HoneypotForm.stamp(now - timedelta(seconds=seconds))
    time_machine.move_to(now, tick=False)

    response = client.post(form_of(workshop), typed(opened=opened))

    assert response.status_code == code


@pytest.mark.one_database
def test_a_form_sent_too_fast_passes_as_it_is_once_two_seconds_are_over(
    workshop, client, time_machine, now
):
    opened = HoneypotForm.stamp(now)
    quick = client.post(form_of(workshop), typed(opened=opened))
    time_machine.move_to(now + timedelta(seconds=3))

    again = client.post(form_of(workshop), shown(quick))

    assert [quick.status_code, shown(quick)["opened"], again.status_code] == [200, opened, 302]
    assert page_text(quick).count(f"{SEND_AGAIN} {VERY_QUICKLY}") == 1


STAMPS = {
    "missing": lambda now: "",
    "forged": lambda now: HoneypotForm.stamp(now - timedelta(minutes=1))[:-1] + "!",
    "made up": lambda now: "1800000000000",
}


@pytest.mark.parametrize("stamp", STAMPS.values(), ids=STAMPS)
def test_a_stamp_that_is_not_ours_is_replaced_and_the_form_passes_the_second_time(
    stamp, workshop, client, time_machine, now
):
    first = client.post(form_of(workshop), typed(opened=stamp(now)))
    time_machine.move_to(now + timedelta(seconds=5))

    again = client.post(form_of(workshop), shown(first))

    assert (page_text(first).count(AS_A_PRECAUTION), again.status_code) == (1, 302)


def test_a_form_left_open_for_a_day_passes(workshop, client, time_machine, now):
    opened = HoneypotForm.stamp(now)
    time_machine.move_to(now + timedelta(days=1))

    assert client.post(form_of(workshop), typed(opened=opened)).status_code == 302


def test_a_form_left_open_for_days_passes_the_second_time(workshop, client, time_machine, now):
    opened = HoneypotForm.stamp(now)
    time_machine.move_to(now + timedelta(days=3))
    first = client.post(form_of(workshop), typed(opened=opened))
    time_machine.move_to(now + timedelta(days=3, seconds=5))

    again = client.post(form_of(workshop), shown(first))

    assert (page_text(first).count(AS_A_PRECAUTION), again.status_code) == (1, 302)


def test_the_lost_link_form_may_be_sent_at_once(workshop, register, client, time_machine, now):
    register(workshop)
    time_machine.move_to(now, tick=False)

    response = client.post("/lien-perdu/", typed(opened=HoneypotForm.stamp(now)))

    assert page_text(response).count(VERY_QUICKLY) == 0
    assert Registration.objects.filter(links_asked_at__isnull=False).count() == 1


def test_the_lost_link_form_stops_robots_as_well(workshop, register, client, now):
    register(workshop)

    response = client.post("/lien-perdu/", typed(website="https://spam.example"))

    assert page_text(response).count(AS_A_PRECAUTION) == 1
    assert Registration.objects.filter(links_asked_at__isnull=False).count() == 0


@pytest.mark.parametrize(
    ("spelling", "mailbox"),
    [
        ("Zoe+ateliers@Example.org", "zoe@example.org"),
        ("z.o.e+x@gmail.com", "zoe@gmail.com"),
        ("z.o.e+x@googlemail.com", "zoe@gmail.com"),
        ("z.o.e@example.org", "z.o.e@example.org"),
    ],
)
def test_spellings_that_reach_one_mailbox_count_as_one(spelling, mailbox):
    assert daily_limits.mailbox_key(spelling) == mailbox


def test_dots_do_not_count_at_googlemail_either():
    assert daily_limits.mailbox_key("z.o.e@googlemail.com") == daily_limits.mailbox_key(
        "zoe@googlemail.com"
    )


# How long until the workshop begins, and how long the sixth confirmation of the day waits; the room
# opens a quarter of an hour before.
SOON = {
    "in less than an hour": (timedelta(minutes=39), timedelta()),
    "in three hours": (timedelta(hours=3), timedelta(hours=1, minutes=45)),
    "in a day": (timedelta(hours=25), timedelta(hours=23, minutes=45)),
    "in two days": (timedelta(hours=48), timedelta(hours=24)),
}


@pytest.fixture
def soon(make_workshop, workshops, register, now):
    """Make a workshop that begins so long from now, once its day's five mails have left."""
    for workshop in workshops[:5]:
        register(workshop)

    def make(left, **facts):
        workshop = make_workshop(**facts)
        workshop.starts_at, workshop.ends_at = now + left, now + left + timedelta(hours=2)
        workshop.save()
        return workshop

    return make


@pytest.mark.parametrize(("left", "waits"), SOON.values(), ids=SOON)
@pytest.mark.one_database
def test_a_confirmation_that_waits_its_turn_comes_an_hour_before_the_room_opens(
    left, waits, soon, register, now
):
    confirmation = register(soon(left)).mails.get()

    assert confirmation.due_at == now + waits


def test_so_does_a_place_on_the_waiting_list(soon, register, now):
    workshop = soon(timedelta(minutes=39), capacity=1)
    register(workshop, email="first@example.org")

    mail = register(workshop).mails.get()

    assert (mail.kind, mail.due_at) == ("waiting", now)


def test_each_workshop_that_begins_soon_mails_a_mailbox_once_and_then_its_limit_holds(
    soon, register, now
):
    first, second = soon(timedelta(minutes=39)), soon(timedelta(hours=3))
    spellings = [f"zoe+{number}@example.org" for number in range(3)]

    for workshop in (first, second):
        for spelling in spellings:
            register(workshop, email=spelling)

    day = timedelta(days=1)
    later = now + timedelta(hours=1, minutes=45)
    assert dues()[5:] == [now, now + day, now + day, later, now + day, now + 2 * day]


def test_lost_links_do_not_wait_for_a_confirmation_that_was_put_off(workshops, register, smtp, now):
    for workshop in workshops:
        register(workshop)
    OutgoingMail.objects.filter(due_at=now).delete()
    Registration.objects.exclude(workshop=workshops[-1]).delete()

    lost_links.ask("zoe@example.org", now=now)
    lost_links.answer(now=now)
    worker.run_once(now=now)

    assert [str(mail["Subject"]) for mail in smtp.messages] == ["Vos liens vers nos ateliers"]
