"""The mail backend that writes files: the default, so that a new machine needs no mail server."""

import logging
import re
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

logger = logging.getLogger("praxis.mail")


class EmailBackend(BaseEmailBackend):
    """Writes each message to a file in EMAIL_FILE_PATH (RFC 5322, CRLF).

    The file is named `<UTC time>.<left part of the Message-ID>.eml`. A message that is sent twice
    gives two files, as it gives two copies in a mailbox.
    """

    def send_messages(self, email_messages):
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            mime = message.message()
            name = re.sub(r"[^0-9A-Za-z-]", "", mime["Message-ID"].split("@")[0])
            path = folder / f"{timezone.now():%Y%m%dT%H%M%S%f}.{name}.eml"
            # as_bytes(linesep=…) would do, but Django 6 no longer takes that argument.
            path.write_bytes(re.sub(rb"\r?\n", b"\r\n", mime.as_bytes()))
            logger.info("mail written to %s", path)
        return len(email_messages)
