"""Keeps live secret links out of every log, whoever writes it."""

import logging
import re

SECRET_LINK = re.compile(r"/(i|j)/[^/\s?'\"]+")


def redact(text):
    """`text` with the token of each manage link (/i/…) and join link (/j/…) replaced by ***."""
    return SECRET_LINK.sub(r"/\1/***", text)


class RedactTokens(logging.Filter):
    """A logging filter that formats the record once and redacts what it says, its traceback included."""

    def filter(self, record):
        record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True
