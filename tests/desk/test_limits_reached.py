import pytest

from tests.helpers.desk import save


@pytest.mark.parametrize(
    "typed",
    [
        {"end_0": "2027-03-30", "end_1": "09:30"},
        {"capacity": "8", "hostings-0-reserved_seats": "8"},
        {"release_0": "2027-03-29", "release_1": "09:30"},
    ],
    ids=["24 hours long", "every seat kept", "kept until the start"],
)
def test_what_reaches_a_limit_exactly_is_saved(typed, workshop, admin_client):
    assert save(admin_client, workshop, **typed).status_code == 302
