"""Mails to the holder of an account: a link to choose a password, a sign-in from a new device."""

import logging
import threading

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils import translation

logger = logging.getLogger("praxis.accounts")


def send(user, subject, template, context):
    """Send the text `template` to `user` in a thread of its own, in the site's first language.

    So a page takes as long for an account without an address, or for none, as for one that gets a
    mail. A mail that cannot leave is logged.
    """
    if not user.email:
        return
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(template, {"user": user, "site": settings.SITE_URL, **context})
    message = EmailMessage(
        str(subject), text, to=[user.email], headers={"Auto-Submitted": "auto-generated"}
    )
    threading.Thread(target=deliver, args=[message], name="account mail").start()


def deliver(message):
    server = get_connection()
    try:
        server.send_messages([message])
    except OSError:
        logger.exception("a mail to the holder of an account did not leave")
    finally:
        server.close()
