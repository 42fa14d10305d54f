"""The form, and what becomes of what people type into it."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import format_html

from events.models import Workshop
from events.templatetags import texts
from registrations.domain import signup
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import DRAWN, NOW
from tests.helpers.database import at_once
from tests.helpers.mails import a_while_passes, kinds_stored
from tests.helpers.pages import form_of, page_text
from tests.helpers.people import consent_version, typed


def test_a_person_registers_and_is_told_what_happens_next(workshop, client):
    response = client.post(form_of(workshop), typed(), follow=True)

    registration = workshop.registrations.get()
    assert response.redirect_chain == [(f"/ateliers/{workshop.slug}/inscription/merci/", 302)]
    assert (registration.full_name, registration.email, registration.state) == (
        "Zoé Tremblay",
        "zoe@example.org",
        "confirmed",
    )
    assert list(registration.mails.values_list("kind", "state", "sequence")) == [
        ("confirmation", "queued", 0)
    ]
    text = page_text(response)
    assert text.count("Un courriel est en route vers zoe@example.org , ou s’y trouve déjà.") == 1
    assert text.count(DRAWN) == 1


def test_the_next_page_offers_the_calendar_in_four_ways(workshop, client):
    html = client.post(form_of(workshop), typed(), follow=True).content.decode()

    links = ["calendrier.ics", "calendar.google.com/", "outlook.live.com/", "outlook.office.com/"]
    assert [html.count(link) for link in links] == [1, 1, 1, 1]


def test_everything_optional_is_kept_when_given(workshop, communities, client):
    france = communities["France"]
    facts = typed() | {
        "organisation": "Théâtre de l’Île",
        "community": france.pk,
        "newsletter": "on",
    }

    client.post(form_of(workshop), facts)

    registration = workshop.registrations.get()
    assert (registration.organisation, registration.community) == ("Théâtre de l’Île", france)
    assert registration.newsletter_consent_at - NOW < timedelta(seconds=30)
    assert (
        registration.newsletter_consent_text
        == "Je souhaite recevoir par courriel des nouvelles des prochains ateliers."
    )


def test_the_newsletter_is_unticked_and_not_assumed(workshop, client):
    page = client.get(form_of(workshop)).content.decode()
    client.post(form_of(workshop), typed())

    assert page.count(" checked") == 0
    assert workshop.registrations.get().newsletter_consent_at is None


def test_only_the_text_that_was_read_is_agreed_to(make_workshop, client):
    workshop = make_workshop(consent_text="J’accepte que la séance soit enregistrée.")
    sent = typed() | consent_version(client.get(form_of(workshop))) | {"consent": "on"}
    Workshop.objects.update(consent_text="J’accepte qu’elle soit diffusée.")

    refused = client.post(form_of(workshop), sent)
    page = refused.content.decode()
    count = workshop.registrations.count()
    client.post(form_of(workshop), sent | consent_version(refused))

    assert (refused.status_code, count, page_text(refused).count("Ce texte a changé")) == (
        200,
        0,
        2,
    )
    assert re.search(r'<input type="checkbox" name="consent"[^>]*checked', page) is None
    assert workshop.registrations.get().consent_text == "J’accepte qu’elle soit diffusée."


def test_consent_is_asked_only_where_the_workshop_needs_it(make_workshop, client):
    workshop = make_workshop(consent_text="J’accepte que la séance soit enregistrée.")

    version = consent_version(client.get(form_of(workshop)))

    refused = client.post(form_of(workshop), typed() | version)
    count = workshop.registrations.count()
    client.post(form_of(workshop), typed() | version | {"consent": "on"})

    assert (refused.status_code, count) == (200, 0)
    registration = workshop.registrations.get()
    assert registration.consent_text == "J’accepte que la séance soit enregistrée."
    assert registration.consent_at is not None


def test_mistakes_are_listed_linked_and_nothing_typed_is_lost(workshop, client):
    facts = typed() | {
        "first_name": "",
        "last_name": "Nguyễn",
        "email": "pas une adresse",
        "organisation": "Théâtre",
        "newsletter": "on",
    }

    response = client.post(form_of(workshop), facts)

    html = response.content.decode()
    text = page_text(response)
    assert (
        text.count(
            "Quelques points à corriger Prénom : Écrivez votre prénom. Courriel : Écrivez une "
            "adresse courriel complète"
        )
        == 1
    )
    for expected in (
        '<a href="#id_first_name">Prénom\u00a0: Écrivez votre prénom.</a>',
        'value="Nguyễn"',
        'value="pas une adresse"',
        'value="Théâtre"',
        "<title>Erreur\u00a0: S’inscrire",
    ):
        assert html.count(expected) == 1
    # Once in the summary, once at the field.
    assert html.count("Écrivez une adresse courriel complète") == 2
    assert html.count(" checked") == 1
    assert html.count("aria-invalid") == 2


@pytest.mark.parametrize("again", ["zoe@example.org", "ZOE@Example.ORG", "  zoe@example.org  "])
def test_the_same_address_again_gets_the_same_page_and_no_second_seat(again, workshop, client):
    first = client.post(form_of(workshop), typed(), follow=True)
    a_while_passes()

    second = Client().post(
        form_of(workshop), typed() | {"email": again, "first_name": "Autre"}, follow=True
    )

    assert (second.status_code, second.redirect_chain) == (first.status_code, first.redirect_chain)
    assert page_text(second).lower() == page_text(first).lower()
    assert workshop.registrations.get().first_name == "Zoé"
    assert list(OutgoingMail.objects.order_by("pk").values_list("kind", flat=True)) == [
        "confirmation",
        "already_registered",
    ]


def test_a_known_address_costs_as_many_statements_as_a_new_one(workshop, register, client):
    register(workshop, email="first@example.org")
    with CaptureQueriesContext(connection) as new:
        client.post(form_of(workshop), typed())
    a_while_passes()
    with CaptureQueriesContext(connection) as known:
        client.post(form_of(workshop), typed())

    assert [len(new), len(known)] == [13, 13]


@pytest.mark.parametrize("people", [1, 60])
@pytest.mark.parametrize(("capacity", "most"), [(None, 4), (100, 6), (1, 6)])
def test_the_lock_is_held_for_as_many_statements_however_many_people_have_registered(
    capacity, most, people, make_workshop, crowd, client, communities
):
    workshop = make_workshop(capacity=capacity)
    workshop.hostings.filter(community__place="Québec").update(reserved_seats=capacity and 1)
    crowd(workshop, people)

    with CaptureQueriesContext(connection) as statements:
        client.post(form_of(workshop), typed())

    asked = [statement["sql"] for statement in statements]
    lock = max(n for n, sql in enumerate(asked) if 'JOIN "events_workshop"' in sql)
    held = [sql for sql in asked[lock:] if not sql.startswith(("COMMIT", "RELEASE"))]
    assert len(held) == most
    # What one network holds is counted by an index of those of the last day.
    assert not any("COUNT(" in sql and "network_key" not in sql for sql in held)


def test_a_button_pressed_twice_mails_once(workshop, register, client):
    register(workshop, email="first@example.org").mails.all().delete()
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as statements:
            assert client.post(form_of(workshop), typed()).status_code == 302
        costs.append(len(statements))

    sent = OutgoingMail.objects.exclude(state="dropped").values_list("kind", flat=True)
    assert (list(sent), costs) == (["confirmation"], [13, 13])


@pytest.mark.parametrize("known", [False, True])
def test_an_address_typed_again_and_again_gets_three_mails_a_day_and_costs_the_same_whether_it_is_known(  # noqa: E501
    known, workshop, register, client, now
):
    register(workshop, email="first@example.org").mails.all().delete()
    if known:
        register(workshop, now=now - timedelta(days=2))
    costs = []

    for _ in range(5):
        a_while_passes()
        with CaptureQueriesContext(connection) as statements:
            client.post(form_of(workshop), typed())
        costs.append(len(statements))

    assert kinds_stored() == ["confirmation"] + ["already_registered"] * (3 if known else 2)
    assert costs == [13] * 5


def test_one_address_may_register_at_two_workshops(workshop, make_workshop, client):
    other = make_workshop()

    for each in (workshop, other):
        client.post(form_of(each), typed())

    assert [each.registrations.count() for each in (workshop, other)] == [1, 1]


def test_registering_again_after_a_cancellation_is_a_new_registration(workshop, register, now):
    first = register(workshop)
    signup.cancel(first, now=now)

    second = register(workshop)

    assert (second.state, second.pk != first.pk, second.uid != first.uid) == (
        "confirmed",
        True,
        True,
    )


REFUSALS = [
    ({"registration_open": False}, 200, 409, "Les inscriptions sont closes"),
    ({"state": Workshop.State.DRAFT}, 404, 404, "Cet atelier n’est pas encore annoncé"),
    ({"state": Workshop.State.CANCELLED}, 410, 410, "Cet atelier est annulé"),
    ({"starts_at": NOW - timedelta(hours=3), "ends_at": NOW}, 410, 410, "Cet atelier est terminé"),
]


@pytest.mark.parametrize(("facts", "get", "post", "sentence"), REFUSALS)
@pytest.mark.one_database
def test_a_workshop_that_takes_nobody_says_why(facts, get, post, sentence, make_workshop, client):
    workshop = make_workshop(**facts)

    answers = [client.get(form_of(workshop)), client.post(form_of(workshop), typed())]

    assert [answer.status_code for answer in answers] == [get, post]
    assert [page_text(answer).count(sentence) for answer in answers] == [1, 1]
    assert (Registration.objects.count(), OutgoingMail.objects.count()) == (0, 0)


def test_a_draft_does_not_give_its_title_away(make_workshop, client):
    workshop = make_workshop(title="Surprise", state=Workshop.State.DRAFT)

    assert client.get(form_of(workshop)).content.count(b"Surprise") == 0


def test_a_workshop_that_has_begun_still_takes_people_until_its_end(make_workshop, client):
    workshop = make_workshop(starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(hours=1))

    assert client.post(form_of(workshop), typed()).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_goes_to_one_of_many_who_ask_at_once(make_workshop):
    workshop = make_workshop(capacity=3)

    def ask(number):
        return (
            Client()
            .post(form_of(workshop), typed() | {"email": f"p{number}@example.org"})
            .status_code
        )

    codes = at_once(*(partial(ask, number) for number in range(8)))

    assert codes == [302] * 8
    assert workshop.registrations.confirmed().count() == 3
    assert [row.state for row in workshop.registrations.order_by("pk")] == ["confirmed"] * 3 + [
        "waiting"
    ] * 5
    assert (
        sorted(OutgoingMail.objects.values_list("kind", flat=True))
        == ["confirmation"] * 3 + ["waiting"] * 5
    )


@pytest.mark.django_db(transaction=True)
def test_a_double_click_takes_one_seat(workshop):
    def click():
        return Client().post(form_of(workshop), typed()).status_code

    codes = at_once(*[click] * 4)

    assert codes == [302] * 4
    assert workshop.registrations.count() == 1


def test_the_page_after_the_form_is_neither_stored_nor_listed(workshop, client):
    response = client.post(form_of(workshop), typed(), follow=True)

    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == (
        "no-store, private",
        "noindex, nofollow",
    )


def test_thanks_are_only_for_the_browser_that_registered(workshop, make_workshop, client):
    other = make_workshop()
    client.post(form_of(workshop), typed())

    stranger = Client().get(f"/ateliers/{workshop.slug}/inscription/merci/")
    elsewhere = client.get(f"/ateliers/{other.slug}/inscription/merci/")
    in_english = client.get(f"/en/workshops/{workshop.slug}/register/thank-you/")

    forms = [f"/ateliers/{each.slug}/inscription/" for each in (workshop, other)]
    assert [(r.status_code, r.headers["Location"]) for r in (stranger, elsewhere)] == [
        (302, form) for form in forms
    ]
    assert page_text(in_english).count("An email is on its way to zoe@example.org") == 1


def test_a_forged_cookie_is_not_believed(workshop, client):
    client.cookies["praxis_registered"] = "moi@example.org:abc:def"

    response = client.get(f"/ateliers/{workshop.slug}/inscription/merci/")

    assert (response.status_code, response.headers["Location"]) == (302, form_of(workshop))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("community", "999999999999999999999999"),
        ("community", "\x00"),
        ("community", "abc"),
        ("first_name", "x" * 151),
        ("email", "x" * 250 + "@example.org"),
        ("email", "a\u202eb@example.org"),
        ("email", '"a b"@example.org'),
        ("email", "zoe@example.org\r\nBcc: x@example.org"),
        ("email", "\u212aevin@example.org"),
        ("email", "z\u0131na@example.org"),
        ("email", "a@" + "é" * 60 + ".org"),
        ("email", "a@xn--é.org"),
        ("email", "a@" + ".".join(["é" * 48] * 5)),
        ("email", "a@straße.example"),
        ("email", "a@localhost"),
        ("email", "a@[127.0.0.1]"),
        ("email", "x" * 65 + "@example.org"),
        ("first_name", "Vous avez gagné http://evil.example"),
        ("last_name", "WWW.evil.example"),
        ("last_name", "\ufffd"),
        ("organisation", "\x00"),
        ("organisation", "a\u2028b"),
    ],
)
def test_a_hostile_value_gets_a_sentence_at_its_field_and_stores_nothing(
    field, value, workshop, client
):
    response = client.post(form_of(workshop), typed() | {field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])
    assert Registration.objects.count() == 0


def test_an_international_domain_is_written_as_mail_writes_it(workshop, client):
    client.post(form_of(workshop), typed() | {"email": "zoe@musée.example"})

    assert workshop.registrations.get().email == "zoe@xn--muse-dpa.example"


@pytest.mark.one_database
@pytest.mark.parametrize(("prefix", "words"), [("", "Consentement : "), ("/en", "Consent: ")])
def test_the_summary_of_errors_names_a_long_consent_in_a_word(prefix, words, make_workshop, client):
    workshop = make_workshop(
        consent_text="J'accepte que la séance soit enregistrée et que l'enregistrement circule."
    )
    with translation.override("en" if prefix else "fr"):
        path = form_of(workshop)
    sent = typed() | consent_version(client.get(path))

    page = client.post(path, sent).content.decode()

    (line,) = re.findall(r'<li><a href="#id_consent">([^<]+)</a></li>', page)
    assert line.replace("\u00a0", " ").startswith(words)
    assert page.count("J’accepte") == 1


@pytest.mark.parametrize(
    ("label", "name"),
    [
        (format_html("<span>{}</span>", "J'y vais & j'y reste."), "J'y vais & j'y reste"),
        ("a &amp; b", "a &amp; b"),
        ("Votre nom", "Votre nom"),
    ],
)
def test_a_label_before_a_colon_is_plain_text_without_its_stop(label, name):
    assert texts.without_stop(label) == name


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("kept", "taken", "words"), [(2, 0, "S’inscrire"), (2, 2, "S’inscrire sur la liste d’attente")]
)
def test_title_and_heading_say_the_same_where_seats_are_kept(
    kept, taken, words, make_workshop, communities, crowd, client
):
    workshop = make_workshop(capacity=2)
    crowd(workshop, taken)
    workshop.hostings.filter(position=1).update(reserved_seats=kept)

    page = client.get(form_of(workshop)).content.decode()

    assert re.findall(
        r"<title>(.*?) – Données culturelles – Praxis</title>|<h1>(.*?)</h1>", page
    ) == [
        (words, ""),
        ("", words),
    ]


def test_who_has_a_seat_and_asks_again_after_the_start_is_told_that_they_have_it(
    workshop, register
):
    register(workshop)

    register(workshop, now=workshop.starts_at)

    assert kinds_stored() == ["confirmation", "already_registered"]


LABEL = "x" * 60 + "."


@pytest.mark.parametrize(
    "address", ["x" * 64 + "@example.org", "x" * 5 + "@" + 4 * LABEL + "info"], ids=["64", "254"]
)
def test_an_address_as_long_as_mail_takes_it_is_taken(address, workshop, client):
    client.post(form_of(workshop), typed(email=address))

    assert [row.email for row in workshop.registrations.all()] == [address]


def test_the_form_offers_the_workshops_own_communities_alone_in_their_order(make_workshop, client):
    make_workshop("La Réunion", "Martinique")
    workshop = make_workshop("France", "Québec")

    field = client.get(form_of(workshop)).context["form"].fields["community"]
    offered = [field.clean(key) for key, _name in field.choices]

    assert [community and community.place for community in offered] == [None, "France", "Québec"]


def test_to_name_a_community_costs_no_statement(workshop, register, client, communities):
    register(workshop, email="first@example.org")
    costs = []
    for place in ("", "France"):
        community = place and communities[place].pk
        person = typed(email=f"p{len(costs)}@example.org", community=community)
        with CaptureQueriesContext(connection) as statements:
            client.post(form_of(workshop), person)
        costs.append(len(statements))

    assert costs == [13, 13]
    assert workshop.registrations.latest("pk").community == communities["France"]


def test_a_body_longer_than_any_form_of_ours_is_refused(workshop, client):
    bodies = [b"x" * size for size in (2**20, 2**20 + 1)]

    answers = [
        client.generic("POST", form_of(workshop), body, "application/x-www-form-urlencoded")
        for body in bodies
    ]

    assert [answer.status_code for answer in answers] == [200, 400]
