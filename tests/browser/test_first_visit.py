"""What the first visit of a workshop's page costs, on a real server, as the browser counts it."""

import pytest

from tests.helpers.site import gunicorn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_time]
MOST_REQUESTS = 6
MOST_BYTES = 20_000  # without fonts
MOST_BYTES_WITH_FONTS = 45_000


def transfers(context, url):
    """{address: (what it is, bytes with its headers)} of all that `url` makes a browser fetch."""
    page = context.new_page()
    chromium = context.new_cdp_session(page)
    chromium.send("Network.enable")
    kinds, addresses, sizes = {}, {}, {}

    def on_response(event):
        kinds[event["requestId"]] = event["type"]
        addresses[event["requestId"]] = event["response"]["url"]

    chromium.on("Network.responseReceived", on_response)
    chromium.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    page.goto(url, wait_until="networkidle")
    # What the style sheet holds itself (data:) is no request.
    fetched = {key: size for key, size in sizes.items() if addresses[key].startswith("http")}
    return {addresses[key]: (kinds[key], size) for key, size in fetched.items()}


def test_the_first_visit_is_small_whatever_the_language(praxis, chromium, tmp_path):
    _past, coming = praxis
    french = coming.get_absolute_url()

    found = {}
    with gunicorn(tmp_path, "--threads", "4", DEBUG="false") as port:
        for path in (french, french.replace("/ateliers/", "/en/workshops/")):
            context = chromium.new_context(timezone_id="Europe/London", locale="fr-FR")
            found[path] = transfers(context, f"http://127.0.0.1:{port}{path}")
            context.close()

    assert len(found) == 2
    for fetched in found.values():
        sizes = [size for kind, size in fetched.values() if kind != "Font"]
        everything = [size for _kind, size in fetched.values()]
        assert len(everything) <= MOST_REQUESTS
        assert sum(sizes) <= MOST_BYTES
        assert sum(everything) <= MOST_BYTES_WITH_FONTS
        assert len(everything) - len(sizes) == 1
