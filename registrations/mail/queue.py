"""Mails wait here from the transaction that stores them until a worker claims them."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_noop

from registrations.mail import daily_limits, kinds, snapshots
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

State = OutgoingMail.State

# Longer than any mail may take (praxis.smtp), so that nobody sends a mail that somebody is still sending.
LEASE = timedelta(seconds=settings.EMAIL_TIMEOUT * 6)
HOLD_FOR = timedelta(minutes=10)
MOST_URGENT = min(kind.rules.priority for kind in Kind)
BATCH = 20

# Of a mail that was claimed, and is as if it had not been.
UNTRIED = {"state": State.QUEUED, "lease_until": None, "attempts": F("attempts") - 1}
SEATED_BEFORE = gettext_noop("overtaken: a seat became free before it left")
SAID_JUST_NOW = gettext_noop("another mail had just said so")
CANCELLED_BEFORE = gettext_noop("overtaken: the registration was cancelled before it left")

TELL_AT_MOST_EVERY = timedelta(minutes=2)


def enqueue(registration, kind, *, now, unsent=False):
    """Store a mail of `kind` and note what it tells, in the caller's transaction; None where it would be one too many.
    One that is `unsent` is dropped at once and tells nothing.

    An address that never used a link of ours gets few mails a day (limits.MAILS_A_DAY): a confirmation above that
    leaves later, an answer that only repeats is left out.
    """
    due_at = due_within_limits(registration, kind, now=now)
    if due_at is None:
        return None
    queued = registration.mails.filter(state=State.QUEUED)
    if kind == Kind.CANCELLATION:
        queued.exclude(kind=Kind.LINKS).update(state=State.DROPPED, last_error=CANCELLED_BEFORE)
    elif kind == Kind.PROMOTION:
        queued.filter(kind=Kind.WAITING).update(state=State.DROPPED, last_error=SEATED_BEFORE)
    if not unsent:
        snapshots.record(registration, kind)
    mail = new_mail(registration, kind, now=now, due_at=due_at)
    if unsent:
        mail.state, mail.last_error = State.DROPPED, SAID_JUST_NOW
    mail.save(force_insert=True)
    return mail


def due_within_limits(registration, kind, *, now):
    """When a mail of `kind` may leave for this person: `now`, later, or None for not at all."""
    rules = Kind(kind).rules
    if not rules.when_limited:
        return now
    repeats = rules.when_limited == kinds.NEVER
    due_at = daily_limits.mail_at(
        registration.email, now=now, repeats=repeats, purpose=rules.counted_as
    )
    return None if repeats and due_at > now else due_at


def new_mail(registration, kind, *, now, due_at=None, before=""):
    """A mail of `kind` to the person, not stored yet, due at `due_at` or at once."""
    return OutgoingMail(
        registration=registration,
        kind=kind,
        priority=Kind(kind).rules.priority,
        sequence=registration.sequence,
        before=before,
        created_at=now,
        due_since=due_at or now,
        due_at=due_at or now,
    )


def has_just_told(registration, *, now):
    """Was a mail stored a moment ago that says all that this person has?"""
    telling = Kind.where(lambda rules: rules.tells_everything)
    lately = registration.mails.filter(kind__in=telling, created_at__gt=now - TELL_AT_MOST_EVERY)
    return lately.exclude(state__in=[State.FAILED, State.DROPPED]).exists()


def next_to_leave(*, now, without=()):
    """The mails (pk) that leave next: the most urgent. Several only where nothing can become more urgent meanwhile."""
    free = due_in_order(now).exclude(pk__in=without).order_by("priority", "due_at", "pk")
    found = list(free.values_list("pk", "priority")[:BATCH])
    most_urgent = [pk for pk, priority in found if priority == MOST_URGENT]
    if most_urgent:
        return most_urgent
    return [pk for pk, _priority in found[:1]]


def due_in_order(now):
    """The mails that are due at `now`, without those that must wait for an earlier one to the same person."""
    in_any_order = Kind.where(lambda rules: not rules.waits_for_earlier)
    earlier = OutgoingMail.objects.unsettled().filter(
        registration=OuterRef("registration"), pk__lt=OuterRef("pk")
    )
    return OutgoingMail.objects.due(now).filter(Q(kind__in=in_any_order) | ~Exists(earlier))


def claim(mail_pks, *, now):
    """Take those of the mails for ourselves that are due and free, and whose earlier mails about the same registration are
    settled: they, in their order, as they are now.
    """
    with transaction.atomic():
        # What another process is claiming at this moment is left to it.
        free = due_in_order(now).filter(pk__in=mail_pks).select_for_update(skip_locked=True)
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


def take_up_abandoned(*, now):
    """Queue again what killed processes left behind; how many mails."""
    # Most of them were not tried yet: a kill is no failure of the mail's.
    return OutgoingMail.objects.abandoned(now).update(**UNTRIED, due_at=now)
