"""A card in a frame, on a site of its hosts' list and on another one; handing a page on."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from events.models import Community

SITE = "https://ateliers.example.org"

pytestmark = [pytest.mark.django_db(transaction=True)]


@contextmanager
def site_with(html):
    """Another web site, whose only page is `html`; its origin."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *facts):
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_card_is_shown_on_a_listed_site_and_on_no_other(workshop, chromium, live_server):
    address = f"{live_server.url}/ateliers/{workshop.slug}/carte/"
    frame = f'<!doctype html><iframe src="{address}" width="280" height="480"></iframe>'
    context = chromium.new_context()
    context.route(f"{SITE}/**", lambda route: route.fulfill(body="the workshop"))
    with site_with(frame) as listed, site_with(frame) as foreign:
        Community.objects.update(embedding_sites=f"https://example.org\n{listed}")

        shown, said = {}, {listed: [], foreign: []}
        for origin, words in said.items():
            page = context.new_page()
            page.on("console", lambda message, words=words: words.append(message.text))
            page.goto(origin, wait_until="networkidle")
            shown[origin] = page.frames[1].locator("h1").all_inner_texts()
            if origin == listed:
                card = page.frames[1]
                width = card.evaluate("document.documentElement.scrollWidth")
                cookies = context.cookies()
                card.get_by_role("link", name="Inscrivez-vous ici").click()
                page.wait_for_url(f"{SITE}/ateliers/{workshop.slug}/")

        assert shown == {listed: ["Données culturelles"], foreign: []}
        assert said[listed] == []
        assert ["frame-ancestors" in words for words in said[foreign]] == [True]
        assert (width, cookies) == (280, [])
    context.close()


def test_a_page_is_copied_or_given_to_the_phones_own_sheet(workshop, open_page, live_server):
    page = open_page(workshop.get_absolute_url(), own=True)
    context = page.context
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_init_script(
        "navigator.share = what => { window.shared = what; return Promise.resolve(); }"
    )
    page.reload()

    page.locator(".share").scroll_into_view_if_needed()
    page.get_by_role("button", name="Copier le lien").click()
    said = page.get_by_role("status").filter(has_text="copié").inner_text()
    copied = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Partager…").click()
    shared = page.evaluate("window.shared")
    plain = open_page(workshop.get_absolute_url(), javascript=False)

    address = plain.get_by_label("Adresse de cette page").input_value()
    assert said == "Lien copié."
    assert copied == shared["url"] == address
    assert shared["title"] == "Données culturelles"
    assert plain.get_by_role("button").count() == 0
    assert plain.get_by_role("link", name="Envoyer par courriel").count() == 1
    assert page.complaints == []
