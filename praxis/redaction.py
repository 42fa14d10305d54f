"""Keeps live secret links out of every log, whoever writes it."""

import logging
import re

SECRET_LINK = re.compile(r"/(i|j)/[^/\s?'\"]+")
# Whatever the path around it, a token is 32 characters of this alphabet; a slip glues one or two more to it.
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{32,36}(?![A-Za-z0-9_-])")
ADDRESS = re.compile(r"[^\s<>\"'=:,;/]+@[^\s<>\"',;:/]+")


def redact(text):
    """`text` with the token of each manage link (/i/…) and join link (/j/…), and each mail address, replaced by ***."""
    return ADDRESS.sub("***", TOKEN.sub("***", SECRET_LINK.sub(r"/\1/***", text)))


class RedactTokens(logging.Filter):
    """A logging filter that formats the record once and redacts what it says, its traceback included.

    A request that was refused (4xx) is no failure of ours: its line stands without a traceback.
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
