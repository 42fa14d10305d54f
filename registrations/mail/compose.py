"""Composes each kind of mail: text, HTML, and the invite inline and attached."""

import json
from copy import copy
from datetime import datetime
from email.utils import formatdate

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from events import calendars
from events.readings import moment_words
from praxis.sender import sender_address
from registrations.mail import invites, kinds, markdown, mime, reminders, snapshots
from registrations.mail.headers import encoded_words, mailbox, on_one_line
from registrations.mail.kinds import Kind
from registrations.mail.mime import ReadyMessage
from registrations.mail.snapshots import changes
from registrations.models import Registration


def compose(mail, *, is_final=False):
    """The ReadyMessage of an OutgoingMail, in its person's language, from the rows as they are now.

    multipart/mixed of (multipart/alternative of text, HTML, text/calendar) and the same calendar attached; without an
    invite multipart/alternative alone. A final mail says that the person is forgotten.
    """
    mail = as_known(mail)
    with translation.override(mail.registration.language):
        text, html = bodies(mail, is_final=is_final)
        message = with_invite(
            [
                mime.part("text/plain", text.encode(), charset="utf-8"),
                mime.part("text/html", html.encode(), charset="utf-8"),
            ],
            mail,
        )
        for name, value in header_fields(mail):
            message[name] = on_one_line(value)
    return ReadyMessage(message.as_bytes().decode("ascii"))


def as_known(mail):
    """`mail`, or a copy of it that is about the workshop as its person knows it.

    Who is told that something is cancelled hears of the hour, title and place they were told
    before: that is what stands in their calendar, and a move that nobody announced is no news now.
    """
    what = {Kind.WORKSHOP_CANCELLED: mail.before, Kind.CANCELLATION: mail.registration.told}
    told = what.get(mail.kind)
    if not told:
        return mail
    known = json.loads(told)
    mail = copy(mail)
    mail.registration = copy(mail.registration)
    mail.registration.workshop = workshop = copy(mail.registration.workshop)
    workshop.title, workshop.place = known["title"], known["place"]
    workshop.starts_at = datetime.fromisoformat(known["start"])
    workshop.ends_at = datetime.fromisoformat(known["end"])
    return mail


def bodies(mail, *, is_final=False):
    """The words of a mail, (text, HTML), in the active language."""
    facts = facts_of(mail) | {"is_final": is_final}
    words = render_to_string(f"mail/{mail.kind}.md", markdown.escaped(facts))
    registration, workshop = mail.registration, mail.registration.workshop
    shown = {"readings": registration.readings, "odd": facts["odd"]}
    clocks_drawn = render_to_string("mail/_clocks.html", shown)
    body, foot = markdown.as_html(words, {"clocks": clocks_drawn})
    frame = {"subject": kinds.subject(mail), "workshop": workshop, "body": body, "foot": foot}
    return markdown.as_text(words), render_to_string("mail/base.html", frame)


def header_fields(mail):
    """The (name, value) of each header but those of MIME, in ASCII; in the active language."""
    registration, workshop = mail.registration, mail.registration.workshop
    yield "Subject", encoded_words(kinds.subject(mail))
    yield "From", mailbox(workshop.organisers or "Praxis", sender_address())
    yield "To", mailbox(registration.full_name, registration.email)
    if workshop.contact_email:
        yield "Reply-To", mailbox("", workshop.contact_email)
    yield "Date", formatdate()
    yield "Message-ID", mail.message_id
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"


def facts_of(mail):
    """All that the template of a mail may speak of: strings, numbers, lists of them, and no model."""
    registration, workshop = mail.registration, mail.registration.workshop
    readings = registration.readings
    door = moment_words(registration.clocks, workshop.door_opens_at, beside=workshop.starts_at)
    return {
        "name": registration.first_name,
        "title": workshop.title,
        "place": workshop.place,
        "organisers": workshop.organisers,
        "hours": [readings[0].day, *(reading.words for reading in readings)],
        "odd": [odd.sentence for odd in workshop.odd_offsets],
        "door": door,
        "rank": registration.rank if registration.is_waiting else None,
        "method": kinds.invite_method(mail.kind, registration),
        "contact": workshop.contact,
        "contact_url": calendars.mailto(workshop.contact),
        "workshop_url": settings.SITE_URL + workshop.get_absolute_url(),
        "manage_url": settings.SITE_URL + registration.manage_path,
        "join_url": settings.SITE_URL + registration.join_path,
        **facts_of_kind(mail),
    }


def facts_of_kind(mail):
    """What only some kinds of mail speak of."""
    registration, workshop = mail.registration, mail.registration.workshop
    if mail.kind == Kind.UPDATE:
        return {
            "changes": changes(mail.before, workshop, registration.clocks),
            "was_cancelled": snapshots.says_cancelled(mail.before),
        }
    if mail.kind in (Kind.CONFIRMATION, Kind.PROMOTION):
        return {"is_soon": reminders.is_soon(workshop, registration.zone, now=mail.created_at)}
    if mail.kind == Kind.LINKS:
        coming = Registration.objects.coming_of(registration.email, mail.created_at)
        return {"others": [facts_of_links(other) for other in coming]}
    return {}


def facts_of_links(registration):
    """What a mail of lost links says of one `registration`."""
    is_cancelled = registration.workshop.is_cancelled
    may_join = registration.is_confirmed and registration.workshop.is_published
    return {
        "title": registration.workshop.title,
        "when": registration.clock_lines,
        "is_cancelled": is_cancelled,
        "rank": registration.rank if registration.is_waiting and not is_cancelled else None,
        "manage_url": settings.SITE_URL + registration.manage_path,
        "join_url": settings.SITE_URL + registration.join_path if may_join else "",
    }


def with_invite(texts, mail):
    """The parts `texts` as a MIME tree, with the invite of `mail` if it has one.

    Inline and attached, the same bytes: some clients read only the one, some only the other.
    """
    method = kinds.invite_method(mail.kind, mail.registration)
    if not method:
        return mime.multipart("alternative", texts)
    content = invites.message(
        method, mail.registration, sequence=mail.sequence, stamp=mail.created_at
    )
    inline = mime.part("text/calendar", content, method=method, charset="utf-8")
    attached = mime.part("application/ics", content)
    attached.add_header("Content-Disposition", "attachment", filename="invitation.ics")
    return mime.multipart("mixed", [mime.multipart("alternative", [*texts, inline]), attached])
