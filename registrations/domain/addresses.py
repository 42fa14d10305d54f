"""Correcting an address that was typed wrongly: an organiser's act."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from registrations.domain.refused import Refused
from registrations.domain.seats import lock_workshop_of
from registrations.domain.selfservice import TELLS
from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from registrations.models.registration import new_token
from registrations.models.registration_queries import email_key
from registrations.models.search import search_text

CORRECTED = gettext_noop("overtaken: the address was corrected")


def correct_address(registration, address, *, now, shown=None):
    """Write `address` in the place of the registration's own, and mail what the person has there.

    The links that went to the old address open nothing any more. The person keeps seat, place in
    line and calendar entry. `shown` is the address that the organiser had before their eyes: where
    somebody else has corrected it since, nothing is done. Raises Refused.
    """
    with transaction.atomic():
        lock_workshop_of(registration)
        require_correctable(registration, now=now)
        require_new(registration, address)
        require_same(registration, shown)
        drop_queued(registration)
        registration.email, registration.email_key = address, email_key(address)
        fields = {
            "email": registration.email,
            "email_key": registration.email_key,
            "search_text": search_text(registration),
            "manage_token": new_token(),
            "join_token": new_token(),
            "verified_at": None,
            "links_asked_at": None,
            "address_corrected_at": now,
            # Nothing was told to this address yet: so the invite gets a new SEQUENCE.
            "told": "",
        }
        Registration.objects.filter(pk=registration.pk).update(**fields)
        for name, value in fields.items():
            setattr(registration, name, value)
        queue.enqueue(registration, TELLS[registration.state], now=now, due_at=now)


def require_correctable(registration, *, now):
    """Raise Refused unless a mail about this registration can go to another address at `now`."""
    workshop = registration.workshop
    if registration.is_cancelled or registration.erased_at:
        raise Refused(_("This registration is cancelled: restore it first."))
    if workshop.has_ended(now):
        raise Refused(_("The workshop is over."))
    if not workshop.is_published:
        raise Refused(_("The workshop isn’t published: publish it first."))
    if registration.waits_in_vain(now):
        raise Refused(_("The workshop has begun: the waiting list is closed."))


def require_new(registration, address):
    """Raise Refused if `address` is the registration's own, or registered at this workshop."""
    if address == registration.email:
        raise Refused(_("This is the address that the registration already has."))
    same_workshop = registration.workshop.registrations.exclude(pk=registration.pk)
    if same_workshop.active().of_address(address).exists():
        raise Refused(
            _("This address is already registered for this workshop. Cancel one of the two first.")
        )


def require_same(registration, shown):
    """Raise Refused if the registration has another address than the one that was `shown`."""
    if shown not in (None, registration.email):
        words = _(
            "Meanwhile somebody has corrected the address: %(before)s has become %(address)s. "
            "Correct it again only if that one is wrong, too."
        )
        raise Refused(words % {"before": shown, "address": registration.email})


def drop_queued(registration):
    """Drop what is queued and says all that the person has: the mail that follows says it anew."""
    telling = [*Kind.where(lambda rules: rules.tells_everything), Kind.LINKS]
    queued = registration.mails.filter(state=OutgoingMail.State.QUEUED, kind__in=telling)
    queued.update(state=OutgoingMail.State.DROPPED, last_error=CORRECTED)
