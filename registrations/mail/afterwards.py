"""The mail about what stays of a workshop: when it leaves, and the round that stores it.

Each person with a seat gets one, however often things change: `afterwards_mail_at` says who has it.
Nothing is planned ahead, so that an organiser who changes something within an hour, or chooses
that no mail leaves, has nothing to take back.
"""

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from events.models import Workshop
from praxis.addresses import with_token
from praxis.attempt import attempt
from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from registrations.models.ballot_box import OPEN_FOR as BALLOT_OPEN_FOR
from registrations.models.registration_queries import LINKS_STAY

Choice = Workshop.AfterwardsMail
# How long an organiser may still mend what stays, or change their mind.
TIME_TO_MEND = timedelta(hours=1)
DAYS = 3
BATCH = 500
TELLS_SOMETHING = ~Q(replay_url="", slides_url="", afterwards="") | Q(
    afterwards_mail=Choice.THIRD_DAY
)
PASSED = gettext_noop("its moment has passed: the workshop has been over for long")


def leaves_at(workshop):
    """The instant (UTC) from which the mail leaves; None if none is to leave as things are.

    Where nothing stays, it leaves on the third day alone: it then tells of the ballot, and of the
    attestation. Three days are counted on the first host's clock, where a day may have 23 or 25
    hours.
    """
    waits = workshop.afterwards_mail == Choice.ONCE and not workshop.stays
    if waits or workshop.afterwards_mail == Choice.NEVER:
        return None
    changed_at = workshop.afterwards_changed_at or workshop.ends_at
    return max(earliest(workshop), changed_at + TIME_TO_MEND)


def earliest(workshop):
    """The instant (UTC) before which the mail does not leave, whatever stays."""
    if workshop.afterwards_mail == Choice.THIRD_DAY:
        end = workshop.ends_at.astimezone(ZoneInfo(workshop.first_zone))
        return (end + timedelta(days=DAYS)).astimezone(UTC)
    return workshop.ends_at + TIME_TO_MEND


def is_due(workshop, *, now):
    """May the mail leave at `now`? If not, it may later, unless it is obsolete."""
    at = leaves_at(workshop)
    return at is not None and at <= now


def why_obsolete(workshop, *, now):
    """Why no such mail leaves any more, as a msgid; "" if it may."""
    if workshop.is_cancelled:
        return gettext_noop("overtaken: the workshop was cancelled")
    return PASSED if workshop.ends_at + LINKS_STAY <= now else ""


def people_to_tell(workshop):
    """The registrations with a seat, of people who are not erased, that have no such mail yet."""
    return workshop.registrations.filter(to_tell()).order_by()


def to_tell():
    """A condition on registrations: may the mail be written for them?"""
    return Q(state=Registration.State.CONFIRMED, afterwards_mail_at=None, erased_at=None)


def write_due(*, now):
    """Store the mail for each person who is to have it by `now`; how many.

    Any number of processes may do so at once. One statement where there is nothing to do.
    """
    untold = Registration.objects.filter(to_tell(), workshop=OuterRef("pk"))
    over = Workshop.objects.filter(
        TELLS_SOMETHING,
        Exists(untold),
        state=Workshop.State.PUBLISHED,
        ends_at__lte=now - TIME_TO_MEND,
        ends_at__gt=now - LINKS_STAY,
    )
    written = 0
    for workshop in over.exclude(afterwards_mail=Choice.NEVER).with_hosts():
        if is_due(workshop, now=now):
            step = f"the mail about what stays of workshop {workshop.pk}"
            # A workshop that fails must not keep the people of the others from being told.
            written += attempt(step, write_for_workshop, workshop, now=now)
    return written


def write_for_workshop(workshop, *, now):
    """Store the mail for everybody at `workshop` who has none yet; how many."""
    total = 0
    while people_to_tell(workshop).exists():
        written = write_batch(workshop, now=now)
        if not written:
            break  # another process has the rest
        total += written
    return total


def write_batch(workshop, *, now):
    """Store the mail for the first BATCH people, in one transaction; how many.

    Who has it is noted in the same transaction, so that nobody is told twice.
    """
    with transaction.atomic():
        # A registration that another process is writing about at this moment is left to it.
        batch = list(people_to_tell(workshop).select_for_update(skip_locked=True)[:BATCH])
        mails = [queue.new_mail(each, Kind.AFTERWARDS, now=now) for each in batch]
        OutgoingMail.objects.bulk_create(mails)
        rows = Registration.objects.filter(pk__in=[registration.pk for registration in batch])
        rows.update(afterwards_mail_at=now)
    return len(batch)


def context(registration, *, now):
    """What the mail after the session tells a person beside the hours: what stays, and for them."""
    workshop, site = registration.workshop, settings.SITE_URL
    ballot, attestation = "", ""
    if now < workshop.ends_at + BALLOT_OPEN_FOR:
        ballot = site + with_token("registrations:ballot", registration.join_token)
    if registration.came and not registration.attestation_revoked_at:
        attestation = site + with_token("registrations:attestation", registration.manage_token)
    return {
        "what_stays": workshop.what_stays if workshop.stays else "",
        "is_public": workshop.stays_for_everybody,
        "ballot_url": ballot,
        "attestation_url": attestation,
    }
