"""The mail that lets an organiser choose a password: an invitation, or a new link."""

from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from registrations.mail import bands, markdown
from registrations.mail.heads import Head
from registrations.mail.words import PADDING

# What a mail server that is away or refuses raises.
FAILURES = (OSError, SMTPException)


def send_link(user, *, by):
    """Mail `user` the link to choose a password, at once, in French; raise one of FAILURES.

    `by` is the organiser who sends it. The link ends with PASSWORD_RESET_TIMEOUT, or once a
    password is chosen with one like it.
    """
    with translation.override("fr"):
        is_new = not user.has_usable_password()
        text, html, subject = words(user, by, is_new=is_new)
    mail = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [user.email])
    mail.attach_alternative(html, "text/html")
    mail.send()


def words(user, by, *, is_new):
    """The text, the HTML and the subject of the mail, in the active language."""
    sender = by.get_full_name() or by.get_username()
    if is_new:
        heading = _("You are invited to organise with Praxis")
        first = _("%(sender)s has opened an account for you at the organisers’ desk.")
        foot = _("You do not know what this is about? Then leave this mail: nothing happens.")
    else:
        heading = _("A new password for the organisers’ desk")
        first = _("%(sender)s sends you a link to choose a new password.")
        foot = _("You still know your password? Then leave this mail: it stays as it is.")
    said = {
        "name": user.first_name,
        "heading": heading,
        "first": first % {"sender": sender},
        "foot": foot,
        "username": user.get_username(),
        "desk": settings.SITE_URL + reverse("admin:index"),
        "url": settings.SITE_URL + password_path(user),
    }
    source = render_to_string("mail/account.md", markdown.escaped(said))
    body, foot_html = markdown.as_html(source, {})
    page = {
        "head": Head(heading, said["first"], heading),
        "band": bands.LINKS,
        "body": body,
        "foot": foot_html,
        "name": markdown.on_one_line(user.first_name),
        "padding": PADDING,
    }
    return markdown.as_text(source), render_to_string("mail/base.html", page), heading


def password_path(user):
    """The path of the page where `user` chooses a password, with its secret."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("admin:choose_password", args=[key, default_token_generator.make_token(user)])
