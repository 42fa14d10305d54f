"""Mails wait here from the transaction that stores them until a worker claims them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from registrations.mail import daily_limits, reminders, snapshots
from registrations.models import OutgoingMail, Registration

Kind = OutgoingMail.Kind
State = OutgoingMail.State

# Longer than any mail may take (praxis.smtp), so that nobody sends a mail that somebody is still sending.
LEASE = timedelta(seconds=settings.EMAIL_TIMEOUT * 6)
HOLD_FOR = timedelta(minutes=10)
MOST_URGENT = min(OutgoingMail.PRIORITIES.values())
BATCH = 20

# Of a mail that was claimed, and is as if it had not been.
UNTRIED = {"state": State.QUEUED, "lease_until": None, "attempts": F("attempts") - 1}
SEATED_BEFORE = gettext_noop("overtaken: a seat became free before it left")
SAID_JUST_NOW = gettext_noop("another mail had just said so")
CANCELLED_BEFORE = gettext_noop("overtaken: the registration was cancelled before it left")

# What says all that a person has: the seat or the rank, and the links.
TELLS_ALL = (Kind.CONFIRMATION, Kind.ALREADY_REGISTERED, Kind.WAITING, Kind.PROMOTION)
TELL_AT_MOST_EVERY = timedelta(minutes=2)

# What anybody can cause who types an address; the first two wait for their turn, the others are left out.
ANSWERS_THAT_WAIT = (Kind.CONFIRMATION, Kind.WAITING)
ANSWERS_LEFT_OUT = (Kind.ALREADY_REGISTERED, Kind.LINKS)


def enqueue(registration, kind, *, now, unsent=False):
    """Store a mail of `kind` and note what it tells, in the caller's transaction; None where it would be one too many.
    One that is `unsent` is dropped at once and tells nothing.

    An address that never used a link of ours gets few mails a day (limits.MAILS_A_DAY): a confirmation above that
    leaves later, an answer that only repeats is left out.
    """
    due_at = now
    if kind in ANSWERS_THAT_WAIT or kind in ANSWERS_LEFT_OUT:
        # Somebody who registered five times today and lost the mails must still get their links.
        purpose = "links" if kind == Kind.LINKS else "mail"
        due_at = daily_limits.mail_at(
            registration.email, now=now, repeats=kind in ANSWERS_LEFT_OUT, purpose=purpose
        )
    if kind in ANSWERS_LEFT_OUT and due_at > now:
        return None
    queued = registration.mails.filter(state=State.QUEUED)
    if kind == Kind.CANCELLATION:
        queued.exclude(kind=Kind.LINKS).update(state=State.DROPPED, last_error=CANCELLED_BEFORE)
    elif kind == Kind.PROMOTION:
        queued.filter(kind=Kind.WAITING).update(state=State.DROPPED, last_error=SEATED_BEFORE)
    if not unsent:
        snapshots.record(registration, kind)
    mail = OutgoingMail.about(registration, kind, now=now, due_at=due_at)
    if unsent:
        mail.state, mail.last_error = State.DROPPED, SAID_JUST_NOW
    mail.save(force_insert=True)
    return mail


def has_just_told(registration, *, now):
    """Was a mail owed a moment ago that says all that this person has?"""
    lately = registration.mails.filter(kind__in=TELLS_ALL, created_at__gt=now - TELL_AT_MOST_EVERY)
    return lately.exclude(state__in=[State.FAILED, State.DROPPED]).exists()


def next_to_leave(*, now, without=()):
    """The mails (pk) that leave next: the most urgent. Several only where nothing can become more urgent meanwhile."""
    free = (
        OutgoingMail.objects.due(now)
        .next_in_line()
        .exclude(pk__in=without)
        .order_by("priority", "due_at", "pk")
    )
    found = list(free.values_list("pk", "priority")[:BATCH])
    return [pk for pk, priority in found if priority == MOST_URGENT] or [
        pk for pk, _priority in found[:1]
    ]


def claim(mail_pks, *, now):
    """Take those of the mails for ourselves that are due and free, and whose earlier mails about the same registration are
    settled: they, in their order, as they are now.
    """
    with transaction.atomic():
        # What another process is claiming at this moment is left to it.
        free = (
            OutgoingMail.objects.due(now)
            .next_in_line()
            .filter(pk__in=mail_pks)
            .select_for_update(skip_locked=True)
        )
        ours = set(free.values_list("pk", flat=True))
        claimed = OutgoingMail.objects.filter(pk__in=ours)
        claimed.update(state=State.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1)
    found = OutgoingMail.objects.with_workshops().in_bulk(ours)
    # Without those whose person was erased at this very moment.
    return [found[pk] for pk in mail_pks if pk in found]


def release(claimed):
    """Leave mails that were claimed together and not tried to whoever looks next; not those that somebody else has now."""
    still_ours = OutgoingMail.objects.filter(
        state=State.SENDING, lease_until=claimed[0].lease_until
    )
    still_ours.filter(pk__in=[mail.pk for mail in claimed]).update(**UNTRIED)


def finish(mail, *, state, **fields):
    """Write how it ended, unless the lease has run out and somebody else has the mail now; `state`."""
    ours = OutgoingMail.objects.filter(
        pk=mail.pk, state=State.SENDING, lease_until=mail.lease_until
    )
    if state != State.QUEUED:
        fields["content"] = ""
    ours.update(lease_until=None, state=state, **fields)
    return state


def drop(mail, reason):
    """Send `mail` to nobody; who was to hear of a cancellation that was taken back knows what they knew before."""
    if mail.kind == Kind.WORKSHOP_CANCELLED:
        Registration.objects.filter(pk=mail.registration_id, told=mail.registration.told).update(
            told=mail.before
        )
    return finish(mail, state=State.DROPPED, last_error=reason)


def send_again(mail, *, now):
    """Queue a mail once more that failed, with its Message-ID: an organiser's act. False if it has not failed."""
    failed = OutgoingMail.objects.filter(pk=mail.pk, state=State.FAILED)
    return bool(failed.update(state=State.QUEUED, due_at=now, due_since=now, attempts=0))


def tidy(*, now):
    """The part of the sweep that sends nothing."""
    abandoned = OutgoingMail.objects.abandoned(now)
    return {
        # Most of them were not tried yet: a kill is no failure of the mail's.
        "taken up again": abandoned.update(**UNTRIED, due_at=now),
        "reminders written": reminders.write_due(now=now),
    }
