"""The manage link and the join link: each opens its own page, and neither is guessed or stored."""

import pytest
from django.test import Client


def test_each_link_opens_only_its_own_door(workshop, register, client):
    registration = register(workshop)

    codes = [
        client.get(path).status_code
        for path in (f"/i/{registration.join_token}/", f"/j/{registration.manage_token}/")
    ]

    assert codes == [404, 404]
    assert client.post(f"/i/{registration.join_token}/annuler/").status_code == 404


@pytest.mark.one_database
def test_tokens_are_long_and_never_alike(workshop, register):
    registrations = [register(workshop, email=f"p{number}@example.org") for number in range(20)]

    tokens = {token for r in registrations for token in (r.manage_token, r.join_token)}

    # 32 characters of 6 bits are 192 bits.
    assert (len(tokens), {len(token) for token in tokens}) == (40, {32})


@pytest.mark.parametrize("path_name", ["manage_path", "join_path"])
def test_pages_behind_a_token_are_neither_stored_nor_listed(path_name, workshop, register, client):
    response = client.get(getattr(register(workshop), path_name))

    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == (
        "no-store, private",
        "noindex, nofollow",
    )


def test_forms_behind_a_token_ask_for_their_own_cookie(workshop, register):
    registration = register(workshop)
    stranger = Client(enforce_csrf_checks=True)

    assert [
        stranger.post(path).status_code
        for path in (f"{registration.manage_path}annuler/", registration.join_path)
    ] == [403, 403]
