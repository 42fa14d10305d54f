"""Pages as gzip, and 304: the same page in both codings, no secret compressed, nothing old."""

import gzip
import re
import zlib
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from praxis import compressed, microcache
from tests.helpers.clock import NOW
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

GZIP = {"accept-encoding": "gzip, deflate, br"}
ENGLISH = ["/en/", "/en/calendar.ics"]


@pytest.fixture
def public_paths(workshop):
    page = workshop.get_absolute_url()
    return ["/", "/?page=1", "/calendrier.ics", page, f"{page}calendrier.ics", *ENGLISH]


@pytest.fixture
def form(workshop):
    return reverse("registrations:sign_up", args=[workshop.slug])


@pytest.mark.parametrize(
    ("said", "takes_gzip"),
    [
        ("gzip", True),
        ("GZIP;q=0.5, br", True),
        ("br, gzip ; q=1", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("br, gzip; q=0.000", False),
        ("not-gzip, x-gzip-like", False),
    ],
)
def test_a_browser_gets_gzip_if_it_says_that_it_takes_it(said, takes_gzip, workshop, client):
    answer = client.get("/", headers={"accept-encoding": said})

    assert answer.get("Content-Encoding") == ("gzip" if takes_gzip else None)


def test_public_pages_and_calendars_are_the_same_in_both_codings(public_paths, kept, client):
    for path in public_paths * 2:
        plain, packed = client.get(path), client.get(path, headers=GZIP)

        assert gzip.decompress(packed.content) == plain.content, path
        assert [int(each["Content-Length"]) for each in (plain, packed)] == [
            len(plain.content),
            len(packed.content),
        ]
        assert (plain["ETag"], plain["Vary"]) == (packed["ETag"], packed["Vary"])
        assert "Accept-Encoding" in plain["Vary"].split(", ")
        assert len(packed.content) < len(plain.content) / 2
        assert "Content-Encoding" not in plain


def test_a_head_request_is_told_what_get_would_be(public_paths, kept, client):
    for path in public_paths:
        for headers in (GZIP, {}):
            head, got = client.head(path, headers=headers), client.get(path, headers=headers)

            assert (head.status_code, head.content) == (200, b"")
            assert dict(head.items()) == dict(got.items())


def test_a_part_of_a_page_is_not_served_the_whole_is(public_paths, kept, client):
    answer = client.get(public_paths[3], headers={"range": "bytes=0-9"})

    assert (answer.status_code, "Accept-Ranges" in answer) == (200, False)


def test_a_page_is_compressed_once_until_it_says_something_else(
    workshop, kept, client, time_machine, monkeypatch
):
    done, compress = [], gzip.compress
    monkeypatch.setattr(
        microcache.gzip, "compress", lambda data, **how: done.append(1) or compress(data, **how)
    )
    counts = []
    for second in (0, 2, 4, 6):
        time_machine.move_to(NOW + timedelta(seconds=second), tick=False)
        if second == 4:
            type(workshop).objects.update(place="Salle 3")
        forget_pages()
        client.get(workshop.get_absolute_url(), headers=GZIP)
        counts.append(len(done))

    assert counts == [1, 1, 2, 2]


def forget_pages():
    """Forget what a second later is gone."""
    long = {key for key, until in cache._expire_info.items() if until - NOW.timestamp() > 300}
    cache.delete_many([key.split(":", 2)[2] for key in set(cache._cache) - long])


@pytest.mark.parametrize("how", ["{}", "W/{}", '"other", {}', '"a", W/"b", W/{}', "*"])
def test_whoever_has_the_page_gets_304_without_it(how, public_paths, kept, client):
    for path in public_paths * 2:
        whole = client.get(path)
        known = {"if-none-match": how.format(whole["ETag"].removeprefix("W/"))}
        with CaptureQueriesContext(connection) as statements:
            answers = [client.get(path, headers=known | coding) for coding in ({}, GZIP)]

        for answer in answers:
            assert (answer.status_code, answer.content, len(statements)) == (304, b"", 0), path
            told = ("ETag", "Cache-Control", "Expires", "Vary")
            assert {name: answer.get(name) for name in told} == {
                name: whole.get(name) for name in told
            }
            assert "Content-Encoding" not in answer


def test_the_first_who_asks_may_have_the_page_already(public_paths, kept, client):
    etags = {path: client.get(path)["ETag"] for path in public_paths}
    cache.clear()

    codes = [
        client.get(path, headers={"if-none-match": etag}).status_code
        for path, etag in etags.items()
    ]

    assert codes == [304] * len(public_paths)


@pytest.mark.parametrize(
    "header",
    [
        {"if-none-match": '"other"'},
        {"if-none-match": "no tag at all"},
        {"if-modified-since": "Mon, 29 Mar 2100 09:30:00 GMT"},
        {"if-unmodified-since": "Mon, 29 Mar 1999 09:30:00 GMT"},
        {"if-match": '"other"'},
    ],
    ids=str,
)
def test_who_has_another_page_or_asks_something_else_gets_the_whole(header, workshop, kept, client):
    for _time in range(2):
        assert client.get("/", headers=header).status_code == 200


CHANGES = {
    "the title": {"title": "Données ouvertes"},
    "the end of registration": {"registration_open": False},
    "a full house": {"capacity": 0},
    "a cancellation": {"state": "cancelled"},
    "another hour": {"starts_at": NOW + timedelta(days=9), "ends_at": NOW + timedelta(days=10)},
    "its end": {"starts_at": NOW - timedelta(days=9), "ends_at": NOW - timedelta(days=8)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_that_says_something_else_has_another_etag_within_a_second(
    change, workshop, kept, client
):
    path = workshop.get_absolute_url()
    known = {"if-none-match": client.get(path)["ETag"]}
    type(workshop).objects.update(**CHANGES[change])
    forget_pages()

    answer = client.get(path, headers=known | GZIP)

    assert (answer.status_code, answer["ETag"] == known["if-none-match"]) == (200, False)


def test_all_processes_give_a_page_the_same_etag(public_paths, kept):
    etags = []
    for _process in range(2):
        cache.clear()
        etags.append([Client().get(path)["ETag"] for path in public_paths])

    assert etags[0] == etags[1]


def test_registration_that_ends_by_itself_ends_on_the_page(
    make_workshop, kept, client, time_machine
):
    workshop = make_workshop(registration_closes_at=NOW + timedelta(minutes=1))
    path = workshop.get_absolute_url()
    known = {"if-none-match": client.get(path)["ETag"]}
    time_machine.move_to(NOW + timedelta(seconds=61), tick=False)
    forget_pages()

    assert client.get(path, headers=known).status_code == 200


def test_the_form_is_compressed_but_for_what_is_ones_own(form, kept, client):
    for _time in range(2):
        answer = client.get(form, headers=GZIP)
        html = gzip.decompress(answer.content).decode()
        own = re.findall(r'name="(?:csrfmiddlewaretoken|opened)" value="([^"]+)"', html)

        assert len(own) == 2
        assert [answer.content.count(word.encode()) for word in own] == [1, 1]
        assert len(answer.content) < len(html) / 2
        assert "Accept-Encoding" in answer["Vary"].split(", ")
        assert ("ETag" in answer, answer["Content-Encoding"]) == (False, "gzip")


def test_the_form_can_be_sent_from_its_gzip(form, workshop, kept, time_machine):
    visitor = Client(enforce_csrf_checks=True)
    html = gzip.decompress(visitor.get(form, headers=GZIP).content).decode()
    own = dict(re.findall(r'name="(csrfmiddlewaretoken|opened)" value="([^"]+)"', html))
    time_machine.move_to(NOW + timedelta(seconds=3))

    answer = visitor.post(form, typed() | own)

    assert (answer.status_code, workshop.registrations.count()) == (302, 1)


def test_the_length_of_the_page_after_the_form_tells_nothing_but_the_addresss_own(
    form, kept, client
):
    """What is on the page already compresses no better than what is not."""
    lengths = set()
    for local in ("donnees", "atelier", "xqzjwvk"):
        client.post(form, typed() | {"email": f"{local}@example.org"})
        answer = client.get(f"{form}merci/", headers=GZIP)
        assert local in gzip.decompress(answer.content).decode()
        lengths.add(len(answer.content))

    assert len(lengths) == 1


def test_a_page_with_a_secret_or_with_what_was_typed_is_never_compressed(
    form, workshop, register, client
):
    person = register(workshop)
    answers = [
        client.post(form, typed() | {"email": "zoe@"}, headers=GZIP),
        client.get(person.manage_path, headers=GZIP),
        client.get(f"{person.manage_path}modifier/", headers=GZIP),
        client.get(person.join_path, headers=GZIP),
        client.get("/lien-perdu/", headers=GZIP),
        client.get("/nope/", headers=GZIP),
        client.get("/admin/login/", headers=GZIP),
    ]

    found = [("Content-Encoding" in each, "ETag" in each) for each in answers]
    assert found == [(False, False)] * len(answers)


def test_a_draft_is_neither_compressed_nor_known_again(make_workshop, admin_client):
    path = make_workshop(state="draft").get_absolute_url()

    answer = admin_client.get(path, headers=GZIP)

    assert (answer.status_code, "Content-Encoding" in answer, "ETag" in answer) == (
        200,
        False,
        False,
    )


@given(st.text(), st.lists(st.sampled_from(["email", "token"])), st.text(), st.text(max_size=9))
def test_whatever_is_on_the_page_its_pieces_give_it_back(text, order, word, between):
    placeholders = {"email": "\0email\0", "token": "\0token\0"}
    text, between = text.replace("\0", ""), between.replace("\0", "")
    html = text + between.join(placeholders[name] for name in order) + between
    words = {"email": word.encode(), "token": b"x" * 70_000}
    wanted = html.replace("\0email\0", word).replace("\0token\0", "x" * 70_000).encode()

    page = compressed.in_pieces(html, placeholders)

    packed = page.gzip(wanted, words)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert unpacker.decompress(packed) == wanted
    assert (unpacker.eof, unpacker.unused_data) == (True, b"")
