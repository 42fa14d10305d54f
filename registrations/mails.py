"""Composes each kind of mail: text, HTML, and the invite inline and attached."""

from email import charset
from email.header import Header
from email.headerregistry import Address

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from events.models import Workshop
from praxis.sender import sender_address
from registrations import invites
from registrations.models import OutgoingMail

Kind = OutgoingMail.Kind

# An invite in 8bit or quoted-printable is re-folded by some servers on the way; base64 arrives as it left.
UTF8_BASE64 = charset.Charset("utf-8")
UTF8_BASE64.body_encoding = charset.BASE64


def subject(mail):
    title = {"title": mail.registration.workshop.title}
    if mail.kind == Kind.CONFIRMATION:
        return _("You are registered: %(title)s") % title
    if mail.kind == Kind.ALREADY_REGISTERED:
        return _("You were already registered: %(title)s") % title
    return _("Registration cancelled: %(title)s") % title


def is_overtaken(mail):
    """Would this mail promise a seat that is no longer there?"""
    registration = mail.registration
    stands = registration.is_confirmed and registration.workshop.state == Workshop.State.PUBLISHED
    return mail.kind != Kind.CANCELLATION and not stands


def encoded_words(text):
    """`text` as RFC 2047 encoded words, the first short enough to stand on the line of its header's name.

    Left to Django, a long subject begins with an empty line, which some clients show as a space.
    """
    return text if text.isascii() and "=?" not in text else Header(text, "utf-8", maxlinelen=64).encode(linesep="")


def mailbox(name, address):
    """`name` and `address` as an RFC 5322 mailbox in ASCII; whatever the name holds, a reader gets it back as it was.

    Django's own encoding leaves words of 76 characters, folds double spaces and lets a name pose as an encoded word.
    """
    if name.isascii() and "=?" not in name and "  " not in name:
        return str(Address(name, addr_spec=address))
    return f"{Header(name, 'utf-8', maxlinelen=70).encode(linesep='')} <{address}>"


def compose(mail):
    """The EmailMessage of an OutgoingMail, in its person's language, from the rows as they are now.

    multipart/mixed of (multipart/alternative of text, HTML, text/calendar) and the same calendar attached.
    """
    registration = mail.registration
    workshop = registration.workshop
    with translation.override(registration.language):
        context = {
            "registration": registration,
            "workshop": workshop,
            "subject": subject(mail),
            "contact": workshop.contact,
            "workshop_url": settings.SITE_URL + workshop.get_absolute_url(),
            "manage_url": settings.SITE_URL + registration.manage_path,
            "join_url": settings.SITE_URL + registration.join_path,
        }
        message = EmailMultiAlternatives(
            subject=encoded_words(context["subject"]),
            body=render_to_string(f"mail/{mail.kind}.txt", context),
            from_email=mailbox(workshop.organisers or "Praxis", sender_address()),
            to=[mailbox(registration.full_name, registration.email)],
            reply_to=[workshop.contact_email] if workshop.contact_email else None,
            headers={
                "Message-ID": mail.message_id,
                "Auto-Submitted": "auto-generated",
                "X-Auto-Response-Suppress": "All",
            },
        )
        message.encoding = UTF8_BASE64
        message.attach_alternative(render_to_string(f"mail/{mail.kind}.html", context), "text/html")
        attach_invite(message, mail)
    return message


def attach_invite(message, mail):
    """Inline and attached, the same bytes: some clients read only the one, some only the other."""
    method = "CANCEL" if mail.kind == Kind.CANCELLATION else "REQUEST"
    make = invites.cancel if method == "CANCEL" else invites.request
    content = make(mail.registration, sequence=mail.sequence, stamp=mail.created_at)
    message.attach_alternative(content.decode(), f"text/calendar; method={method}")
    message.attach("invitation.ics", content, "application/ics")
