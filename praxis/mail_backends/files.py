"""Mail as files: what EMAIL_URL defaults to, so that a new machine needs no mail server."""

import logging
import re
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

logger = logging.getLogger("praxis.mail")


class EmailBackend(BaseEmailBackend):
    """Writes each message to EMAIL_FILE_PATH as `<UTC time>.<Message-ID's left part>.eml` (RFC 5322, CRLF).

    The same message sent twice keeps its Message-ID; both files stay, as both copies would in a mailbox.
    """

    def send_messages(self, email_messages):
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            mime = message.message()
            name = re.sub(r"[^0-9A-Za-z-]", "", mime["Message-ID"].split("@")[0])
            path = folder / f"{timezone.now():%Y%m%dT%H%M%S%f}.{name}.eml"
            # Not as_bytes(linesep=…), which Django 6 no longer takes.
            path.write_bytes(re.sub(rb"\r?\n", b"\r\n", mime.as_bytes()))
            logger.info("mail written to %s", path)
        return len(email_messages)
