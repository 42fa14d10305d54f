"""Personal data: all that is stored about a person, exported or erased."""

import json

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from registrations.domain import ballots, needs, signup
from registrations.domain.seats import lock_workshop_of, locked_seats
from registrations.mail import compose
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration, Subscription

# What the fields of a registration hold once the person is erased.
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
    "network_key": "",
    "search_text": None,
    "organisers_word": "",
}
# What export() says of each registration and of each of its mails, in this order.
EXPORTED = [
    "first_name",
    "last_name",
    "email",
    "organisation",
    "language",
    "zone",
    "state",
    "created_at",
    "confirmed_at",
    "cancelled_at",
    "cancelled_by_desk",
    "organisers_word",
    "address_corrected_at",
    "joined_at",
    "attended_at",
    "attestation_revoked_at",
    "group_size",
    "verified_at",
    "network_key",
    "links_asked_at",
    "day_reminder_for",
    "hour_reminder_for",
    "afterwards_mail_at",
    "uid",
    "sequence",
    "newsletter_consent_at",
    "newsletter_consent_text",
    "consent_at",
    "consent_text",
]
EXPORTED_OF_MAIL = [
    "kind",
    "state",
    "created_at",
    "sent_at",
    "attempts",
    "last_error",
    "subject",
    "message_id",
]
EXPORTED_OF_SUBSCRIPTION = [
    "email",
    "language",
    "zone",
    "asked_at",
    "consent_text",
    "confirmed_at",
    "last_seen_at",
]


def export(registration):
    """All that is stored about a person: each registration of the address, with its mails.

    And the subscriptions of the address to news of workshops.

    A dict for DjangoJSONEncoder; instants are UTC and become ISO 8601.
    """
    siblings = registration.siblings.select_related("workshop", "community", "need")
    subscriptions = Subscription.objects.of_address(registration.email).order_by("pk")
    return {
        "registrations": [export_one(each) for each in siblings.prefetch_related("mails")],
        "subscriptions": [
            values(each, EXPORTED_OF_SUBSCRIPTION) | {"community": each.community_name or None}
            for each in subscriptions.select_related("community")
        ],
    }


def export_one(registration):
    """All that is stored about one registration, as a dict."""
    workshop = registration.workshop
    community, need = registration.community, getattr(registration, "need", None)
    mails = sorted(registration.mails.all(), key=lambda mail: mail.pk)
    return {
        "workshop": {
            "title": workshop.title,
            "page": settings.SITE_URL + workshop.get_absolute_url(),
            "starts_at": workshop.starts_at,
            "ends_at": workshop.ends_at,
        },
        **values(registration, EXPORTED),
        "community": community.name if community else None,
        "needs": values(need, ["text", "said_at"]) if need else None,
        "told": json.loads(registration.told or "{}"),
        "answered_ballot": ballots.has_answered(registration),
        "mails": [values(mail, EXPORTED_OF_MAIL) for mail in mails],
    }


def values(row, names):
    """{name: value} of the named fields of `row`."""
    return {name: getattr(row, name) for name in names}


def erase(registration, *, now, by_desk=False, word=""):
    """Erase the person at once: the row stays, without anything that tells who it was.

    A person who would still come is cancelled first. The final mail, which takes the entry out of
    their calendar, is composed beforehand, and its content is deleted once it has left. Where an
    organiser does it (`by_desk`), that mail says so, with the organiser's own `word` ("" for none).
    False if the person is erased already.
    """
    with transaction.atomic():
        # The workshop's row is locked before the registration's, as everywhere.
        workshop = lock_workshop_of(registration)
        if not workshop.has_ended(now):
            signup.cancel(registration, now=now, by_desk=by_desk, word=word)
        seats = locked_seats(workshop, now=now)
        registration = (
            Registration.objects.select_for_update()
            .select_related("workshop")
            .get(pk=registration.pk)
        )
        if registration.erased_at:
            return False
        seats.change(registration, community=None)
        seats.save()
        final_mail = compose_final_mail(registration)
        # The mails that a worker is sending at this moment keep their rows, so that the final
        # mail waits for them and arrives last.
        being_sent = registration.mails.filter(state=OutgoingMail.State.SENDING)
        being_sent.update(last_error="")
        unneeded = registration.mails.exclude(pk__in=being_sent)
        if final_mail:
            unneeded = unneeded.exclude(pk=final_mail.pk)
        unneeded.delete()
        needs.take_back(registration)
        Registration.objects.filter(pk=registration.pk).update(erased_at=now, **FORGOTTEN)
        erase_from_log(registration)
        return True


def compose_final_mail(registration):
    """The mail about the cancellation, with its content stored; None if none is on its way."""
    ending = Kind.where(lambda rules: rules.ends_registration)
    cancellations = registration.mails.unsettled().filter(kind__in=ending)
    final_mail = cancellations.order_by("pk").last()
    if final_mail:
        final_mail.content = compose.compose(final_mail, is_final=True).content
        final_mail.save(update_fields=["content"])
    return final_mail


def erase_from_log(registration):
    """Remove the person's name from the log of the desk, where old entries may hold it."""
    content_type = ContentType.objects.get_for_model(Registration)
    entries = LogEntry.objects.filter(content_type=content_type, object_id=str(registration.pk))
    entries.update(object_repr=str(registration.pk))
