"""Mails to subscribers: the one that asks for their confirmation, and those of new workshops."""

from urllib.parse import quote

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from events import calendars
from events.readings import when_lines
from praxis import languages
from praxis.sender import public_address
from praxis.text import french_spacing
from registrations.mail import heads, markdown, mime, pictures, words
from registrations.mail.headers import add_headers, mailbox
from registrations.mail.mime import ReadyMessage
from registrations.mail.subscription_kinds import SubscriptionKind
from registrations.models import OutgoingMail, Registration
from registrations.models.person_hours import PersonHours

# What the subject of a mail to us says before the token, where a mail program unsubscribes by mail.
UNSUBSCRIBE = "unsubscribe"
OVER = gettext_noop("its moment has passed: the workshop has started")
CANCELLED = gettext_noop("overtaken: the workshop was cancelled")
DELETED = gettext_noop("overtaken: the workshop was deleted")
REGISTERED = gettext_noop("overtaken: the person has registered")


class Hours(PersonHours):
    """The hours of `workshop` as somebody in the time zone `zone` reads them."""

    def __init__(self, workshop, zone):
        self.workshop, self.zone = workshop, zone


def new_mail(subscription, kind, *, now, workshop=None):
    """An OutgoingMail of `kind` to the subscriber, not stored yet, due at once."""
    return OutgoingMail(
        subscription=subscription,
        recipient_key=subscription.email_key,
        workshop=workshop,
        kind=kind,
        priority=SubscriptionKind(kind).rules.priority,
        created_at=now,
        due_since=now,
        due_at=now,
    )


def why_obsolete(mail, *, now):
    """Why a mail to a subscriber must not leave any more at `now`, as a msgid; "" if it may."""
    workshop = mail.workshop
    if mail.kind != SubscriptionKind.NEXT_WORKSHOP:
        return ""
    if workshop is None:
        return DELETED
    if workshop.has_started(now):
        return OVER
    if workshop.is_cancelled:
        return CANCELLED
    people = Registration.objects.active().filter(workshop=workshop)
    return REGISTERED if people.of_address(mail.subscription.email).exists() else ""


def is_on_hold(mail):
    """Whether a mail to a subscriber must wait until its workshop is published again."""
    return mail.workshop is not None and not mail.workshop.is_published


def compose(mail):
    """The ReadyMessage of a mail to a subscriber, in their language, as the rows are now."""
    subscription, workshop = mail.subscription, mail.workshop
    if workshop is not None:
        workshop = workshop.in_language(subscription.language)
    zone = subscription.zone or (workshop.first_zone if workshop else "")
    with translation.override(languages.written_in(zone, subscription.language)):
        if workshop is None:
            subject, text, html = confirmation(mail)
            bodies = [mime.part("text/html", html.encode(), charset="utf-8")]
        else:
            subject, text, html = announcement(mail, workshop)
            bodies = [pictures.with_pictures(html, workshop.logos.values())]
        bodies.insert(0, mime.part("text/plain", text.encode(), charset="utf-8"))
        message = mime.multipart("alternative", bodies)
        add_headers(
            message,
            mail,
            subject,
            to=mailbox("", subscription.email),
            workshop=workshop,
            unsubscribe=list(ways_out(mail, workshop)) if workshop else [],
        )
    return ReadyMessage(mime.as_ascii(message), headers=message, words=subject)


def confirmation(mail):
    """Subject, text and HTML of the mail that asks whether the address is to be told."""
    rules, community = SubscriptionKind(mail.kind).rules, mail.subscription.community_name
    subject = str(rules.subject)
    said = {
        "name": "",
        "heading": str(rules.heading),
        "community": community,
        "is_confirmed": mail.subscription.is_confirmed,
        "subscription_url": settings.SITE_URL + mail.subscription.path,
        "list_url": settings.SITE_URL + reverse("events:list"),
        "contact": public_address(),
        "contact_url": calendars.mailto(public_address()),
    }
    source = render_to_string(f"mail/{mail.kind}.md", markdown.escaped(said))
    body, foot = markdown.as_html(source, {})
    page = {
        "head": heads.Head(subject, community, str(rules.heading)),
        "band": rules.band,
        "body": body,
        "foot": foot,
        "padding": words.PADDING,
    }
    return subject, markdown.as_text(source), render_to_string("mail/base.html", page)


def announcement(mail, workshop):
    """Subject, text and HTML of the mail about `workshop`, which has its texts in the language."""
    rules, subscription = SubscriptionKind(mail.kind).rules, mail.subscription
    readings = Hours(workshop, subscription.zone).readings
    subject = heads.with_when(str(rules.subject), workshop.readings)
    places = " / ".join(reading.clock.place for reading in workshop.readings)
    head = heads.Head(subject, f"{places} · {workshop.title}", str(rules.heading))
    said = {
        "name": "",
        "title": french_spacing(workshop.title),
        "organisers": french_spacing(workshop.organisers),
        "hours": when_lines(readings),
        "odd": workshop.odd_sentences,
        "community": subscription.community_name,
        "contact": workshop.contact,
        "contact_url": calendars.mailto(workshop.contact),
        "workshop_url": settings.SITE_URL + workshop.get_absolute_url(),
        "subscription_url": settings.SITE_URL + subscription.path,
        "unsubscribe_url": settings.SITE_URL + subscription.unsubscribe_path,
    }
    shown = {name: getattr(workshop, name) for name in ("banner", "title", "language")}
    page = {"head": head, "band": rules.band, "workshop": shown}
    secrets = {words.MANAGE: subscription.token}
    for url in ("subscription_url", "unsubscribe_url"):
        said[url] = words.filled(said[url], {subscription.token: words.MANAGE})
    pair = words.written_once(mail.kind, said, readings, page, workshop.logos)
    text, html = (words.filled(each, secrets) for each in pair)
    return subject, text, html


def ways_out(mail, workshop):
    """The addresses at which a mail program unsubscribes (RFC 2369): by https, and by mail.

    A mail is read by the worker where it reads our inbox, else by the organisers. Where neither is
    known, no mail is offered.
    """
    subscription = mail.subscription
    yield settings.SITE_URL + subscription.unsubscribe_path
    address = public_address() if settings.INBOX else workshop.contact
    if address:
        yield f"mailto:{quote(address, safe='@')}?subject={UNSUBSCRIBE}%20{subscription.token}"
