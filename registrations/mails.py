"""Composes each kind of mail: text, HTML, and the invite inline and attached."""

from email import charset, message_from_string
from email.header import Header
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from events import clocks
from events.models import Workshop
from praxis.sender import sender_address
from registrations import invites, reminders
from registrations.changes import changes
from registrations.models import OutgoingMail, Registration

Kind = OutgoingMail.Kind
State = Registration.State

# An invite in 8bit or quoted-printable is re-folded by some servers on the way; base64 arrives as it left.
UTF8_BASE64 = charset.Charset("utf-8")
UTF8_BASE64.body_encoding = charset.BASE64


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


# What a registration must be for a mail to be true; cancelled ones included where nothing is said.
NEEDS = {
    Kind.CONFIRMATION: {State.CONFIRMED},
    Kind.PROMOTION: {State.CONFIRMED},
    Kind.DAY_REMINDER: {State.CONFIRMED},
    Kind.HOUR_REMINDER: {State.CONFIRMED},
    Kind.WAITING: {State.WAITING},
    Kind.ALREADY_REGISTERED: {State.CONFIRMED, State.WAITING},
    Kind.UPDATE: {State.CONFIRMED, State.WAITING},
    Kind.CANCELLATION: {State.CANCELLED},
}


ERASED = gettext_noop("the person is erased")


def overtaken(mail, *, now):
    """Why `mail` must not leave any more at `now`, as a sentence; "" if it may."""
    registration, workshop = mail.registration, mail.registration.workshop
    if registration.erased_at and not mail.content:
        return ERASED
    if mail.kind == Kind.LINKS or mail.content:
        return ""
    if workshop.has_ended(now):
        return gettext_noop("its moment has passed: the workshop is over")
    if mail.kind == Kind.WORKSHOP_CANCELLED:
        stands = workshop.state == Workshop.State.CANCELLED
        return "" if stands else gettext_noop("overtaken: the workshop takes place after all")
    if is_held_up(mail) and workshop.state == Workshop.State.CANCELLED and invites.say_cancelled(registration.told):
        return gettext_noop("overtaken: the workshop was cancelled")
    if registration.state not in NEEDS[mail.kind]:
        return gettext_noop("overtaken: the registration is no longer what it was")
    if mail.kind == Kind.WAITING and registration.waits_in_vain(now):
        return gettext_noop("its moment has passed: the waiting list is closed")
    if mail.kind in reminders.MARKS and not reminders.is_timely(mail.kind, registration, now=now):
        return gettext_noop("its moment has passed, or the workshop was moved")
    return ""


def is_held_up(mail):
    """Must `mail` wait until its workshop is published again, or is over? What it says may become true once more."""
    speaks_of_it = mail.kind not in (Kind.LINKS, Kind.CANCELLATION, Kind.WORKSHOP_CANCELLED)
    return speaks_of_it and mail.registration.workshop.state != Workshop.State.PUBLISHED


@lru_cache(maxsize=256)  # a subject is the same for everybody
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


def compose(mail, *, is_farewell=False):
    """The EmailMessage of an OutgoingMail, in its person's language, from the rows as they are now.

    multipart/mixed of (multipart/alternative of text, HTML, text/calendar) and the same calendar attached; without an
    invite multipart/alternative alone. A farewell says that the person is forgotten.
    """
    registration = mail.registration
    workshop = registration.workshop
    with translation.override(registration.language):
        context = {
            **what_it_says(mail),
            "is_farewell": is_farewell,
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


def what_it_says(mail):
    """What only some kinds of mail speak of, for their templates."""
    registration, workshop = mail.registration, mail.registration.workshop
    found = {
        "readings": registration.readings,
        "method": invites.method(mail.kind, registration),
        "door": clocks.moment_words(registration.clocks, workshop.door_opens_at, beside=workshop.starts_at),
    }
    if registration.is_waiting:
        found["rank"] = registration.rank
    if mail.kind == Kind.UPDATE:
        found["changes"] = changes(mail.before, workshop, registration.clocks)
        found["was_cancelled"] = invites.say_cancelled(mail.before)
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
    method = invites.method(mail.kind, mail.registration)
    if method:
        content = invites.message(method, mail.registration, sequence=mail.sequence, stamp=mail.created_at)
        message.attach_alternative(content.decode(), f"text/calendar; method={method}")
        message.attach("invitation.ics", content, "application/ics")


class Stored(EmailMessage):
    """A mail composed beforehand: `content` as message().as_string() made it (RFC 5322, ASCII)."""

    def __init__(self, content):
        self.content, self.headers = content, message_from_string(content)
        super().__init__(from_email=sender_address(), to=[parseaddr(self.headers["To"])[1]])

    def message(self):
        return self

    def __getitem__(self, name):
        return self.headers[name]

    def as_bytes(self, linesep="\n"):
        return self.content.replace("\n", linesep).encode("ascii")
