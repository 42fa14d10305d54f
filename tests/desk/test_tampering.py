"""Requests that the desk's own pages never send: each is refused with a page, never with a 500."""

import pytest

from registrations.models import OutgoingMail
from tests.helpers.desk import desk
from tests.helpers.mails import words
from tests.helpers.pages import FieldsOf

HUGE = "9" * 30
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


@pytest.mark.parametrize("number", ["0", "101", "-1", "x"])
def test_a_hosts_number_that_cannot_be_is_refused_beside_its_field(number, post):
    answer = post(**{"hostings-1-position": number, "title": "Un titre neuf"})

    assert answer.status_code == 200
    assert 'value="Un titre neuf"' in answer.content.decode()
    assert "errorlist" in answer.content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"hostings-0-community": "abc"},
        {"presentations-0-community": "abc"},
        {"partners": HUGE},
        {"hostings-INITIAL_FORMS": "-1"},
        {"hostings-TOTAL_FORMS": "٣"},
        {"hostings-0-workshop": "abc"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_field_that_names_no_row_is_a_bad_request(changed, post):
    assert post(**changed).status_code == 400


def test_a_row_that_is_sent_twice_is_a_bad_request(workshop, post):
    first = workshop.hostings.first()
    assert post(**{"hostings-0-id": first.pk, "hostings-1-id": first.pk}).status_code == 400


@pytest.mark.parametrize("chosen", ["abc", HUGE, "-1", ""])
@pytest.mark.parametrize("listing", LISTS)
@pytest.mark.parametrize("action", ["delete_selected", "erase_people", "send_again"])
def test_an_action_on_no_row_is_a_bad_request(action, listing, chosen, admin_client):
    admin_client.raise_request_exception = False
    answer = admin_client.post(listing, {"action": action, "_selected_action": chosen})
    assert answer.status_code == 400


def test_the_desk_lists_a_mail_of_a_kind_that_a_later_release_stored(post, admin_client):
    OutgoingMail.objects.update(kind="message")
    mail = OutgoingMail.objects.get()
    for page in ("", f"{mail.pk}/change/"):
        answer = admin_client.get(f"/admin/registrations/outgoingmail/{page}")
        assert (answer.status_code, "message" in words(answer.content.decode())) == (200, True)
