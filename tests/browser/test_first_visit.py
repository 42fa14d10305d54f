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


@pytest.fixture
def context(chromium):
    context = chromium.new_context(timezone_id="Europe/London", locale="fr-FR")
    yield context
    context.close()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_first_visit_is_small_whatever_the_language(prefix, praxis, context, tmp_path):
    _past, coming = praxis
    path = coming.get_absolute_url()
    path = path if not prefix else path.replace("/ateliers/", "/en/workshops/")

    with gunicorn(tmp_path, "--threads", "4", DEBUG="false") as port:
        found = transfers(context, f"http://127.0.0.1:{port}{path}")

    sizes = [size for kind, size in found.values() if kind != "Font"]
    everything = [size for _kind, size in found.values()]
    assert len(everything) <= MOST_REQUESTS
    assert sum(sizes) <= MOST_BYTES
    assert sum(everything) <= MOST_BYTES_WITH_FONTS
    assert len(everything) - len(sizes) == 1
