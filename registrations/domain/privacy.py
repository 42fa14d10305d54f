"""What Praxis knows about a person: handed out, and forgotten."""

import json

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from registrations.domain import signup
from registrations.mail import compose
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

FORGOTTEN = {
    "first_name": "",
    "last_name": "",
    "email": "",
    "email_key": "",
    "organisation": "",
    "community": None,
    "zone": "",
    "newsletter_consent_at": None,
    "newsletter_consent_text": "",
    "consent_at": None,
    "consent_text": "",
    "links_asked_at": None,
    "verified_at": None,
}


def export(registration):
    """All that is kept of a person, as what JSON holds: each registration of the address; instants in ISO 8601, UTC."""
    siblings = registration.siblings.select_related("workshop", "community").prefetch_related(
        "mails"
    )
    return {"registrations": [export_one(each) for each in siblings]}


def export_one(registration):
    workshop = registration.workshop
    fields = [
        *("first_name", "last_name", "email", "organisation", "language", "zone", "state"),
        *(
            "created_at",
            "confirmed_at",
            "cancelled_at",
            "joined_at",
            "verified_at",
            "links_asked_at",
        ),
        *("day_reminder_for", "hour_reminder_for", "uid", "sequence"),
        *("newsletter_consent_at", "newsletter_consent_text", "consent_at", "consent_text"),
    ]
    sent = ["kind", "state", "created_at", "sent_at", "attempts", "last_error", "message_id"]
    mails = sorted(registration.mails.all(), key=lambda mail: mail.pk)
    return {
        "workshop": {
            "title": workshop.title,
            "page": settings.SITE_URL + workshop.get_absolute_url(),
            "starts_at": workshop.starts_at,
            "ends_at": workshop.ends_at,
        },
        **{name: getattr(registration, name) for name in fields},
        "community": registration.community and registration.community.name,
        "told": json.loads(registration.told or "{}"),
        "mails": [{name: getattr(mail, name) for name in sent} for mail in mails],
    }


def erase(registration, *, now):
    """Forget the person at once; the row stays, without anything that tells who it was. False if that was done before.

    Somebody who would still come is cancelled first; the one mail that takes the entry out of their calendar is composed
    beforehand and forgotten as soon as it has left.
    """
    with transaction.atomic():
        if not registration.workshop.has_ended(now):
            signup.cancel(registration, now=now)
        registration = (
            Registration.objects.select_for_update()
            .select_related("workshop")
            .get(pk=registration.pk)
        )
        if registration.erased_at:
            return False
        final_mail = (
            registration.mails.unsettled().filter(kind=Kind.CANCELLATION).order_by("pk").last()
        )
        if final_mail:
            final_mail.content = compose.compose(final_mail, is_final=True).content
            final_mail.save(update_fields=["content"])
        # What a worker holds at this moment keeps its row, so that the final mail waits for it.
        held = registration.mails.filter(state=OutgoingMail.State.SENDING)
        held.update(last_error="")
        registration.mails.exclude(pk=final_mail and final_mail.pk).exclude(pk__in=held).delete()
        Registration.objects.filter(pk=registration.pk).update(erased_at=now, **FORGOTTEN)
        # The log holds no names any more, but entries of earlier versions do.
        content_type = ContentType.objects.get_for_model(Registration)
        LogEntry.objects.filter(content_type=content_type, object_id=str(registration.pk)).update(
            object_repr=f"{registration.pk}"
        )
        return True
