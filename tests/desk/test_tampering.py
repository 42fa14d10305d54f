"""Requests that the desk's own pages never send: each is refused with a page, never with a 500."""

from itertools import product
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin

from praxis.own_filters import OwnFiltersAdmin
from registrations.models import OutgoingMail
from tests.helpers.desk import desk
from tests.helpers.mails import words
from tests.helpers.pages import FieldsOf

HUGE = "9" * 30
AS_FORM = "application/x-www-form-urlencoded"
LISTS = [
    "/admin/events/workshop/",
    "/admin/events/community/",
    "/admin/events/partner/",
    "/admin/registrations/registration/",
    "/admin/registrations/outgoingmail/",
]


@pytest.fixture
def post(workshop, register, admin_client):
    """Send the workshop's form with some fields changed; the answer, a 500 included."""
    register(workshop)
    admin_client.raise_request_exception = False
    page = admin_client.get(desk(workshop)).content.decode()
    fields = FieldsOf(page, "workshop_form").fields
    return lambda **changed: admin_client.post(desk(workshop), fields | changed)


def test_a_hosts_number_that_cannot_be_is_refused_beside_its_field(post):
    for number in ("0", "101", "-1", "x"):
        answer = post(**{"hostings-1-position": number, "title": "Un titre neuf"})

        assert answer.status_code == 200, number
        assert 'value="Un titre neuf"' in answer.content.decode(), number
        assert "errorlist" in answer.content.decode(), number


def test_a_field_that_names_no_row_is_a_bad_request(post):
    wrong = {
        "hostings-0-community": "abc",
        "presentations-0-community": "abc",
        "partners": HUGE,
        "hostings-INITIAL_FORMS": "-1",
        "hostings-TOTAL_FORMS": "٣",
        "hostings-0-workshop": "abc",
    }

    answers = {name: post(**{name: value}).status_code for name, value in wrong.items()}

    assert answers == dict.fromkeys(wrong, 400)


def test_a_row_that_is_sent_twice_is_a_bad_request(workshop, post):
    first = workshop.hostings.first()
    assert post(**{"hostings-0-id": first.pk, "hostings-1-id": first.pk}).status_code == 400


def test_an_action_on_no_row_is_a_bad_request(admin_client):
    admin_client.raise_request_exception = False
    actions = ["delete_selected", "erase_people", "send_again"]
    cases = list(product(LISTS, actions, ["abc", HUGE, "-1", ""]))

    answers = {
        (listing, action, chosen): admin_client.post(
            listing, {"action": action, "_selected_action": chosen}
        ).status_code
        for listing, action, chosen in cases
    }

    assert answers == dict.fromkeys(cases, 400)


def test_the_desk_lists_a_mail_of_a_kind_that_a_later_release_stored(post, admin_client):
    OutgoingMail.objects.update(kind="message")
    mail = OutgoingMail.objects.get()
    for page in ("", f"{mail.pk}/change/"):
        answer = admin_client.get(f"/admin/registrations/outgoingmail/{page}")
        assert (answer.status_code, "message" in words(answer.content.decode())) == (200, True)


MAILS, PEOPLE, WORKSHOPS = (
    "registrations/outgoingmail",
    "registrations/registration",
    "events/workshop",
)
# What no link of a list says: the lookup, its value, the list.
NOT_OURS = [
    (PEOPLE, "email__regex", "(.+)+!$"),
    (PEOPLE, "email__regex", "("),
    (PEOPLE, "created_at__year", "99999999999"),
    (PEOPLE, "id__range", "1"),
    (PEOPLE, "pk__range", "1"),
    (PEOPLE, "pk__in", HUGE),
    (PEOPLE, "state__regex", "("),
    (PEOPLE, "state__exact", "\0"),
    (PEOPLE, "community__name__regex", "("),
    (PEOPLE, "workshop__slug__regex", "("),
    (PEOPLE, "workshop__id__exact", "1"),
    (PEOPLE, "nothing", "1"),
    (MAILS, "message_id__regex", "("),
    (MAILS, "kind__regex", "("),
    (MAILS, "registration__email__regex", "("),
    (WORKSHOPS, "slug__regex", "("),
    (WORKSHOPS, "coming__regex", "("),
    (WORKSHOPS, "title__startswith", "D"),
    (WORKSHOPS, "starts_at__gte", "2027-01-01"),
    (WORKSHOPS, "starts_at__month__regex", "("),
    *[
        (WORKSHOPS, "starts_at__year", year)
        for year in ("9999", "1", HUGE, "1" * 5000, "x", "٢٠٢٧")
    ],
    (WORKSHOPS, "starts_at__day", HUGE),
    ("events/community", "name__regex", "("),
    ("events/partner", "name__regex", "("),
    ("registrations/bulkact", "options__contains", "1"),
    ("auth/user", "email__regex", "("),
    ("auth/user", "password__startswith", "p"),
    ("auth/group", "name__regex", "("),
]


def test_a_lookup_that_no_link_of_ours_says_is_a_bad_request(admin_client):
    admin_client.raise_request_exception = False
    chosen = {"action": "delete_selected", "_selected_action": "1"}
    codes = {}

    for listing, lookup, value in NOT_OURS:
        query = urlencode({lookup: value})
        answers = [admin_client.get(f"/admin/{listing}/?{query}")]
        answers.append(admin_client.post(f"/admin/{listing}/?{query}", chosen))
        if listing == PEOPLE:
            answers.append(admin_client.get(f"/admin/{listing}/export/?format=csv&{query}"))
        codes[listing, lookup, value] = {answer.status_code for answer in answers}

    assert codes == dict.fromkeys(NOT_OURS, {400})


# What a list's own filters are told by somebody who writes an address by hand.
BY_HAND = [
    *[
        (PEOPLE, name, value)
        for name in (
            "community__id__exact",
            "community__isnull",
            "state__exact",
            "workshop",
            "came",
            "link",
            "p",
            "o",
            "_facets",
        )
        for value in ("", "x", "-1", HUGE)
    ],
    (PEOPLE, "p", "1" * 5000),
    (PEOPLE, "o", "1" * 5000),
    (PEOPLE, "q", "\0"),
    (MAILS, "kind__exact", "x"),
    (MAILS, "workshop", HUGE),
    (WORKSHOPS, "starts_at__year", "9998"),
    (WORKSHOPS, "starts_at__year", "1000"),
    (WORKSHOPS, "starts_at__month", "13"),
    (WORKSHOPS, "starts_at__year=2027&starts_at__month=2&starts_at__day", "31"),
    (WORKSHOPS, "starts_at__year=9998&starts_at__month=12&starts_at__day", "31"),
    (WORKSHOPS, "starts_at__year=9999&starts_at__month=12&starts_at__day", "31"),
    ("auth/user", "is_active__exact", "x"),
    ("auth/user", "groups__id__exact", "x"),
    ("auth/user", "groups__id__exact", HUGE),
]


def test_no_value_of_a_lists_own_filters_fails(workshop, admin_client):
    admin_client.raise_request_exception = False

    codes = {
        (listing, name, value): admin_client.get(
            f"/admin/{listing}/?{name}={quote(value)}"
        ).status_code
        for listing, name, value in BY_HAND
    }

    assert {case: code for case, code in codes.items() if code not in (200, 302, 400)} == {}


def test_each_list_of_the_desk_hears_its_own_filters_alone():
    others = [
        each for each in admin.site._registry.values() if not isinstance(each, OwnFiltersAdmin)
    ]
    assert others == []


@pytest.mark.parametrize(
    "query",
    [
        "start=2026-01-01&hostings=1&registration_open=zz",
        "start_0=1&start_1=x&start=1",
        "partners=x&capacity=x&presentations=1&previous_addresses=1",
        "title=Cliquez",
    ],
)
@pytest.mark.one_database
def test_no_address_fills_in_the_form_of_a_new_workshop(query, db, admin_client):
    admin_client.raise_request_exception = False
    page = admin_client.get(f"/admin/events/workshop/add/?{query}")

    assert page.status_code == 200
    shown = FieldsOf(page.content.decode(), "workshop_form").fields
    assert (shown["start_0"], shown["title"]) == ("", "")


@pytest.mark.parametrize("path", ["auth/user", "auth/group", "events/community", "events/partner"])
def test_no_address_fills_in_another_form(path, db, admin_client):
    admin_client.raise_request_exception = False
    query = "communities=x&groups=x&permissions=x&role=x&logo=1&zone=x&colour=x&memberships=1"
    assert admin_client.get(f"/admin/{path}/add/?{query}").status_code == 200


def test_a_row_at_a_place_that_cannot_be_is_left_aside(workshop, admin_client):
    admin_client.raise_request_exception = False
    fields = FieldsOf(admin_client.get(desk(workshop)).content.decode(), "workshop_form").fields

    for place in ("1" * 5000, "٣", "²"):
        more = {f"{rows}-{place}-community": "1" for rows in ("hostings", "presentations")}
        answer = admin_client.post(desk(workshop), urlencode(fields | more), content_type=AS_FORM)

        assert answer.status_code == 302, place[:9]
