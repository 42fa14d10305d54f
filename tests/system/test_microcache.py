"""Pages cached for a second: nobody sees another person's page, and no decision rests on one."""

import re
import time
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from praxis.microcache import public_page
from registrations.forms.sign_up import SignUpForm
from tests.helpers.clock import NOW
from tests.helpers.pages import page_text
from tests.helpers.people import typed

pytestmark = pytest.mark.one_database

MINE = re.compile(r'name="(csrfmiddlewaretoken|opened)" value="([^"]+)"')


@pytest.fixture(autouse=True)
def a_cache(settings, request):
    """The cache that a server has, empty."""
    memory = {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": request.node.nodeid,
    }
    settings.CACHES = settings.CACHES | {"default": memory}


@pytest.fixture
def form(workshop):
    return reverse("registrations:sign_up", args=[workshop.slug])


@pytest.fixture
def thanks(workshop):
    return reverse("registrations:thanks", args=[workshop.slug])


def own_words(response):
    return dict(MINE.findall(response.content.decode()))


def without_own_words(response):
    return MINE.sub("", response.content.decode())


def test_two_visitors_get_the_same_form_each_with_a_token_and_a_moment_of_their_own(
    form, time_machine
):
    first = Client().get(form)
    time_machine.move_to(NOW + timedelta(seconds=0.5), tick=False)
    with CaptureQueriesContext(connection) as statements:
        second = Client().get(form)

    assert len(statements) == 0
    assert without_own_words(first) == without_own_words(second)
    assert own_words(first).keys() == own_words(second).keys() == {"csrfmiddlewaretoken", "opened"}
    assert all(own_words(first)[name] != own_words(second)[name] for name in own_words(first))


def test_a_cached_form_can_be_sent(form, workshop, time_machine):
    Client().get(form)
    visitor = Client(enforce_csrf_checks=True)
    sent = typed() | own_words(visitor.get(form))
    time_machine.move_to(NOW + timedelta(seconds=3))

    answer = visitor.post(form, sent)

    assert (answer.status_code, workshop.registrations.count()) == (302, 1)


def test_a_second_later_the_form_shows_what_was_changed(form, workshop, client, time_machine):
    client.get(form)
    workshop.title = "Données ouvertes"
    workshop.save()
    time_machine.move_to(NOW + timedelta(seconds=2))

    assert "Données ouvertes" in page_text(client.get(form))


def test_a_language_has_a_page_of_its_own(form, workshop, client):
    with translation.override("en"):
        paths = [form, reverse("registrations:sign_up", args=[workshop.slug])]

    texts = [page_text(client.get(path)) for path in paths * 2]

    assert ["S’inscrire" in text for text in texts] == [True, False, True, False]
    assert ["Sign me up" in text for text in texts] == [False, True, False, True]


def test_what_somebody_typed_is_shown_to_nobody_else(form, client):
    client.get(form)
    wrong = client.post(form, typed() | {"email": "zoe@"})

    assert "zoe@" in wrong.content.decode()
    assert "zoe@" not in Client().get(form).content.decode()


def test_everybody_is_thanked_under_their_own_address(form, thanks):
    people = {"a&b@example.org": Client(), "zoe@example.org": Client()}
    for address, visitor in people.items():
        visitor.post(form, typed() | {"email": address})

    pages = {address: visitor.get(thanks).content.decode() for address, visitor in people.items()}

    assert '<strong class="address">a&amp;b@example.org</strong>' in pages["a&b@example.org"]
    assert pages["zoe@example.org"] == pages["a&b@example.org"].replace("a&amp;b", "zoe")


def test_ranks_and_clocks_are_not_mixed_up(form, thanks, workshop):
    workshop.capacity = 0
    workshop.save()
    facts = [("a@example.org", "Asia/Tokyo"), ("b@example.org", ""), ("c@example.org", "")]
    visitors = [(Client(), facts) for facts in facts]
    for visitor, (address, zone) in visitors:
        visitor.post(form, typed() | {"email": address, "zone": zone})

    texts = [page_text(visitor.get(thanks)) for visitor, _facts in visitors]

    assert [re.search(r"en (\d)r?e position", text)[1] for text in texts] == ["1", "2", "3"]
    assert ["Tokyo" in text for text in texts] == [True, False, False]


def test_a_cached_form_registers_nobody_once_registration_is_closed(form, workshop, client):
    client.get(form)
    workshop.registration_open = False
    workshop.save()

    answer = client.post(form, typed())

    assert (answer.status_code, workshop.registrations.count()) == (409, 0)
    assert "Les inscriptions sont closes" in page_text(answer)


def test_a_refusal_says_what_is_true_under_the_lock_not_what_was_cached(form, workshop, client):
    client.get(form)
    workshop.registration_opens_at = NOW + timedelta(days=31)
    workshop.save()

    answer = client.post(form, typed())

    text = page_text(answer)
    assert (answer.status_code, workshop.registrations.count()) == (409, 0)
    assert [
        text.count(hour) for hour in ("7 h 00 (heure du Québec)", "13 h 00 (heure de France)")
    ] == [1, 1]


def test_a_workshop_that_is_a_draft_again_thanks_nobody(
    form, thanks, workshop, client, time_machine
):
    client.post(form, typed())
    workshop.state = workshop.State.DRAFT
    workshop.save()
    time_machine.move_to(NOW + timedelta(seconds=5))

    assert client.get(thanks).status_code == 404


def test_a_workshop_deleted_since_its_form_was_made_is_not_found(workshop, form, client):
    client.get(form)
    workshop.delete()

    assert client.post(form, typed()).status_code == 404


@pytest.fixture
def public_pages(workshop):
    """The addresses of the pages that are the same for everybody, in both languages."""
    names = [
        ("list", []),
        ("feed", []),
        ("workshop", [workshop.slug]),
        ("calendar", [workshop.slug]),
    ]
    paths = []
    for language in ("fr", "en"):
        with translation.override(language):
            paths += [reverse(f"events:{name}", args=arguments) for name, arguments in names]
    return paths


def test_odd_queries_empty_no_cache_and_fill_none(public_pages, form, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    for path in [*public_pages, form]:
        client.get(path)
    kept = set(cache._cache)

    with CaptureQueriesContext(connection) as statements:
        for number in range(20):
            for path in [*public_pages, form]:
                for query in (f"x={number}", f"page={number}", f"page=1&x={number}", "page="):
                    client.get(f"{path}?{query}")

    assert len(statements) == 0
    assert set(cache._cache) == kept


def test_a_page_says_nothing_of_another_visitors_query(public_pages, form, client):
    paths = [path for path in [*public_pages, form] if not path.endswith(".ics")]

    first = [client.get(f"{path}?page=7&x=evil").content.decode() for path in paths]
    second = [client.get(path).content.decode() for path in paths]

    assert [(page.count("page=7"), page.count("evil")) for page in first + second] == [(0, 0)] * 10


def test_each_page_of_the_list_is_kept_by_its_number(make_workshop, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    for day in range(51):
        make_workshop(start=datetime(2026, 1, 5, 9, 30) + timedelta(days=day), slug=f"a-{day}")
    paths = ["/", "/?page=2", "/?page=3", "/?page=99", "/?page=1", "/?page=x"]

    pages = [client.get(path).content for path in paths]
    kept = len(cache._cache)
    with CaptureQueriesContext(connection) as statements:
        again = [client.get(path).content for path in paths]

    assert again == pages
    assert pages == [pages[0], pages[1], pages[1], pages[1], pages[0], pages[0]]
    assert pages[0] != pages[1]
    # The numbers of coming and of past workshops are two, and each page has its gzip; the page
    # without a query stands there whole, too.
    assert (len(statements), kept) == (0, 7)


def test_a_page_that_is_kept_tells_browsers_for_how_long(public_pages, client):
    told = {path: client.get(path)["Cache-Control"] for path in public_pages * 2}

    calendars = {path: words for path, words in told.items() if path.endswith(".ics")}
    assert set(calendars.values()) == {"public, max-age=60"}
    assert {told[path] for path in told.keys() - calendars.keys()} == {"max-age=1"}


def test_a_draft_that_an_organiser_looks_at_is_shown_to_nobody_else(
    make_workshop, admin_client, client
):
    path = make_workshop(state="draft").get_absolute_url()

    own = admin_client.get(path)

    assert (own.status_code, client.get(path).status_code) == (200, 404)
    assert own["Cache-Control"] == "private"


def test_a_head_request_shares_the_page(public_pages, client, time_machine):
    time_machine.move_to(NOW, tick=False)
    for path in public_pages:
        client.head(path)

    with CaptureQueriesContext(connection) as statements:
        bodies = [len(client.get(path).content) for path in public_pages]

    assert len(statements) == 0
    assert min(bodies) > 0


def test_a_page_is_answered_before_the_other_middleware_and_with_its_headers(workshop, client):
    path = workshop.get_absolute_url()
    first = client.get(path)
    with CaptureQueriesContext(connection) as statements:
        second = client.get(path)

    assert len(statements) == 0
    assert second.content == first.content
    assert dict(second.items()) == dict(first.items())
    assert "Content-Security-Policy" in second


def test_a_page_is_kept_whole_no_longer_than_a_second(workshop, client, time_machine):
    path = workshop.get_absolute_url()
    client.get(path)
    type(workshop).objects.update(title="Un autre titre")
    time.sleep(0.6)
    before = client.get(path).content.decode()
    time.sleep(0.5)

    assert "Un autre titre" not in before
    assert "Un autre titre" in client.get(path).content.decode()


@pytest.mark.parametrize(
    "other",
    [
        {"headers": {"host": "evil.example"}},
        {"secure": True},
        {"headers": {"if-none-match": '"x"'}},
        {"query_params": {"x": "1"}},
    ],
    ids=["another host", "by TLS", "a condition", "a query"],
)
def test_what_django_asks_of_a_request_is_asked_of_each(other, workshop, client, settings):
    settings.SECURE_HSTS_SECONDS = 60
    path = workshop.get_absolute_url()
    client.get(path)

    answer = client.get(path, **other)

    host = other.get("headers", {}).get("host", "testserver")
    assert answer.status_code == (400 if host == "evil.example" else 200)
    assert ("Strict-Transport-Security" in answer) == other.get("secure", False)


def test_a_page_of_one_visitor_is_never_kept_whole(form, thanks, client):
    assert "kept_until" not in vars(client.get(form))
    client.post(form, typed())
    assert "kept_until" not in vars(client.get(thanks))


CHANGES = {
    "the title": lambda workshop: set_fields(workshop, title="Un autre titre"),
    "the language": lambda workshop: set_fields(workshop, language="en", consent_text="Yes"),
    "the consent": lambda workshop: set_fields(workshop, consent_text="On enregistre."),
    "a host": lambda workshop: workshop.hostings.last().delete(),
    "a host's name": lambda workshop: workshop.hosts.filter(place="France").update(name="TMN"),
    "the start": lambda workshop: set_fields(
        workshop, starts_at=workshop.starts_at - timedelta(hours=1)
    ),
    "a host's colour": lambda workshop: workshop.hosts.filter(place="France").update(colour="plum"),
    "the seats": lambda workshop: set_fields(workshop, capacity=1),
}


def set_fields(workshop, **fields):
    type(workshop).objects.filter(pk=workshop.pk).update(**fields)


def forget_the_last_second():
    """As if a second had passed: what was kept for longer stays."""
    cache.delete_many([key.split(":", 2)[2] for key in list(cache._cache) if is_short(key)])


def is_short(key):
    """Is this what a second later is gone?"""
    return cache._expire_info[key] - time.time() < 2


@pytest.mark.parametrize("what", CHANGES)
def test_a_form_that_is_kept_for_long_shows_each_change_within_a_second(
    what, workshop, register, form, client
):
    register(workshop)
    before = without_own_words(client.get(form))
    CHANGES[what](workshop)
    forget_the_last_second()

    after = without_own_words(client.get(form))
    cache.clear()

    assert after == without_own_words(client.get(form))
    assert after != before


@pytest.mark.parametrize(
    ("change", "is_shown"),
    [
        ("the title", True),
        ("the start", True),
        ("a host", True),
        ("the room", True),
        ("the consent", False),
    ],
)
def test_the_page_after_the_form_that_is_kept_for_long_shows_each_change_within_a_second(
    change, is_shown, workshop, form, thanks, client, time_machine
):
    client.post(form, typed(zone="Asia/Tokyo"))
    before = client.get(thanks).content
    if change == "the room":
        # It opens before the workshop starts.
        set_fields(
            workshop, starts_at=NOW + timedelta(minutes=5), meeting_url="https://zoom.us/j/1"
        )
    else:
        CHANGES[change](workshop)
    forget_the_last_second()

    after = client.get(thanks).content
    cache.clear()

    assert after == client.get(thanks).content
    assert (after != before) == is_shown


def test_time_alone_changes_the_page_after_the_form_too(
    workshop, form, thanks, client, time_machine
):
    soon = NOW + timedelta(minutes=30)
    set_fields(workshop, starts_at=soon, ends_at=soon + timedelta(hours=1), door_minutes=15)
    set_fields(workshop, meeting_url="https://zoom.us/j/1")
    client.post(form, typed())
    pages = []
    for minutes in (0, 20, 40):
        time_machine.move_to(NOW + timedelta(minutes=minutes), tick=False)
        forget_the_last_second()
        pages.append(page_text(client.get(thanks)))

    words = ("Le jour venu", "La salle est ouverte")
    assert [[word in page for word in words] for page in pages] == [
        [True, False],
        [False, True],
        [False, True],
    ]


def test_an_unchanged_form_is_rendered_once(workshop, form, client, monkeypatch):
    rendered = []
    monkeypatch.setattr(
        "registrations.views.sign_up.SignUpForm.__init__",
        lambda self, *args, real=SignUpForm.__init__, **facts: (
            rendered.append(1),
            real(self, *args, **facts),
        )[1],
    )
    client.get(form)
    forget_the_last_second()
    client.get(form)

    assert rendered == [1]


def test_an_unchanged_page_after_the_form_is_rendered_once(form, thanks, client):
    client.post(form, typed())
    rendered = []
    with signals_of_rendering(rendered):
        for _second in range(2):
            client.get(thanks)
            forget_the_last_second()

    assert rendered.count("registrations/thanks.html") == 1


@contextmanager
def signals_of_rendering(names):
    """Note in `names` the templates that are rendered."""

    def note(template, **_facts):
        names.append(template.name)

    template_rendered.connect(note)
    yield
    template_rendered.disconnect(note)


def test_a_page_that_tells_browsers_a_time_of_its_own_keeps_it(rf):
    def make():
        return HttpResponse("", headers={"Cache-Control": "public, max-age=60"})

    first, second = [public_page(rf.get("/"), make=make) for _time in range(2)]

    assert [first["Cache-Control"], second["Cache-Control"]] == ["public, max-age=60"] * 2
