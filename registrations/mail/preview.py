"""A mail as its reader sees it, for the desk: without the secrets of the person's links."""

import re
from base64 import b64encode
from copy import copy
from dataclasses import dataclass
from email import message_from_string, policy

from django.utils import translation

from praxis.redaction import SECRET_LINK
from praxis.sender import sender_address
from registrations.mail import compose, heads, kinds, subscriber_mails
from registrations.mail.kinds import Kind
from registrations.mail.subscription_kinds import SubscriptionKind
from registrations.models import OutgoingMail, Registration, Subscription

HIDDEN = r"/\1/●●●"


@dataclass(frozen=True)
class Preview:
    """`html` is a whole page that fetches nothing; `invite` is the METHOD of the invite, or ""."""

    subject: str
    text: str
    html: str
    invite: str


def preview(mail, *, now):
    """The Preview of an OutgoingMail that would leave at `now`, from the rows as they are.

    None for a kind that a later release stored.
    """
    if mail.kind not in Kind:
        return None
    # As it would leave: the person may have got a seat since it was stored.
    mail.sequence = mail.registration.sequence or 0
    mail = in_own_state(mail)
    content = compose.compose(mail, now=now).content
    method = kinds.invite_method(mail.kind, mail.registration)
    return as_seen(content, subject=subject(mail), invite=method)


def notice(workshop, *, now):
    """The Preview of the mail that tells subscribers of `workshop`, in the workshop's language."""
    reader = Subscription(email=sender_address(), language=workshop.language)
    kind = SubscriptionKind.NEXT_WORKSHOP
    mail = subscriber_mails.new_mail(reader, kind, now=now, workshop=workshop)
    message = subscriber_mails.compose(mail)
    return as_seen(message.content, subject=message.words)


def afterwards(workshop, language, *, now):
    """The Preview of the mail about what stays to an invented person who reads `language`."""
    person = Registration(
        workshop=workshop,
        state=Registration.State.CONFIRMED,
        first_name="Camille",
        last_name="Roy",
        email="camille@example.org",
        language=language,
    )
    mail = OutgoingMail(registration=person, kind=Kind.AFTERWARDS)
    # Its address has used a link of ours: so the mail greets by name, and nothing is asked for it.
    mail.is_to_verified = True
    return preview(mail, now=now)


def as_seen(content, *, subject, invite=""):
    """The Preview of the mail (RFC 5322) `content`."""
    parts = list(message_from_string(content, policy=policy.default).walk())
    by_type = {part.get_content_type(): part for part in reversed(parts)}
    # Before the pictures: their base64 may hold what looks like a link.
    html = without_secrets(by_type["text/html"].get_content())
    for part in parts:
        if part["Content-ID"]:
            picture = b64encode(part.get_content()).decode()
            source = f"cid:{part['Content-ID'].strip('<> ')}"
            html = html.replace(source, f"data:{part.get_content_type()};base64,{picture}")
    return Preview(
        subject=subject,
        text=without_secrets(by_type["text/plain"].get_content()),
        html=html,
        invite=invite,
    )


def subject(mail):
    """The subject that a mail has by now; "" for a kind that a later release stored."""
    if mail.kind not in Kind:
        return ""
    mail = compose.as_last_told(compose.in_own_language(in_own_state(mail)))
    with translation.override(compose.variant_of(mail.registration)):
        # The subjects of the other kinds need no more than the row, of somebody not erased.
        changed = mail.kind == Kind.UPDATE
        context = compose.context_of_kind(mail, now=mail.created_at) if changed else {}
        return heads.subject(mail, context | {"is_final": False})


def in_own_state(mail):
    """`mail`, or a copy whose registration is in the state of which a mail of its kind speaks.

    A confirmation of somebody who waits by now is still a confirmation.
    """
    states = kinds.rules_of(mail).states
    if not states or mail.registration.state in states:
        return mail
    mail = copy(mail)
    mail.registration = copy(mail.registration)
    mail.registration.state = states[0]
    return mail


def without_secrets(words):
    """`words` with a placeholder for the token of each manage link and join link."""
    return re.sub(SECRET_LINK, HIDDEN, words)
