"""Reads the variables of the environment, and says at once all that is wrong with them.

A variable of the environment wins over the same one in the file `.env` beside manage.py.
"""

from ipaddress import ip_address
from pathlib import Path

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
