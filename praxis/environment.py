"""Reads the variables of the environment, and says at once all that is wrong with them.

A variable of the environment wins over the same one in the file `.env` beside manage.py.
"""

import re
import zoneinfo
from email.utils import parseaddr
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# What a site that others reach must say, and how. On loopback each has a default, with which such
# a site would look well: its mails would be files, and would count as sent.
PUBLIC = {
    "DATABASE_URL": (
        "Set it to postgres://user:password@host/name, or to sqlite for a file in DATA_DIR."
    ),
    "EMAIL_URL": (
        "Set it to smtp+tls://user:password@host:587, or to files if mails are to be written to "
        "DATA_DIR/mail and sent to nobody."
    ),
    "DEFAULT_FROM_EMAIL": (
        "Set it to an address that receives mail, such as: Praxis <ateliers@example.org>"
    ),
}

SITE_URL = r"https?://([\w.-]+|\[[0-9a-f:]+\])(:\d{1,5})?"
LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
SAMPLE_WORDS = ("change", "secret", "sample", "example", "insecure", "debug-only")
FILES = "praxis.mail_backends.files.EmailBackend"
# In the place of Django's own.
BACKENDS = {
    "django.core.mail.backends.smtp.EmailBackend": "praxis.mail_backends.smtp.EmailBackend",
    "django.core.mail.backends.filebased.EmailBackend": FILES,
}
# RFC 5092, with the password that it leaves out.
INBOX_URL = r"imaps?://[^:/@\s]+:[^/@\s]+@[\w.-]+(:\d{1,5})?(/[^\s]*)?"

wrong = []


def read(name, parse, default):
    """The variable `name`, parsed by `parse`; `default` if it is missing, empty or unreadable.

    What is unreadable is noted in `wrong`.
    """
    value = env.str(name, default="")
    if not value:
        return default
    try:
        return parse(value)
    except (ValueError, KeyError, ImproperlyConfigured) as error:
        wrong.append(f"{name} cannot be read ({error}). README.md shows how it is written.")
        return default


def number(name, *, default, least, most, unit="a number"):
    """The whole number `name`, which must lie between `least` and `most`."""
    value = read(name, int, default=default)
    if not least <= value <= most:
        wrong.append(f"{name} is {value}; write {unit} from {least} to {most}.")
    return value


def split_site_url(url):
    """`url` in its parts (urllib's SplitResult); all are empty if no link could begin with it."""
    site = urlsplit(url if re.fullmatch(SITE_URL, url, re.IGNORECASE) else "")
    if not site.hostname:
        wrong.append(
            f"SITE_URL is {url!r}; it must look like https://ateliers.example.org, without a path."
        )
    return site


def hosts_of(site):
    """The names by which requests may ask for the site: its own, or all of this very machine."""
    host = f"[{site.hostname}]" if ":" in (site.hostname or "") else site.hostname
    return LOOPBACK if host in LOOPBACK else [host]


def is_loopback(host):
    """Whether the name or address `host` leads to this very machine, for whoever asks."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def ask_for_public_settings():
    """Note in `wrong` what a site that others reach must say, and this one does not."""
    for name, remedy in PUBLIC.items():
        if not env.str(name, default="").strip():
            wrong.append(f"{name} is missing; a site that others reach must say it. {remedy}")


def refuse_weak_secret_key(key):
    """Note in `wrong` a SECRET_KEY that can be guessed."""
    if is_weak(key) or any(word in key.lower() for word in SAMPLE_WORDS):
        wrong.append(
            "SECRET_KEY is missing, too short or a sample. Set it to at least 32 random "
            "characters, for example with: export SECRET_KEY=$(python3 -c "
            "'import secrets; print(secrets.token_urlsafe(48))')"
        )


def refuse_weak_attestation_key(key):
    """Note in `wrong` an ATTESTATION_KEY that can be guessed; there need be none."""
    if key and is_weak(key):
        wrong.append(
            "ATTESTATION_KEY is too short or a sample. Set it to at least 32 random characters, as "
            "SECRET_KEY, or unset it: then SECRET_KEY signs attestations."
        )


def is_weak(key):
    return len(key.strip()) < 32 or len(set(key)) < 10


def refuse_odd_proxies(proxies):
    """Note in `wrong` each of `proxies` that is neither an address nor a network."""
    for proxy in proxies:
        try:
            ip_network(proxy, strict=False)
        except ValueError:
            wrong.append(
                f"TRUSTED_PROXIES holds {proxy!r}; "
                "write addresses or networks, such as 127.0.0.1,10.0.0.0/8, "
                "or unix for a proxy at a Unix socket, or none."
            )


def mail_server(*, files):
    """{name: value} of Django's settings for the mail server that EMAIL_URL names.

    Where it names none, or says `files`, mails are written to the folder `files`. What the URL does
    not say is left to Django.
    """
    server = {"EMAIL_BACKEND": FILES, "EMAIL_FILE_PATH": files, "EMAIL_PORT": 25}
    url = env.str("EMAIL_URL", default="")
    said = None if url == "files" else read("EMAIL_URL", env.email_url_config, default=None)
    if not said:
        return server
    said["EMAIL_BACKEND"] = BACKENDS.get(said["EMAIL_BACKEND"], said["EMAIL_BACKEND"])
    is_folder = said["EMAIL_BACKEND"] == FILES
    said["EMAIL_FILE_PATH"] = unquote(urlsplit(url).path) if is_folder else ""
    return server | {name: value for name, value in said.items() if value}


def sender(*, default):
    """DEFAULT_FROM_EMAIL, which must hold an address on one line."""
    said = read("DEFAULT_FROM_EMAIL", str, default=default)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(said)[1]) or not said.isprintable():
        wrong.append(f"DEFAULT_FROM_EMAIL is {said!r}; write it as: Praxis <ateliers@example.org>")
    return said


def inbox():
    """INBOX_URL, or "" without one; what is wrong with it is said without its password."""
    url = env.str("INBOX_URL", default="")
    if url and not re.fullmatch(INBOX_URL, url):
        wrong.append(
            "INBOX_URL is not understood; write it as imaps://user:password@host, with /folder "
            "after it for another folder than INBOX, and %40 for an @ in the user's name or the "
            "password."
        )
    return url


def agenda():
    """OPENAGENDA_KEY and OPENAGENDA_AGENDA, both or none."""
    key = env.str("OPENAGENDA_KEY", default="").strip()
    uid = env.str("OPENAGENDA_AGENDA", default="").strip()
    if bool(key) != bool(uid):
        wrong.append("OPENAGENDA_KEY and OPENAGENDA_AGENDA go together; set both, or none.")
    if uid and not re.fullmatch(r"[0-9]{1,12}", uid):
        wrong.append(
            f"OPENAGENDA_AGENDA is {uid!r}; write the agenda’s UID, a number such as 12345678."
        )
    return key, uid


def zone(name, *, default):
    """The time zone `name` (IANA)."""
    said = env.str(name, default=default)
    if said not in zoneinfo.available_timezones():
        wrong.append(f"{name} is {said!r}; write a name such as Europe/Paris.")
    return said


def plain_http(site):
    """PLAIN_HTTP, which a site on https has no use for."""
    is_plain = env.bool("PLAIN_HTTP", default=False)
    if is_plain and site.scheme == "https":
        wrong.append(
            "PLAIN_HTTP is set, but SITE_URL begins with https://. "
            "Unset PLAIN_HTTP: cookies are Secure."
        )
    return is_plain


def stop_if_wrong():
    """Raise ImproperlyConfigured, with a sentence for each thing that is wrong."""
    sentences = wrong.copy()
    # Django reads settings again that could not be read.
    wrong.clear()
    if len(sentences) == 1:
        raise ImproperlyConfigured(sentences[0])
    if sentences:
        lines = "\n".join(f"- {sentence}" for sentence in sentences)
        raise ImproperlyConfigured(f"{len(sentences)} settings are wrong.\n{lines}")
