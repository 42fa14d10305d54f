"""The card that other sites show in a frame: who may, what it holds; handing a page on."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from events.models import Workshop
from events.models.embedding import origins
from tests.helpers.clock import DRAWN, NOW
from tests.helpers.pages import page_text

pytestmark = pytest.mark.one_database

SITE = "https://ateliers.example.org"


def card_of(workshop):
    return reverse("events:embedded_card", args=[workshop.slug])


def ancestors(answer):
    """What the policy of an answer says of frames, and its X-Frame-Options."""
    directives = answer["Content-Security-Policy"].split("; ")
    [found] = [each for each in directives if each.startswith("frame-ancestors ")]
    return found.removeprefix("frame-ancestors "), answer.get("X-Frame-Options")


def allow(community, *sites):
    type(community).objects.filter(pk=community.pk).update(embedding_sites="\n".join(sites))


def test_a_card_may_be_framed_by_the_sites_of_all_its_hosts_and_no_others(
    make_workshop, communities, client
):
    workshop = make_workshop("Québec", "France", capacity=3)
    allow(communities["Québec"], "https://example.org", "https://culture.example:8443")
    allow(communities["France"], "https://example.org", "https://tmnlab.example")
    allow(communities["Martinique"], "https://ailleurs.example")

    policy = "https://example.org https://culture.example:8443 https://tmnlab.example"
    for path in (card_of(workshop), f"/en/workshops/{workshop.slug}/card/"):
        assert ancestors(client.get(path)) == (policy, None)
    for path in (workshop.get_absolute_url(), "/", card_of(make_workshop("Casablanca"))):
        assert ancestors(client.get(path)) == ("'none'", "DENY")


def test_a_kept_card_keeps_its_policy(workshop, communities, settings, client):
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": memory, "LOCATION": "cards"}}
    allow(communities["Québec"], "https://example.org")

    answers = [client.get(card_of(workshop)) for _ in range(2)]

    assert [ancestors(answer) for answer in answers] == [("https://example.org", None)] * 2
    assert (
        client.get(card_of(workshop), headers={"if-none-match": answers[0]["ETag"]}).status_code
        == 304
    )


def test_what_is_no_site_never_comes_into_the_policy(workshop, communities, client):
    allow(
        communities["Québec"],
        "https://a.example; script-src *",
        "*",
        "https://*.example",
        "https://b.example/page",
        "http://c.example",
        "'unsafe-inline'",
        "https://good.example",
    )

    assert ancestors(client.get(card_of(workshop)))[0] == "https://good.example"


def test_a_card_is_small_and_has_no_script_and_no_cookie(make_workshop, client, register):
    workshop = make_workshop(title="</script><b>Été</b>", meeting_url="https://zoom.example/j/1")
    register(workshop)

    answer = client.get(card_of(workshop))

    html = answer.content.decode()
    assert re.findall("<script|<style|style=|onclick|zoom.example|<b>", html) == []
    assert [*re.findall(r'<a [^>]*target="_top"', html)] == re.findall("<a [^>]*", html)
    assert answer.cookies.output() == ""
    assert answer["X-Robots-Tag"] == "noindex"
    assert page_text(answer).replace("\xa0", " ").count(DRAWN) == 1
    # A button is no use on paper.
    assert f'<p class="only-on-paper">{SITE}{workshop.get_absolute_url()}</p>' in html


def test_a_card_says_what_has_become_of_the_workshop(make_workshop, client):
    cancelled = make_workshop(state=Workshop.State.CANCELLED)
    moved = make_workshop(announced_starts_at=NOW + timedelta(days=1))
    draft = make_workshop(state=Workshop.State.DRAFT)
    english = client.get(f"/en/workshops/{moved.slug}/card/")

    texts = [page_text(client.get(f"/ateliers/{each.slug}/carte/")) for each in (cancelled, moved)]

    assert "Annulé" in texts[0]
    assert texts[0].endswith("Voir l’atelier")
    assert "nouvelle date" in texts[1]
    assert texts[1].endswith("Inscrivez-vous ici")
    assert page_text(english).endswith("Sign up here")
    assert client.get(f"/ateliers/{draft.slug}/carte/").status_code == 404


@pytest.mark.parametrize(("capacity", "statements"), [(None, 2), (3, 3)])
def test_a_card_costs_as_many_statements_however_many_people(
    capacity, statements, make_workshop, crowd, client, django_assert_num_queries
):
    workshop = make_workshop(capacity=capacity)
    crowd(workshop, 4)

    with django_assert_num_queries(statements):
        client.get(card_of(workshop))


def test_the_list_takes_sites_as_people_paste_them():
    pasted = "https://Example.org/\r\n\n https://théâtre.example \nhttps://example.org\n"
    pasted += "https://a.example:8443\nhttp://127.0.0.1:8001\n"

    assert origins(pasted) == [
        "https://example.org",
        "https://xn--thtre-4qa2c.example",
        "https://a.example:8443",
        "http://127.0.0.1:8001",
    ]


def test_the_list_refuses_what_is_no_site():
    wrong = [
        "http://example.org",
        "example.org",
        "https://example.org/page",
        "https://example.org/?a",
        "https://me@example.org",
        "https://*.example.org",
        "https://",
        "https://a.example https://b.example",
        "https://a.example;",
        "https://example.org:99999",
        "https://[::1",
        "javascript:alert(1)",
        "https://" + "é" * 80 + ".example",
        # RFC 3490 makes strasse.example and ab.example of them.
        "https://straße.example",
        "https://a\u200db.example",
        "*",
    ]
    for line in wrong:
        with pytest.raises(ValidationError) as refused:
            origins(f"https://good.example\n{line}")
        assert len(refused.value.messages) == 1, line
    with pytest.raises(ValidationError):
        origins("\n".join(f"https://a{number}.example" for number in range(51)))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_page_is_handed_on_without_any_other_site(language, make_workshop, client):
    workshop = make_workshop(title="Été & « données » ? 100 %")
    path = {"fr": "/ateliers/atelier-1/", "en": "/en/workshops/atelier-1/"}[language]

    html = client.get(path).content.decode()

    [section] = re.findall(r'<section class="share".*?</section>', html, flags=re.DOTALL)
    assert f">{SITE}{path}</textarea>" in section
    assert re.findall(r'data-(?:copy|share)="([^"]+)"', section) == [f"{SITE}{path}"] * 2
    assert section.count("hidden data-") == 2
    [mail] = re.findall(r'href="(mailto:[^"]+)"', section)
    parts = parse_qs(urlsplit(mail.replace("&amp;", "&")).query)
    [body] = parts["body"]
    assert parts["subject"] == [workshop.title]
    assert body.split("\r\n")[0] == workshop.title
    assert body.split("\r\n")[-1] == f"{SITE}{path}"
    hours = {
        "fr": "9 h 30 – 12 h 00 (heure du Québec)",
        "en": "9:30 a.m. – 12:00 p.m. (Québec time)",
    }
    assert hours[language] in body.replace("\xa0", " ")
    assert re.findall(r"https?://(?!ateliers\.example\.org)", section) == []


def test_a_draft_is_not_handed_on(make_workshop, admin_client):
    draft = make_workshop(state=Workshop.State.DRAFT)

    html = admin_client.get(draft.get_absolute_url()).content.decode()

    assert re.findall("data-share|data-copy|mailto:[?]", html) == []
