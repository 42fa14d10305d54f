"""Mails to the holder of an account: a link to choose a password, a sign-in from a new device."""

import logging
import threading
from functools import partial

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.module_loading import import_string

from praxis.sender import new_message_id

logger = logging.getLogger("praxis.accounts")


def send(user, subject, template, context):
    """Send the text `template` to `user` in a thread, in the site's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(template, {"user": user, "site": settings.SITE_URL, **context})
        in_thread(user, partial(message, user, str(subject), text))


def send_password_link(user):
    """Send `user` the link to choose a password, which they asked for, in a thread."""
    in_thread(user, partial(password_mail, user))


def password_mail(user, *, by=None):
    """The mail with the link to choose a password; `by` is the organiser who sends it, if any.

    The setting ACCOUNT_LINK_MAIL names the function that writes it. The link ends with
    PASSWORD_RESET_TIMEOUT, or once a password is chosen with one like it.
    """
    with translation.override(settings.LANGUAGE_CODE):
        url = settings.SITE_URL + password_path(user)
        return message(user, *import_string(settings.ACCOUNT_LINK_MAIL)(user, url, by=by))


def password_path(user):
    """The path of the page where `user` chooses a password, with its secret."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("admin:choose_password", args=[key, default_token_generator.make_token(user)])


def message(user, subject, text, html=""):
    """A mail to `user` that no program answers."""
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": new_message_id()}
    mail = EmailMultiAlternatives(subject, text, to=[user.email], headers=headers)
    if html:
        mail.attach_alternative(html, "text/html")
    return mail


def in_thread(user, make):
    """Send `user` the mail that `make()` returns, in a thread of its own.

    So a page takes as long for an account without an address, or for none, as for one that gets a
    mail. A mail that cannot leave is logged.
    """
    if user.email:
        threading.Thread(target=deliver, args=[make], name="account mail").start()


def deliver(make):
    try:
        send_now(make())
    except OSError:
        logger.exception("a mail to the holder of an account did not leave")


def send_now(message):
    """Send `message` in a connection of its own, which our backend would leave open."""
    server = get_connection()
    try:
        server.send_messages([message])
    finally:
        server.close()
