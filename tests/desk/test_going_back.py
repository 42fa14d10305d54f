"""What a browser keeps of the desk, so that going back breaks nothing off."""

from tests.helpers.desk import desk

PEOPLE = "/admin/registrations/registration/"


def kept(answer):
    """Whether a browser may keep an answer to go back to."""
    return "no-store" not in answer["Cache-Control"]


def test_a_question_is_kept_and_a_list_is_not(workshop, register, admin_client):
    chosen = {"action": "erase_people", "_selected_action": [register(workshop).pk]}

    assert kept(admin_client.post(PEOPLE, chosen))
    assert not kept(admin_client.get(PEOPLE))


def test_a_refused_form_is_kept_and_only_for_its_reader(workshop, admin_client):
    refused = admin_client.post(desk(workshop), {"title": ""})

    assert (refused.status_code, refused["Cache-Control"]) == (200, "private, no-cache")


def test_signing_out_takes_away_what_was_kept(admin_client):
    assert admin_client.post("/admin/logout/")["Clear-Site-Data"] == '"cache"'
