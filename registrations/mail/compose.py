"""Composes each kind of mail: text, HTML, and the invite inline and attached."""

from email import charset

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from events import readings
from praxis.sender import sender_address
from registrations.mail import headers, invites, kinds, reminders, snapshots
from registrations.mail.kinds import Kind
from registrations.mail.snapshots import changes
from registrations.models import Registration

# An invite in 8bit or quoted-printable is re-folded by some servers on the way; base64 arrives as it left.
UTF8_BASE64 = charset.Charset("utf-8")
UTF8_BASE64.body_encoding = charset.BASE64


def compose(mail, *, is_farewell=False):
    """The EmailMessage of an OutgoingMail, in its person's language, from the rows as they are now.

    multipart/mixed of (multipart/alternative of text, HTML, text/calendar) and the same calendar attached; without an
    invite multipart/alternative alone. A farewell says that the person is forgotten.
    """
    registration = mail.registration
    workshop = registration.workshop
    with translation.override(registration.language):
        context = {
            **facts_of_kind(mail),
            "is_farewell": is_farewell,
            "registration": registration,
            "workshop": workshop,
            "subject": kinds.subject(mail),
            "contact": workshop.contact,
            "workshop_url": settings.SITE_URL + workshop.get_absolute_url(),
            "manage_url": settings.SITE_URL + registration.manage_path,
            "join_url": settings.SITE_URL + registration.join_path,
        }
        message = EmailMultiAlternatives(
            subject=headers.encoded_words(context["subject"]),
            body=render_to_string(f"mail/{mail.kind}.txt", context),
            from_email=headers.mailbox(workshop.organisers or "Praxis", sender_address()),
            to=[headers.mailbox(registration.full_name, registration.email)],
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


def facts_of_kind(mail):
    """What only some kinds of mail speak of, for their templates."""
    registration, workshop = mail.registration, mail.registration.workshop
    found = {
        "readings": registration.readings,
        "method": kinds.invite_method(mail.kind, registration),
        "door": readings.moment_words(
            registration.clocks, workshop.door_opens_at, beside=workshop.starts_at
        ),
    }
    if registration.is_waiting:
        found["rank"] = registration.rank
    if mail.kind == Kind.UPDATE:
        found["changes"] = changes(mail.before, workshop, registration.clocks)
        found["was_cancelled"] = snapshots.says_cancelled(mail.before)
    if mail.kind in (Kind.CONFIRMATION, Kind.PROMOTION):
        found["is_soon"] = reminders.is_soon(workshop, registration.zone, now=mail.created_at)
    if mail.kind == Kind.LINKS:
        found["others"] = [
            (other, settings.SITE_URL + other.manage_path, settings.SITE_URL + other.join_path)
            for other in Registration.objects.coming_of(registration.email, mail.created_at)
        ]
    return found


def attach_invite(message, mail):
    """Inline and attached, the same bytes: some clients read only the one, some only the other."""
    method = kinds.invite_method(mail.kind, mail.registration)
    if method:
        content = invites.message(
            method, mail.registration, sequence=mail.sequence, stamp=mail.created_at
        )
        message.attach_alternative(content.decode(), f"text/calendar; method={method}")
        message.attach("invitation.ics", content, "application/ics")
