"""make setup and make check as a server uses them: without what the tests need."""

import os
import re
import shutil
import subprocess
import venv
from importlib.metadata import distribution
from pathlib import Path

import pytest

pytestmark = pytest.mark.real_time

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ("requirements.txt", "requirements-pdf.txt", "requirements-dev.txt")
SAID = {
    "SECRET_KEY": "k9-0123456789-0123456789-0123456789",
    "SITE_URL": "https://ateliers.example.org",
    "DATABASE_URL": "postgres://me@db.example.org/ateliers",
    "EMAIL_URL": "smtp+tls://me:pass@mail.example.org:587",
    "DEFAULT_FROM_EMAIL": "Praxis <ateliers@example.org>",
    "TRUSTED_PROXIES": "127.0.0.1",
}


def make(folder, *arguments, **variables):
    """make in `folder`, with the programs of its `bin` alone on its path."""
    return subprocess.run(
        ["/usr/bin/make", *arguments],
        cwd=folder,
        env={"PATH": str(folder / "bin")} | variables,
        capture_output=True,
        text=True,
        timeout=60,
    )


def write_settings(folder, facts):
    lines = [f"{name}={value}\n" for name, value in facts.items()]
    (folder / ".env").write_text("".join(lines))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A copy of the house whose environment holds the packages of requirements.txt alone."""
    folder = tmp_path_factory.mktemp("server")
    for name in ("praxis", "events", "registrations", "tests"):
        ignored = shutil.ignore_patterns("node_modules")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("manage.py", "Makefile", *REQUIREMENTS):
        shutil.copy(ROOT / name, folder)
    for name in ("locale", "static", "templates"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "bin").mkdir()
    for program in ("bash", "dirname"):
        (folder / "bin" / program).symlink_to(shutil.which(program))
    venv.create(folder / ".venv", with_pip=False)
    [packages] = (folder / ".venv").glob("lib/python*/site-packages")
    pins = re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", (ROOT / "requirements.txt").read_text(), re.M)
    for name in pins:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
            (packages / top).symlink_to(found.locate_file(top))
    (folder / ".venv" / ".installed-server").touch()
    return folder


def test_a_server_checks_its_own_settings_without_the_tools_of_the_tests(server):
    write_settings(server, SAID)

    done = make(server, "check", "SERVER=1")

    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "ok    the settings of this server\n",
        "",
    )
    missing = [name for name in ("pytest", "ruff", "playwright") if not has(server, name)]
    assert missing == ["pytest", "ruff", "playwright"]


def has(server, name):
    line = [server / ".venv" / "bin" / "python", "-c", f"import {name}"]
    return subprocess.run(line, capture_output=True).returncode == 0


POSTER = """
import io
import django
django.setup()
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
call_command("load_praxis", verbosity=0, stdout=io.StringIO())
path = "/ateliers/donnees-culturelles-2023/affiche"
page, pdf = Client().get(path + "/"), Client().get(path + ".pdf")
html = page.content.decode()
print(page.status_code, "Imprimer" in html, "PDF" in html, pdf.status_code)
"""


def test_a_server_without_weasyprint_offers_to_print_the_poster(server, tmp_path):
    facts = {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATA_DIR": str(tmp_path)}

    done = subprocess.run(
        [server / ".venv" / "bin" / "python", "-c", POSTER],
        cwd=server,
        env=facts,
        capture_output=True,
        text=True,
    )

    assert (done.stdout, has(server, "weasyprint")) == ("200 True False 404\n", False)


def test_a_server_hears_all_that_is_wrong_with_its_settings(server):
    write_settings(server, {"SITE_URL": SAID["SITE_URL"], "DATABASE_URL": "sqlite"})

    done = make(server, "check", "SERVER=1")

    assert re.findall(r"^- (\w+) is missing", done.stdout, re.MULTILINE) == [
        "EMAIL_URL",
        "DEFAULT_FROM_EMAIL",
        "SECRET_KEY",
    ]
    assert done.returncode == 2


def test_a_server_that_forgot_its_address_or_its_proxy_is_told_so(server):
    write_settings(server, SAID | {"SITE_URL": "https://localhost", "TRUSTED_PROXIES": ""})

    done = make(server, "check", "SERVER=1")

    assert re.findall(r"\((praxis\.W\d+)\)", done.stdout) == ["praxis.W001", "praxis.W002"]
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("arguments", "installed"), [(["SERVER=1"], "requirements.txt"), ([], "requirements-dev.txt")]
)
def test_setup_installs_on_a_server_what_it_runs_on_alone(tmp_path, arguments, installed):
    for name in ("Makefile", *REQUIREMENTS):
        shutil.copy(ROOT / name, tmp_path)

    done = make(tmp_path, "-n", "setup", *arguments, PATH=os.environ["PATH"])

    assert re.findall(r"-r (\S+)", done.stdout) == [installed]


def test_setup_keeps_the_environment_that_a_server_runs_in(tmp_path):
    for name in ("Makefile", *REQUIREMENTS):
        shutil.copy(ROOT / name, tmp_path)

    done = make(tmp_path, "-n", "setup", "SERVER=1", PATH=os.environ["PATH"])

    assert (done.returncode, "--clear" in done.stdout) == (0, False)
