"""Makes the README's pictures from the running application: a workshop's page, its mail, the desk.

Run by `make pictures`. It serves a site of its own on a fresh database, registers somebody in a
browser, sends the mail that follows, and photographs both; then the desk of another such site, with
the invented workshops of load_demo.
"""

import email
import email.policy
import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

from tests.helpers.browser import fill, launched
from tests.helpers.network import free_port, wait_for

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
ORGANISER = {
    "USERNAME": "organisation",
    "PASSWORD": secrets.token_urlsafe(16),
    "EMAIL": "o@example.org",
}
SLOWER_THAN_A_ROBOT = 3_000  # milliseconds


def main():
    PICTURES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        site(Path(folder)) as (address, manage),
        browser() as chromium,
    ):
        photograph_page(chromium, address)
        manage("work", "--once")
        (path,) = Path(folder).rglob("*.eml")
        photograph_mail(chromium, path)
    with (
        tempfile.TemporaryDirectory() as folder,
        site(Path(folder)) as (address, manage),
        browser() as chromium,
    ):
        manage("load_demo")
        manage("createsuperuser", "--no-input")
        photograph_desk(chromium, address)


@contextmanager
def site(folder):
    """A running site with the workshop that comes; its address, and a function for manage.py."""
    address = f"http://127.0.0.1:{free_port()}"
    known = os.environ | {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DEBUG": "false",
        "PLAIN_HTTP": "true",
        "SITE_URL": address,
        "DATABASE_URL": "sqlite",
        "EMAIL_URL": "files",
        "DEFAULT_FROM_EMAIL": "ateliers@example.org",
        "DATA_DIR": str(folder),
        "PORT": address.rpartition(":")[2],
        **{f"DJANGO_SUPERUSER_{name}": value for name, value in ORGANISER.items()},
    }

    def manage(*words):
        line = [sys.executable, "manage.py", *words]
        subprocess.run(line, cwd=ROOT, env=known, check=True, stdout=subprocess.DEVNULL)

    manage("migrate", "--verbosity", "0")
    manage("load_praxis", "--upcoming")
    manage("collectstatic", "--no-input", "--verbosity", "0")
    line = [sys.executable, "-m", "gunicorn", "praxis.wsgi", "--log-level", "warning"]
    server = subprocess.Popen(line, cwd=ROOT, env=known)
    try:
        wait_for(lambda: answers(address))
        yield address, manage
    finally:
        server.terminate()
        server.wait()


def answers(address):
    try:
        return urlopen(f"{address}/healthz", timeout=5).status == 200  # noqa: S310
    except OSError:
        return False


@contextmanager
def browser():
    with sync_playwright() as playwright:
        chromium = launched(playwright)
        yield chromium
        chromium.close()


def photograph_page(chromium, address):
    """Open the first workshop of the list, take its picture, and register."""
    page = chromium.new_page(
        viewport={"width": 1280, "height": 720}, locale="fr-CA", timezone_id="Europe/London"
    )
    page.goto(address)
    page.locator("article a").first.click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "workshop.png")
    page.locator("main .btn-primary").first.click()
    fill(page)
    page.wait_for_timeout(SLOWER_THAN_A_ROBOT)
    page.locator("main form [type=submit]").click()
    page.wait_for_selector(".address")


def photograph_mail(chromium, path):
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    page = chromium.new_page(viewport={"width": 640, "height": 720})
    page.set_content(message.get_body(["html"]).get_content())
    page.screenshot(path=PICTURES / "mail.png")


def photograph_desk(chromium, address):
    """Sign in, and take the picture of the desk's first page."""
    page = chromium.new_page(viewport={"width": 1280, "height": 720}, locale="fr-CA")
    page.goto(f"{address}/admin/")
    page.fill("[name=username]", ORGANISER["USERNAME"])
    page.fill("[name=password]", ORGANISER["PASSWORD"])
    page.locator("form [type=submit]").click()
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / "desk.png")


if __name__ == "__main__":
    main()
