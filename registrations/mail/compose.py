"""Composes each kind of mail: text, HTML, and the invite inline and attached."""

from copy import copy

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import calendars
from events.readings import moment_words, when_lines
from praxis import languages
from praxis.addresses import with_token
from praxis.sender import sender_address
from praxis.text import french_spacing
from registrations.mail import (
    afterwards,
    heads,
    invites,
    kinds,
    mime,
    pictures,
    reminders,
    snapshots,
    words,
)
from registrations.mail.headers import add_headers, mailbox
from registrations.mail.kinds import Kind
from registrations.mail.mime import ReadyMessage
from registrations.mail.snapshots import changes
from registrations.models import Headcount, Registration
from registrations.models.reserved_seats import hosts_with_seats


def compose(mail, *, is_final=False, now=None):
    """The ReadyMessage of an OutgoingMail, in its person's language, from the rows as they are now.

    It leaves at `now`, or as it is stored. With an invite it is multipart/mixed: first a
    multipart/alternative of text, HTML and text/calendar, then the same calendar attached. Without
    one it is the multipart/alternative of text and HTML alone. Where hosts have logos, the HTML and
    they are a multipart/related. A final mail (`is_final`) says that the person's data is erased.
    """
    mail = as_last_told(in_own_language(mail))
    workshop = mail.registration.workshop
    with translation.override(variant_of(mail.registration)):
        now = now or mail.created_at
        context = template_context(mail, now=now, is_final=is_final)
        head = heads.head(mail, context, now=now)
        text, html = words.text_and_html(mail, context, head)
        bodies = [
            mime.part("text/plain", text.encode(), charset="utf-8"),
            pictures.with_pictures(html, workshop.logos.values()),
        ]
        message = mime_tree(bodies, mail)
        add_headers(message, mail, head.subject, to=recipient(mail), workshop=workshop)
    return ReadyMessage(mime.as_ascii(message), headers=message, words=head.subject)


def variant_of(registration):
    """The person's language as people write it where they are, or else where the first host is."""
    zone = registration.zone or registration.workshop.first_zone
    return languages.written_in(zone, registration.language)


def in_own_language(mail):
    """`mail`, or a copy whose workshop has its texts in the person's language."""
    registration = mail.registration
    workshop = registration.workshop.in_language(registration.language)
    if workshop is registration.workshop:
        return mail
    mail = copy(mail)
    mail.registration = copy(registration)
    mail.registration.workshop = workshop
    return mail


def as_last_told(mail):
    """`mail`, or for a cancellation a copy whose workshop is as the person last heard of it.

    A move that nobody announced is no news to a person who does not come.
    """
    if mail.kind == Kind.WORKSHOP_CANCELLED:
        told = mail.before
    elif kinds.rules_of(mail).ends_registration:
        told = mail.registration.told
    else:
        return mail
    mail = copy(mail)
    mail.registration = snapshots.registration_as_told(mail.registration, told)
    return mail


def recipient(mail):
    """To whom the mail goes; without the name as long as a stranger may have typed it."""
    registration = mail.registration
    return mailbox(registration.full_name if mail.is_to_verified else "", registration.email)


def template_context(mail, *, now, is_final=False):
    """All that the template of a mail may show: strings, numbers, lists of them, and no model.

    It leaves at `now`. `name` is "" as long as a stranger may have typed it.
    """
    registration, workshop = mail.registration, mail.registration.workshop
    readings = registration.readings
    rank = registration.rank if registration.is_waiting else None
    return {
        "name": registration.first_name if mail.is_to_verified else "",
        "title": french_spacing(workshop.title),
        "place": french_spacing(workshop.place),
        "organisers": french_spacing(workshop.organisers),
        "hours": when_lines(readings),
        "odd": workshop.odd_sentences,
        "room_opens": moment_words(
            registration.clocks, workshop.door_opens_at, beside=workshop.starts_at
        ),
        "rank": rank,
        "in_line": rank_words(rank),
        "for_members_of": "" if rank is None else hosts_in_a_row(workshop, now=now),
        "access": [french_spacing(sentence) for sentence in workshop.access_sentences],
        "is_final": is_final,
        "has_started": workshop.has_started(now),
        "is_resent": mail.is_resent,
        "is_restored": mail.is_restored,
        "is_open": workshop.door_opens_at <= now and bool(workshop.meeting_url),
        "method": kinds.invite_method(mail.kind, registration),
        "calendar_url": calendar_url(mail, now=now),
        "sender": sender_address(),
        "contact": workshop.contact,
        "contact_url": calendars.mailto(workshop.contact),
        "workshop_url": settings.SITE_URL + workshop.get_absolute_url(),
        "list_url": settings.SITE_URL + reverse("events:list"),
        "manage_url": settings.SITE_URL + registration.manage_path,
        "edit_url": settings.SITE_URL + edit_path(registration),
        "join_url": settings.SITE_URL + registration.join_path,
        **context_of_kind(mail, now=now),
    }


def calendar_url(mail, *, now):
    """Where the calendar entry of the mail's invite can be had; "" on the day itself, or without.

    Until that day people need the entry, and then the room. On a phone the file is one step away
    from the calendar; it holds no more than the invite.
    """
    registration = mail.registration
    comes_with_it = kinds.invite_method(mail.kind, registration) == "REQUEST"
    if not comes_with_it or heads.days_left(registration, now=now) < 1:
        return ""
    path = with_token("registrations:invite", registration.manage_token)
    return settings.SITE_URL + path


def edit_path(registration):
    """Where the person may still name their community."""
    return with_token("registrations:edit", registration.manage_token)


def hosts_in_a_row(workshop, *, now):
    """The hosts for whose members seats are left at `now`, as words; "" for none."""
    headcount = Headcount.objects.filter(pk=workshop.pk).first()
    hosts = hosts_with_seats(workshop, headcount, now=now) if headcount else []
    return french_spacing(get_text_list(hosts, _("and")))


def context_of_kind(mail, *, now):
    """What the templates of this kind alone show beside the rest of template_context()."""
    registration, workshop = mail.registration, mail.registration.workshop
    if mail.kind == Kind.UPDATE:
        return {
            "changes": changes(mail.before, workshop, registration.clocks),
            "was_cancelled": snapshots.says_cancelled(mail.before),
        }
    if mail.kind == Kind.ORGANISERS_CANCELLED:
        return {"organisers_word": registration.organisers_word.splitlines()}
    if mail.kind == Kind.WORKSHOP_CANCELLED:
        return {"why_cancelled": french_spacing(workshop.why_cancelled)}
    if mail.kind in (Kind.CONFIRMATION, Kind.PROMOTION):
        return {"is_soon": reminders.is_soon(workshop, registration.zone, now=mail.created_at)}
    if mail.kind == Kind.AFTERWARDS:
        return afterwards.context(registration, now=now)
    if mail.kind == Kind.LINKS:
        coming = Registration.objects.coming_of(registration.email, mail.created_at)
        return {"others": [context_of_links(other) for other in coming]}
    return {}


def context_of_links(registration):
    """What a mail of lost links shows of one `registration` of the address."""
    registration.workshop = registration.workshop.in_language(languages.active())
    is_cancelled = registration.workshop.is_cancelled
    if is_cancelled:
        registration = snapshots.registration_as_told(registration, registration.told)
    readings = registration.readings
    may_join = registration.is_confirmed and registration.workshop.is_published
    rank = registration.rank if registration.is_waiting and not is_cancelled else None
    return {
        "title": french_spacing(registration.workshop.title),
        "when": when_lines(readings),
        "odd": registration.workshop.odd_sentences,
        "is_cancelled": is_cancelled,
        "rank": rank,
        "in_line": rank_words(rank),
        "manage_url": settings.SITE_URL + registration.manage_path,
        "join_url": settings.SITE_URL + registration.join_path if may_join else "",
    }


def rank_words(rank):
    """The sentence that says the place on the waiting list; "" without one."""
    if rank is None:
        return ""
    words = ngettext("You’re first in line.", "You’re number %(rank)s in line.", rank)
    return words % {"rank": rank}


def mime_tree(bodies, mail):
    """The MIME message of the parts `bodies`, with the invite of `mail` if it carries one.

    The invite stands inline and attached, with the same bytes: some mail programs read only the
    one, some only the other.
    """
    method = kinds.invite_method(mail.kind, mail.registration)
    if not method:
        return mime.multipart("alternative", bodies)
    content = invites.message(
        method,
        mail.registration,
        sequence=mail.sequence,
        stamp=mail.created_at,
        with_name=mail.is_to_verified,
    )
    inline = mime.part("text/calendar", content, method=method, charset="utf-8")
    attached = mime.part("application/ics", content)
    attached.add_header("Content-Disposition", "attachment", filename="invitation.ics")
    return mime.multipart("mixed", [mime.multipart("alternative", [*bodies, inline]), attached])
