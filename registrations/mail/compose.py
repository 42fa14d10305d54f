"""Composes each kind of mail: text, HTML, and the invite inline and attached."""

from email.utils import formatdate

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from events import readings
from praxis.sender import sender_address
from registrations.mail import invites, mime, reminders, snapshots
from registrations.mail.headers import encoded_words, mailbox, on_one_line
from registrations.mail.kinds import Kind
from registrations.mail.mime import ReadyMessage
from registrations.mail.snapshots import changes
from registrations.models import Registration


def compose(mail, *, is_farewell=False):
    """The ReadyMessage of an OutgoingMail, in its person's language, from the rows as they are now.

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
        bodies = [
            mime.part(
                "text/plain",
                render_to_string(f"mail/{mail.kind}.txt", context).encode(),
                charset="utf-8",
            ),
            mime.part(
                "text/html",
                render_to_string(f"mail/{mail.kind}.html", context).encode(),
                charset="utf-8",
            ),
        ]
        message = with_invite(bodies, mail)
        for name, value in header_fields(mail, context["subject"]):
            message[name] = on_one_line(value)
    return ReadyMessage(message.as_bytes().decode("ascii"))


def subject(mail):
    title = {"title": mail.registration.workshop.title}
    waits = mail.registration.is_waiting
    words = {
        Kind.CONFIRMATION: _("You are registered: %(title)s"),
        Kind.ALREADY_REGISTERED: _("Already on the waiting list: %(title)s")
        if waits
        else _("Already registered: %(title)s"),
        Kind.WAITING: _("On the waiting list: %(title)s"),
        Kind.LINKS: _("Your links: %(title)s"),
        Kind.PROMOTION: _("A seat is yours: %(title)s"),
        Kind.CANCELLATION: _("Registration cancelled: %(title)s")
        if mail.registration.confirmed_at
        else _("You left the waiting list: %(title)s"),
        Kind.DAY_REMINDER: _("Soon: %(title)s"),
        Kind.HOUR_REMINDER: _("Starting soon: %(title)s"),
        Kind.UPDATE: _("What changes: %(title)s"),
        Kind.WORKSHOP_CANCELLED: _("Workshop cancelled: %(title)s"),
    }
    return words[mail.kind] % title


def header_fields(mail, subject):
    """The (name, value) of each header but those of MIME, in ASCII; in the active language."""
    registration, workshop = mail.registration, mail.registration.workshop
    yield "Subject", encoded_words(subject)
    yield "From", mailbox(workshop.organisers or "Praxis", sender_address())
    yield "To", mailbox(registration.full_name, registration.email)
    if workshop.contact_email:
        yield "Reply-To", mailbox("", workshop.contact_email)
    yield "Date", formatdate()
    yield "Message-ID", mail.message_id
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"


def facts_of(mail):
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


def with_invite(bodies, mail):
    """`bodies` as a MIME tree, with the invite of `mail` if it has one: inline and attached, the same bytes, since some
    clients read only the one, some only the other.
    """
    method = kinds.invite_method(mail.kind, mail.registration)
    if not method:
        return mime.multipart("alternative", bodies)
    content = invites.message(
        method, mail.registration, sequence=mail.sequence, stamp=mail.created_at
    )
    inline = mime.part("text/calendar", content, method=method, charset="utf-8")
    attached = mime.part("application/ics", content)
    attached.add_header("Content-Disposition", "attachment", filename="invitation.ics")
    return mime.multipart("mixed", [mime.multipart("alternative", [*bodies, inline]), attached])
