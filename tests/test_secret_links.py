"""The manage link and the join link: what each may do, and that looking does nothing."""

from datetime import timedelta

import pytest
from django.test import Client

from events.models import Workshop
from registrations.models import OutgoingMail, Registration
from tests.conftest import page_text

ZOOM = "https://zoom.example/j/123?pwd=secret"


def row(registration):
    return Registration.objects.filter(pk=registration.pk).values().get()


def test_the_manage_page_shows_the_registration_on_both_clocks(workshop, register, client):
    registration = register(workshop, organisation="Théâtre")

    text = page_text(client.get(registration.manage_path))

    assert text.count("9 h 30 – 12 h 00 (heure du Québec) 15 h 30 – 18 h 00 (heure de France)") == 1
    assert text.count("Votre place est réservée.") == 1
    assert text.count("Nom Zoé Tremblay Courriel zoe@example.org Organisation Théâtre") == 1


def test_cancelling_frees_the_seat_and_owes_a_mail_with_a_higher_sequence(workshop, register, client):
    registration = register(workshop)

    response = client.post(f"{registration.manage_path}annuler/", follow=True)

    registration.refresh_from_db()
    assert (registration.state, registration.sequence) == ("cancelled", 1)
    assert list(registration.mails.order_by("pk").values_list("kind", "sequence")) == [
        ("confirmation", 0),
        ("cancellation", 1),
    ]
    assert page_text(response).count("Cette inscription est annulée.") == 1


def test_cancelling_twice_is_once(workshop, register, client):
    registration = register(workshop)

    for _ in range(2):
        client.post(f"{registration.manage_path}annuler/")

    registration.refresh_from_db()
    assert (registration.sequence, registration.mails.filter(kind="cancellation").count()) == (1, 1)


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_every_link_of_the_mail_changes_nothing(method, workshop, register, client):
    registration = register(workshop)
    before = row(registration)
    mails = OutgoingMail.objects.count()

    paths = [
        registration.manage_path,
        registration.join_path,
        workshop.get_absolute_url(),
        f"{registration.manage_path}annuler/",
    ]
    codes = [getattr(client, method)(path).status_code for path in paths]

    assert codes == [200, 200, 200, 302]
    assert (row(registration), OutgoingMail.objects.count()) == (before, mails)


def test_each_link_opens_only_its_own_door(workshop, register, client):
    registration = register(workshop)

    codes = [
        client.get(path).status_code for path in (f"/i/{registration.join_token}/", f"/j/{registration.manage_token}/")
    ]

    assert codes == [404, 404]
    assert client.post(f"/i/{registration.join_token}/annuler/").status_code == 404


def test_tokens_are_long_and_never_alike(workshop, register):
    registrations = [register(workshop, email=f"p{number}@example.org") for number in range(20)]

    tokens = {token for r in registrations for token in (r.manage_token, r.join_token)}

    # 32 characters of 6 bits are 192 bits.
    assert (len(tokens), {len(token) for token in tokens}) == (40, {32})


@pytest.mark.parametrize("door", ["manage_path", "join_path"])
def test_pages_behind_a_token_are_neither_stored_nor_listed(door, workshop, register, client):
    response = client.get(getattr(register(workshop), door))

    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == (
        "no-store, private",
        "noindex, nofollow",
    )


@pytest.mark.parametrize(
    ("before_start", "get", "post"),
    [
        (timedelta(minutes=15, seconds=1), 200, 409),
        (timedelta(minutes=15), 200, 302),
        (timedelta(0), 200, 302),
        (timedelta(hours=-2, minutes=-29), 200, 302),
        (timedelta(hours=-2, minutes=-30), 200, 409),
    ],
)
def test_the_door_opens_fifteen_minutes_before_and_closes_at_the_end(
    before_start, get, post, make_workshop, register, client, time_machine
):
    workshop = make_workshop(meeting_url=ZOOM)
    registration = register(workshop)
    time_machine.move_to(workshop.starts_at - before_start, tick=False)

    page = client.get(registration.join_path)
    answer = client.post(registration.join_path)

    assert (page.status_code, answer.status_code) == (get, post)
    assert [page.content.count(b"zoom.example"), answer.content.count(b"zoom.example")] == [0, 0]
    assert answer.headers.get("Location") == (ZOOM if post == 302 else None)


def test_the_first_entry_is_noted_and_stays(make_workshop, register, client, time_machine):
    workshop = make_workshop(meeting_url=ZOOM)
    registration = register(workshop)
    time_machine.move_to(workshop.starts_at, tick=False)
    client.post(registration.join_path)
    time_machine.move_to(workshop.starts_at + timedelta(minutes=5), tick=False)

    client.post(registration.join_path)

    registration.refresh_from_db()
    assert registration.joined_at == workshop.starts_at


def test_the_door_lets_the_form_lead_to_the_room(make_workshop, register, client):
    registration = register(make_workshop(meeting_url=ZOOM))

    policy = client.get(registration.join_path).headers["Content-Security-Policy"]

    assert [part for part in policy.split("; ") if part.startswith("form-action")] == ["form-action 'self' https:"]


def test_a_cancelled_registration_finds_the_door_gone(make_workshop, register, client):
    registration = register(make_workshop(meeting_url=ZOOM))
    client.post(f"{registration.manage_path}annuler/")

    response = client.get(registration.join_path)

    assert response.status_code == 410
    assert page_text(response).startswith("Ce lien n’est plus valide ")


def test_a_cancelled_workshop_has_no_door(make_workshop, register, client):
    registration = register(make_workshop(meeting_url=ZOOM))
    Workshop.objects.update(state=Workshop.State.CANCELLED)

    assert [client.get(registration.join_path).status_code, client.post(registration.join_path).status_code] == [
        410,
        410,
    ]


def test_the_meeting_address_is_on_no_page_mail_or_calendar(make_workshop, register, client, smtp, now):
    from registrations import outbox

    workshop = make_workshop(meeting_url=ZOOM)
    registration = register(workshop)
    outbox.sweep(now=now)
    paths = [
        "/",
        workshop.get_absolute_url(),
        f"/ateliers/{workshop.slug}/inscription/",
        f"/ateliers/{workshop.slug}/inscription/merci/",
    ]
    paths += [
        f"/ateliers/{workshop.slug}/calendrier.ics",
        "/calendrier.ics",
        registration.manage_path,
        registration.join_path,
    ]

    pages = [client.get(path).content for path in paths]
    parts = [part.get_payload(decode=True) or b"" for part in smtp.messages[0].walk()]

    assert [content.count(b"zoom.example") for content in pages + parts] == [0] * (len(pages) + len(parts))


def test_forms_behind_a_token_ask_for_their_own_cookie(workshop, register):
    registration = register(workshop)
    stranger = Client(enforce_csrf_checks=True)

    assert [
        stranger.post(path).status_code for path in (f"{registration.manage_path}annuler/", registration.join_path)
    ] == [403, 403]
