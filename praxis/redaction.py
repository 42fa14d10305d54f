"""Keeps secret links and mail addresses out of every log."""

import logging
import re

SECRET_LINK = re.compile(r"/(i|j)/[^/\s?'\"]+")
# A token is 32 characters of this alphabet, on whatever path. Somebody who copies a link badly may
# add one or two characters to it.
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])")
ADDRESS = re.compile(r"[^\s<>\"'=:,;/]+@[^\s<>\"',;:/]+")


def redact(text):
    """`text` with *** for the token of each manage link (/i/…) and join link (/j/…).

    Mail addresses are replaced by *** as well.
    """
    text = SECRET_LINK.sub(r"/\1/***", text)
    text = TOKEN.sub("***", text)
    return ADDRESS.sub("***", text)


class RedactTokens(logging.Filter):
    """A logging filter that redacts the record's message and its traceback.

    The message is formatted here, once, so that no argument escapes.
    A refused request (4xx) is no failure of ours: its line is logged without a traceback.
    """

    def filter(self, record):
        if 400 <= getattr(record, "status_code", 0) < 500:
            record.exc_info = record.exc_text = None
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True
