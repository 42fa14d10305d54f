"""The desk's page of what other sites show of a workshop, and a community's list of those sites."""

import re
from datetime import datetime
from html import unescape

import pytest

from events.models import Community, Workshop
from tests.helpers.pages import FieldsOf, page_text

pytestmark = pytest.mark.one_database

SITE = "https://ateliers.example.org"


def pieces(answer):
    """The HTML in each box to copy."""
    html = answer.content.decode()
    boxes = re.findall(r"<textarea[^>]*>(.*?)</textarea>", html, flags=re.DOTALL)
    return [unescape(box).strip() for box in boxes]


def test_the_card_to_paste_is_plain_html_in_each_language(make_workshop, admin_client):
    workshop = make_workshop(title='<Été> & "données"')

    french, english, frame, _frame = pieces(
        admin_client.get(f"/admin/events/workshop/{workshop.pk}/share/")
    )

    tags = set(re.findall(r"</?(\w+)", french + english))
    assert tags == {"div", "p", "strong", "a", "br"}
    assert re.findall("style|class|script", french + english) == []
    assert "&lt;Été&gt; &amp; &quot;données&quot;" in french
    assert "9 h 30 – 12 h 00 (heure du Québec)" in french.replace("\xa0", " ")
    assert "9:30 a.m. – 12:00 p.m. (Québec time)" in english.replace("\xa0", " ")
    assert f'href="{SITE}/en/workshops/{workshop.slug}/"' in english
    assert f'<iframe src="{SITE}/ateliers/{workshop.slug}/carte/"' in frame


def test_the_frame_is_as_high_as_what_it_shows(make_workshop, admin_client):
    def height(*places, start=datetime(2027, 3, 29, 9, 30)):
        workshop = make_workshop(*places, start=start)
        answer = admin_client.get(f"/admin/events/workshop/{workshop.pk}/share/")
        return int(re.search(r'height="(\d+)"', pieces(answer)[2])[1])

    assert height("Québec", "France") == 500
    assert height("Québec", "France", start=datetime(2027, 3, 15, 9, 30)) == 620
    assert height("Québec", "France", "La Réunion", "Katmandou") == 620


def test_the_page_says_which_sites_may_show_the_frame_and_who_may_change_that(
    workshop, communities, make_organiser, client
):
    host = communities["Québec"]
    rights = ("view_workshop", "change_workshop", "view_community", "change_community")
    client.force_login(make_organiser("orga", *rights, places=["Québec"]))
    path = f"/admin/events/workshop/{workshop.pk}/share/"

    empty = page_text(client.get(path))
    Community.objects.filter(pk=host.pk).update(embedding_sites="https://example.org")
    listed = client.get(path)

    assert "aucun site ne peut montrer le cadre" in empty
    assert "<li>https://example.org</li>" in listed.content.decode()
    changed = re.findall(r"/admin/events/community/(\d+)/change/", listed.content.decode())
    assert changed == [str(host.pk)]


def test_the_list_of_sites_is_kept_as_browsers_compare_them(communities, admin_client):
    host = communities["Québec"]
    path = f"/admin/events/community/{host.pk}/change/"
    facts = FieldsOf(admin_client.get(path).content.decode(), "community_form").fields

    typed = {"embedding_sites": "https://Exemple.org/\r\nhttps://exemple.org"}
    kept = admin_client.post(path, facts | typed)
    refused = admin_client.post(path, facts | {"embedding_sites": "http://exemple.org/page"})

    host.refresh_from_db()
    assert (kept.status_code, host.embedding_sites) == (302, "https://exemple.org")
    assert "Écrivez « http://exemple.org/page » comme une adresse" in page_text(refused).replace(
        "\xa0", " "
    )


def test_the_page_of_a_draft_says_that_its_links_lead_nowhere_yet(make_workshop, admin_client):
    draft = make_workshop(state=Workshop.State.DRAFT)

    text = page_text(admin_client.get(f"/admin/events/workshop/{draft.pk}/share/"))

    assert "Les liens mèneront quelque part une fois l’atelier publié." in text
