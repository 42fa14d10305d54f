"""Keeps secret links and mail addresses out of every log."""

import logging
import re

SECRET_LINK = re.compile(r"/(i|j|n|password/[^/\s?'\"]+)/[^/\s?'\"]+")
# The code of an attestation holds a name, and whoever copies it may leave spaces in it.
ATTESTATION = re.compile(r"/(attestation|certificate)/[^/?'\"\r\n]+")
# What a link to choose a password ends in: a moment and a keyed hash (PasswordResetTokenGenerator).
PASSWORD_TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[a-z0-9]{1,13}-[0-9a-f]{32}(?![A-Za-z0-9_-])")
# A token is 32 characters of this alphabet, on whatever path. Somebody who copies a link badly may
# add one or two characters to it.
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])")
# Such a code on whatever path: none is as short as its signature.
CODE = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{86,}")
# It is looked for where a word begins alone: a long word without @ would cost its length squared.
ADDRESS = re.compile(r"(?<![^\s<>\"'=:,;/])[^\s<>\"'=:,;/]+@[^\s<>\"',;:/]+")
# What a record may hold: anybody can ask for an address of any length, and each is logged.
LONGEST_LINE = 1000  # characters
MOST_LINES = 200  # of a traceback


def redact(text):
    """`text` with *** for the token of each manage link (/i/…) and join link (/j/…).

    Links to a subscription (/n/…) or to choose a password, codes of attestations and mail addresses
    are replaced as well.
    """
    text = SECRET_LINK.sub(r"/\1/***", text)
    text = ATTESTATION.sub(r"/\1/***", text)
    text = PASSWORD_TOKEN.sub("***", text)
    text = TOKEN.sub("***", text)
    text = CODE.sub("***", text)
    return ADDRESS.sub("***", text)


def shortened(line):
    """`line`, cut to LONGEST_LINE characters with … for the rest.

    The word that the cut goes through is left out whole: a piece of a token could not be known
    as one.
    """
    if len(line) <= LONGEST_LINE:
        return line
    head = line[:LONGEST_LINE]
    return re.match(r"(?s)(?:.*[\s/])?", head)[0] + "…"


def shortened_lines(text):
    """`text` with each line shortened, and with … for the middle if there are over MOST_LINES."""
    lines = [shortened(line) for line in text.split("\n")]
    if len(lines) > MOST_LINES:
        half = MOST_LINES // 2
        lines[half : 1 - half] = ["…"]
    return "\n".join(lines)


class RedactTokens(logging.Filter):
    """A logging filter that redacts and shortens the record's message and its traceback.

    The message is formatted here, once, so that no argument escapes.
    A refused request (4xx) is no failure of ours: its line is logged without a traceback.
    """

    def filter(self, record):
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        record.msg, record.args = redact(shortened(record.getMessage())), ()
        if record.exc_info:
            traceback = logging.Formatter().formatException(record.exc_info)
            record.exc_text = redact(shortened_lines(traceback))
        if record.stack_info:
            record.stack_info = redact(shortened_lines(record.stack_info))
        return True
