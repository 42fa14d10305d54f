"""The settings read from the environment: which values stop the start, and with which sentence."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from tests.helpers.processes import environment, run

pytestmark = pytest.mark.real_time

ROOT = Path(__file__).resolve().parents[2]
KEY = "k9-0123456789-0123456789-0123456789"
# What a site that others reach must say, in the words that say the default where there are any.
PUBLIC = {
    "DATABASE_URL": "sqlite",
    "EMAIL_URL": "files",
    "DEFAULT_FROM_EMAIL": "Praxis <ateliers@example.org>",
}

ASK = """
import json, sys
from praxis import settings
print(json.dumps({name: getattr(settings, name, None) for name in sys.argv[1:]}, default=str))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The settings module in a folder of its own, where no .env and no var/ is found."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "praxis", folder / "praxis")
    return folder


@pytest.fixture
def start(copy):
    """Import the settings in a new process whose environment holds `variables` alone."""

    def act(*names, **variables):
        return run("-c", ASK, *names, cwd=copy, env={"PATH": os.environ["PATH"]} | variables)

    return act


@pytest.fixture
def read(start):
    """The settings `names` under `variables`, a good SECRET_KEY among them."""

    def act(*names, **variables):
        done = start(*names, **({"SECRET_KEY": KEY} | variables))
        assert done.stderr == ""
        return json.loads(done.stdout)

    return act


def last_line(done):
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"SECRET_KEY": ""},
        {"SECRET_KEY": "x" * 31},
        {"SECRET_KEY": "change-me-change-me-change-me-change-me"},
        {"SECRET_KEY": "django-insecure-0123456789-0123456789-0123456789"},
        {"SECRET_KEY": "Secret-0123456789-0123456789-0123456789"},
        {"SECRET_KEY": "debug-only-key-that-no-server-accepts"},
        {"DEBUG": "false"},
    ],
    ids=str,
)
def test_outside_debug_a_missing_short_or_sample_key_stops_the_start_with_a_sentence(
    start, variables
):
    done = start("SECRET_KEY", **variables)

    assert (done.returncode, done.stdout) == (1, "")
    assert last_line(done) == (
        "django.core.exceptions.ImproperlyConfigured: SECRET_KEY is missing, too short or a "
        "sample. Set it to at least 32"
        " random characters, for example with: export SECRET_KEY=$(python3 -c 'import secrets;"
        " print(secrets.token_urlsafe(48))')"
    )


def test_the_key_that_is_refused_is_not_printed(start):
    done = start("SECRET_KEY", SECRET_KEY="secret-of-mine-that-is-long-enough-but-a-sample")

    assert done.stderr.count("secret-of-mine") == 0


def test_in_debug_no_key_is_needed(start):
    done = start("DEBUG", DEBUG="true")

    assert (done.returncode, done.stdout) == (0, '{"DEBUG": true}\n')


def test_debug_is_off_unless_asked_for(read):
    assert read("DEBUG", "SECRET_KEY") == {"DEBUG": False, "SECRET_KEY": KEY}


@pytest.mark.parametrize(
    "url",
    [
        "ateliers.example.org",
        "ftp://ateliers.example.org",
        "https://",
        "https://ateliers.example.org/praxis",
        "//ateliers.example.org",
        "",
    ],
)
def test_a_wrong_site_url_stops_the_start_with_a_sentence(start, url):
    done = start("SITE_URL", SECRET_KEY=KEY, SITE_URL=url, **PUBLIC)

    assert done.returncode == 1
    assert last_line(done) == (
        f"django.core.exceptions.ImproperlyConfigured: SITE_URL is {url.rstrip('/')!r};"
        " it must look like https://ateliers.example.org, without a path."
    )


def test_a_desk_on_no_clock_stops_the_start(start):
    done = start("DESK_ZONE", SECRET_KEY=KEY, DESK_ZONE="Québec")

    assert last_line(done) == (
        "django.core.exceptions.ImproperlyConfigured: DESK_ZONE is 'Québec';"
        " write a name such as Europe/Paris."
    )


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            {"OPENAGENDA_KEY": "a-key"},
            "OPENAGENDA_KEY and OPENAGENDA_AGENDA go together; set both, or none.",
        ),
        (
            {"OPENAGENDA_KEY": "a-key", "OPENAGENDA_AGENDA": "culture/..;"},
            "OPENAGENDA_AGENDA is 'culture/..;'; write the agenda’s UID, a number such as "
            "12345678.",
        ),
    ],
)
def test_half_an_agenda_stops_the_start(start, said, sentence):
    done = start("OPENAGENDA_AGENDA", SECRET_KEY=KEY, **said)

    assert last_line(done) == f"django.core.exceptions.ImproperlyConfigured: {sentence}"


@pytest.mark.parametrize("key", ["short", "a" * 40])
def test_a_key_of_attestations_that_can_be_guessed_stops_the_start(start, key):
    done = start("ATTESTATION_KEY", SECRET_KEY=KEY, ATTESTATION_KEY=key)

    assert "ImproperlyConfigured: ATTESTATION_KEY is too short or a sample." in last_line(done)


def test_a_mailbox_that_is_not_understood_stops_the_start_and_shows_no_password(start):
    done = start("INBOX", SECRET_KEY=KEY, INBOX_URL="imaps://me@example.org:hidden@host")

    assert last_line(done).startswith(
        "django.core.exceptions.ImproperlyConfigured: INBOX_URL is not understood; write it as"
    )
    assert "hidden" not in last_line(done)


@pytest.mark.parametrize("number", ["0", "101", "-5"])
def test_connections_that_no_mail_server_takes_stop_the_start(start, number):
    done = start("WORK_CONNECTIONS", SECRET_KEY=KEY, WORK_CONNECTIONS=number)

    assert last_line(done) == (
        f"django.core.exceptions.ImproperlyConfigured: WORK_CONNECTIONS is {number};"
        " write a number from 1 to 100."
    )


@pytest.mark.parametrize("seconds", ["0", "31", "-5"])
def test_a_timeout_that_would_hold_up_mail_for_too_long_stops_the_start(start, seconds):
    done = start("EMAIL_TIMEOUT", SECRET_KEY=KEY, EMAIL_TIMEOUT=seconds)

    assert last_line(done) == (
        f"django.core.exceptions.ImproperlyConfigured: EMAIL_TIMEOUT is {seconds};"
        " write seconds from 1 to 30."
    )


@pytest.mark.parametrize(
    "url",
    ["https://ateliers.example.org?a=b", "https://ateliers.example.org#a", "https://a.org:port"],
)
def test_a_site_url_that_no_link_could_start_with_stops_the_start(start, url):
    done = start("SITE_URL", SECRET_KEY=KEY, SITE_URL=url, **PUBLIC)

    assert done.returncode == 1
    assert last_line(done).startswith("django.core.exceptions.ImproperlyConfigured: SITE_URL is ")


@pytest.mark.parametrize(
    ("variables", "site_url", "hosts"),
    [
        ({}, "http://127.0.0.1:8000", ["localhost", "127.0.0.1", "[::1]"]),
        ({"PORT": "8123"}, "http://127.0.0.1:8123", ["localhost", "127.0.0.1", "[::1]"]),
        (
            {"SITE_URL": "http://[::1]:8000"},
            "http://[::1]:8000",
            ["localhost", "127.0.0.1", "[::1]"],
        ),
        ({"SITE_URL": "https://a.example.org/"}, "https://a.example.org", ["a.example.org"]),
        (
            {"SITE_URL": "https://a.example.org:8443"},
            "https://a.example.org:8443",
            ["a.example.org"],
        ),
        (
            {"SITE_URL": "https://a.example.org", "ALLOWED_HOSTS": "b.example.org,c.example.org"},
            "https://a.example.org",
            ["b.example.org", "c.example.org"],
        ),
    ],
    ids=str,
)
def test_the_allowed_hosts_are_those_of_site_url_unless_named(read, variables, site_url, hosts):
    names = ("SITE_URL", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS")

    assert read(*names, **PUBLIC | variables) == {
        "SITE_URL": site_url,
        "ALLOWED_HOSTS": hosts,
        "CSRF_TRUSTED_ORIGINS": [site_url],
    }


@pytest.mark.parametrize(
    ("variables", "secure"),
    [
        ({}, True),
        ({"DEBUG": "true"}, False),
        ({"PLAIN_HTTP": "true"}, False),
        ({"PLAIN_HTTP": "false"}, True),
    ],
    ids=str,
)
def test_cookies_are_secure_outside_debug_unless_plain_http_is_asked_for(read, variables, secure):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_COOKIES")

    assert read(*names, **variables) == dict.fromkeys(names, secure)


@pytest.mark.parametrize(
    ("url", "seconds"), [("https://a.example.org", 31_536_000), ("http://a.example.org", 0)]
)
def test_browsers_are_told_to_stay_on_https_where_the_site_is_on_https(read, url, seconds):
    assert read("SECURE_HSTS_SECONDS", SITE_URL=url, **PUBLIC) == {"SECURE_HSTS_SECONDS": seconds}


def test_data_dir_holds_the_database_the_mails_and_the_static_files(read, tmp_path):
    folder = tmp_path / "data" / "deep"

    found = read("DATA_DIR", "DATABASES", "EMAIL_FILE_PATH", "STATIC_ROOT", DATA_DIR=str(folder))

    assert folder.is_dir()
    database = found.pop("DATABASES")["default"]
    assert (database["ENGINE"], database["NAME"]) == (
        "django.db.backends.sqlite3",
        str(folder / "praxis.sqlite3"),
    )
    assert found == {
        "DATA_DIR": str(folder),
        "EMAIL_FILE_PATH": str(folder / "mail"),
        "STATIC_ROOT": str(folder / "static"),
    }


def test_data_dir_is_var_beside_manage_py_unless_named(read, copy):
    assert read("DATA_DIR") == {"DATA_DIR": str(copy / "var")}


def test_database_url_is_honoured(read):
    [database] = read("DATABASES", DATABASE_URL="postgres://me:pass@db.example.org:5433/ateliers")[
        "DATABASES"
    ].values()

    keys = ("ENGINE", "USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert [database[key] for key in keys] == [
        "django.db.backends.postgresql",
        "me",
        "pass",
        "db.example.org",
        5433,
        "ateliers",
    ]


@pytest.mark.parametrize(("query", "after"), [("", 2), ("?prepare_threshold=None", None)])
def test_postgresql_prepares_statements_unless_the_url_says_otherwise(read, query, after):
    found = read("DATABASES", DATABASE_URL=f"postgres://u@127.0.0.1/praxis{query}")

    assert found["DATABASES"]["default"]["OPTIONS"]["prepare_threshold"] == after


def test_postgresql_is_told_to_compile_no_statement_as_machine_code(read):
    found = read("DATABASES", DATABASE_URL="postgres://u@127.0.0.1/praxis")

    assert found["DATABASES"]["default"]["OPTIONS"]["options"] == "-c jit=off"


def test_sqlite_writes_are_durable_and_wait_their_turn(read, tmp_path):
    [database] = read("DATABASES", DATABASE_URL=f"sqlite:///{tmp_path / 'a.sqlite3'}")[
        "DATABASES"
    ].values()

    assert database["NAME"] == str(tmp_path / "a.sqlite3")
    assert database["OPTIONS"] == {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    }


MAIL = (
    "EMAIL_BACKEND",
    "EMAIL_HOST",
    "EMAIL_PORT",
    "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD",
    "EMAIL_USE_TLS",
)
SMTP = "praxis.mail_backends.smtp.EmailBackend"


@pytest.mark.parametrize(
    ("url", "values"),
    [
        ("", ["praxis.mail_backends.files.EmailBackend", None, 25, None, None, None]),
        ("smtp://127.0.0.1:2525", [SMTP, "127.0.0.1", 2525, None, None, None]),
        (
            "smtp+tls://me:p%40ss@mail.example.org:587",
            [SMTP, "mail.example.org", 587, "me", "p@ss", True],
        ),
        ("smtp+ssl://me:p@mail.example.org:465", [SMTP, "mail.example.org", 465, "me", "p", None]),
        ("smtp://mail.example.org", [SMTP, "mail.example.org", 25, None, None, None]),
    ],
)
def test_email_url_is_honoured(read, url, values):
    assert list(read(*MAIL, EMAIL_URL=url).values()) == values


def test_a_mail_server_may_speak_tls_from_the_first_byte(read):
    assert read("EMAIL_USE_SSL", EMAIL_URL="smtp+ssl://me:p@mail.example.org:465") == {
        "EMAIL_USE_SSL": True
    }


def test_mails_become_files_where_email_url_names_a_folder(read, tmp_path):
    assert read("EMAIL_BACKEND", "EMAIL_FILE_PATH", EMAIL_URL=f"filemail://{tmp_path}") == {
        "EMAIL_BACKEND": "praxis.mail_backends.files.EmailBackend",
        "EMAIL_FILE_PATH": str(tmp_path),
    }


def test_default_from_email_is_honoured(read):
    sender = "Ateliers <bonjour@ateliers.example.org>"

    assert read("DEFAULT_FROM_EMAIL", DEFAULT_FROM_EMAIL=sender) == {"DEFAULT_FROM_EMAIL": sender}


def test_dot_env_is_read_and_never_overrides_the_environment(copy, tmp_path, start):
    (copy / ".env").write_text(f"SECRET_KEY=env-{KEY}\nSITE_URL=https://file.example.org\n")
    try:
        done = start("SECRET_KEY", "SITE_URL", SITE_URL="https://shell.example.org", **PUBLIC)
    finally:
        (copy / ".env").unlink()

    assert json.loads(done.stdout) == {
        "SECRET_KEY": f"env-{KEY}",
        "SITE_URL": "https://shell.example.org",
    }


MISSING = " is missing; a site that others reach must say it. "
REMEDIES = {
    "DATABASE_URL": MISSING
    + "Set it to postgres://user:password@host/name, or to sqlite for a file in DATA_DIR.",
    "EMAIL_URL": MISSING + "Set it to smtp+tls://user:password@host:587, or to files if mails are "
    "to be written to DATA_DIR/mail and sent to nobody.",
    "DEFAULT_FROM_EMAIL": MISSING
    + "Set it to an address that receives mail, such as: Praxis <ateliers@example.org>",
}


@pytest.mark.parametrize("is_said", ["missing", "empty"])
@pytest.mark.parametrize("name", REMEDIES)
def test_a_site_that_others_reach_does_not_start_without_what_it_must_say(start, name, is_said):
    said = {"SECRET_KEY": KEY, "SITE_URL": "http://ateliers.example.org", **PUBLIC}
    del said[name]
    if is_said == "empty":
        said[name] = ""

    done = start("SITE_URL", **said)

    assert (done.returncode, done.stdout) == (1, "")
    wrong = "django.core.exceptions.ImproperlyConfigured: " + name + REMEDIES[name]
    assert last_line(done) == wrong


def test_all_that_is_wrong_is_said_at_once(start):
    done = start("SITE_URL", SITE_URL="https://a.example.org", PLAIN_HTTP="true", PORT="none")

    lines = done.stderr.strip().splitlines()
    first = "django.core.exceptions.ImproperlyConfigured: 6 settings are wrong."
    names = [line.split()[1] for line in lines[lines.index(first) + 1 :]]
    assert names == ["PORT", *REMEDIES, "SECRET_KEY", "PLAIN_HTTP"]


@pytest.mark.parametrize(
    "site_url", ["http://[::1]:8000", "http://127.1.2.3", "http://a.localhost"]
)
def test_a_site_on_this_machine_alone_need_say_nothing(read, site_url):
    assert read("SITE_URL", SITE_URL=site_url) == {"SITE_URL": site_url}


@pytest.mark.parametrize("key", ["", "debug-only-key-that-no-server-accepts"])
def test_debug_gives_no_key_to_a_site_that_others_reach(start, key):
    said = {"SITE_URL": "https://a.example.org", "DEBUG": "true", **PUBLIC}

    done = start("SECRET_KEY", **said, **({"SECRET_KEY": key} if key else {}))

    assert done.returncode == 1
    assert "ImproperlyConfigured: SECRET_KEY is missing, too short or a sample." in done.stderr


def test_the_defaults_can_be_said(read, copy):
    names = ("DATABASES", "EMAIL_BACKEND", "EMAIL_FILE_PATH", "TRUSTED_PROXIES")
    said = {"DATABASE_URL": "sqlite", "EMAIL_URL": "files", "TRUSTED_PROXIES": "none"}

    assert read(*names, **said) == read(*names)


def test_an_empty_variable_is_as_a_missing_one(read):
    names = ("DATABASES", "EMAIL_TIMEOUT", "DEFAULT_FROM_EMAIL", "PORT")

    assert read(*names, **dict.fromkeys(["DATABASE_URL", *names[1:]], "")) == read(*names)


@pytest.mark.parametrize("url", ["mysql://me@db/ateliers", "sqlite://", "db.example.org"])
def test_a_database_that_would_not_keep_our_rows_stops_the_start(start, url):
    done = start("DATABASES", SECRET_KEY=KEY, DATABASE_URL=url)

    assert last_line(done) == (
        "django.core.exceptions.ImproperlyConfigured: DATABASE_URL cannot be read (neither "
        "PostgreSQL nor a file of SQLite). README.md shows how it is written."
    )


def check_deploy(folder, **variables):
    """`manage.py check --deploy` as it is run on a server, in a process of its own."""
    said = environment(DATA_DIR=str(folder)) | variables
    return run("manage.py", "check", "--deploy", "--fail-level", "WARNING", env=said)


@pytest.mark.parametrize(
    ("variables", "ids"),
    [
        ({}, []),
        ({"TRUSTED_PROXIES": "10.0.0.0/8"}, []),
        ({"TRUSTED_PROXIES": ""}, ["praxis.W001"]),
        ({"SITE_URL": "https://127.0.0.1"}, ["praxis.W002"]),
        ({"DEBUG": "true"}, ["security.W012", "security.W016", "security.W018"]),
    ],
    ids=str,
)
def test_the_deployment_check_names_what_a_site_does_not_do_its_work_with(tmp_path, variables, ids):
    done = check_deploy(tmp_path, **variables)

    assert re.findall(r"\((\w+\.W\d+)\)", done.stderr) == ids
    assert done.returncode == bool(ids)


@pytest.mark.parametrize(
    "path", ["/", "/ateliers/atelier-1/", "/ateliers/atelier-1/calendrier.ics"]
)
def test_absolute_links_come_from_site_url_even_where_the_host_differs(
    make_workshop, client, settings, path
):
    settings.ALLOWED_HOSTS = ["*"]
    make_workshop()

    response = client.get(path, headers={"host": "evil.example.net"})

    body = response.content.replace(b"\r\n ", b"").decode()
    assert response.status_code == 200
    assert re.findall(r"evil\.example\.net", body) == []
    if path.endswith(".ics"):
        assert {link.split("/")[2] for link in re.findall(r"https?://[^\s\\]+", body)} == {
            "ateliers.example.org"
        }


@pytest.mark.django_db
def test_a_host_that_is_not_allowed_is_refused(client):
    assert client.get("/", headers={"host": "evil.example.net"}).status_code == 400


def test_a_proxy_that_is_neither_an_address_nor_unix_stops_the_start(start):
    done = start("TRUSTED_PROXIES", SECRET_KEY=KEY, TRUSTED_PROXIES="unix,nginx")

    assert last_line(done) == (
        "django.core.exceptions.ImproperlyConfigured: TRUSTED_PROXIES holds 'nginx'; write "
        "addresses or networks, such as 127.0.0.1,10.0.0.0/8, or unix for a proxy at a Unix "
        "socket, or none."
    )


ALLOWED = """
import runpy
from gunicorn.config import Config
settings = runpy.run_path("gunicorn.conf.py")
config = Config()
config.set("forwarded_allow_ips", settings["forwarded_allow_ips"])
print(*config.forwarded_allow_ips)
"""


@pytest.mark.parametrize(
    ("proxies", "allowed"),
    [
        ("", ""),
        ("unix", ""),
        ("unix,10.0.0.5/8,2001:db8::1", "10.0.0.0/8 2001:db8::1/128"),
        ("127.0.0.1", "127.0.0.1/32"),
    ],
)
def test_gunicorn_believes_the_same_proxies(proxies, allowed, tmp_path):
    """gunicorn believes each peer at a Unix socket, and takes no network with host bits set."""
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": KEY, "DATA_DIR": str(tmp_path)}

    done = run("-c", ALLOWED, env=environment | {"TRUSTED_PROXIES": proxies})

    assert (done.stdout, done.stderr) == (allowed + "\n", "")
