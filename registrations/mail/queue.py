"""The queue of mails: stores them, gives them to a worker, and writes how each one ended."""

from collections import defaultdict
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_noop

from praxis.compiled import CompiledInsert
from registrations.mail import daily_limits, snapshots
from registrations.mail.kinds import Kind
from registrations.mail.subscription_kinds import SubscriptionKind
from registrations.models import OutgoingMail, Registration

MailState = OutgoingMail.State

# Longer than any mail may take (praxis/mail_backends/smtp.py), so that no process sends a mail that
# another one is still sending.
LEASE = timedelta(seconds=settings.EMAIL_TIMEOUT * 6)
TELL_AT_MOST_EVERY = timedelta(minutes=2)
# The kinds whose `before` is the snapshot that the person keeps if the mail does not arrive.
ANNOUNCEMENTS = [Kind.UPDATE, Kind.WORKSHOP_CANCELLED]

INSERT = CompiledInsert(OutgoingMail)
UNASKED = object()  # the caller of enqueue() has not asked daily_limits.when_due()

# What an update writes to undo a claim.
UNCLAIMED = {"state": MailState.QUEUED, "lease_until": None, "attempts": F("attempts") - 1}
SEATED_BEFORE = gettext_noop("overtaken: a seat became free before it left")
SAID_JUST_NOW = gettext_noop("another mail had just said so")
CANCELLED_BEFORE = gettext_noop("overtaken: the registration was cancelled before it left")


def enqueue(registration, kind, *, now, due_at=UNASKED, is_repeated=False, is_restored=False):
    """Store a mail of `kind` and record what it tells, in the caller's transaction.

    `due_at` is what daily_limits.when_due() said, for a caller that has asked it before; None means
    that a daily limit leaves the mail out. Returns the OutgoingMail, or then None. A mail that
    `is_repeated` is stored as dropped, so that the time it takes is the same; nothing is recorded.
    One that `is_restored` says that the organisers have restored the registration.
    """
    if due_at is UNASKED:
        due_at = daily_limits.when_due(registration.email, kind, registration.workshop, now=now)
    if due_at is None:
        return None
    drop_earlier(registration, kind)
    if not is_repeated:
        snapshots.record(registration, kind)
    mail = new_mail(registration, kind, now=now, due_at=due_at)
    mail.is_restored = is_restored
    if is_repeated:
        mail.state, mail.last_error = MailState.DROPPED, SAID_JUST_NOW
    INSERT.store(mail)
    return mail


def drop_earlier(registration, kind):
    """Drop the queued mails that a mail of `kind` makes obsolete.

    Where a cancellation drops an announcement, `registration.told` becomes the snapshot from before
    it; snapshots.record() writes it to the row.
    """
    if Kind(kind).rules.ends_registration:
        held = take_back_announcements([registration], CANCELLED_BEFORE)
        registration.told = held.get(registration.pk, registration.told)
        obsolete = queued(registration).exclude(kind=Kind.LINKS)
        obsolete.update(state=MailState.DROPPED, last_error=CANCELLED_BEFORE)
    elif kind == Kind.PROMOTION:
        obsolete = queued(registration).filter(kind=Kind.WAITING)
        obsolete.update(state=MailState.DROPPED, last_error=SEATED_BEFORE)


def queued(registration):
    """The mails of `registration` that nobody has begun to send."""
    return registration.mails.filter(state=MailState.QUEUED)


def take_back_announcements(people, reason):
    """Drop, for `reason`, the announcements to `people` (registrations) that have not left.

    Returns {registration pk: the snapshot that the person really holds}, of the people alone who
    had one on its way. An announcement that was tried stays, as it may have arrived.
    """
    unsent = OutgoingMail.objects.filter(
        registration__in=people, kind__in=ANNOUNCEMENTS, state=MailState.QUEUED, attempts=0
    )
    held = {}
    for registration_pk, before in unsent.order_by("pk").values_list("registration", "before"):
        held.setdefault(registration_pk, before)  # that before the oldest announcement
    unsent.update(state=MailState.DROPPED, last_error=reason)
    return held


def new_mail(registration, kind, *, now, due_at=None, before=""):
    """An OutgoingMail of `kind` to the person, not stored yet, due at `due_at` or at once."""
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
    """Whether a mail of a kind that tells everything was stored within TELL_AT_MOST_EVERY.

    A mail that failed or was dropped does not count.
    """
    telling = Kind.where(lambda rules: rules.tells_everything)
    lately = registration.mails.filter(kind__in=telling, created_at__gt=now - TELL_AT_MOST_EVERY)
    return lately.exclude(state__in=[MailState.FAILED, MailState.DROPPED]).exists()


def next_to_leave(most, *, now, without=()):
    """The keys of the mails that leave next, the most urgent first: `most`, none of `without`."""
    free = due_in_order(now).exclude(pk__in=without).order_by("priority", "due_at", "pk")
    return list(free.values_list("pk", flat=True)[:most])


def due_in_order(now):
    """The mails that are due at `now` and need not wait for an earlier mail to the same person."""
    return in_order(OutgoingMail.objects.due(now))


def in_order(mails):
    """Those of the queryset `mails` that need not wait for an earlier mail to the same person.

    A mail of a kind that a later release stored is left to that release.
    """
    in_any_order = Kind.where(lambda rules: not rules.waits_for_earlier)
    earlier = OutgoingMail.objects.unsettled().filter(
        registration=OuterRef("registration"), pk__lt=OuterRef("pk")
    )
    mails = mails.filter(kind__in=[*Kind, *SubscriptionKind])
    return mails.filter(Q(kind__in=in_any_order) | ~Exists(earlier))


def claim(mail_pks, *, now):
    """Claim the mails with the keys `mail_pks` for this process; the claimed ones, in their order.

    A mail is claimed if it is due, no other process holds it, and no earlier mail about the same
    registration is on its way. Each is read again after it was claimed.
    """
    with transaction.atomic():
        # A mail that another process is claiming at this moment is left to it.
        free = due_in_order(now).filter(pk__in=mail_pks).select_for_update(skip_locked=True)
        ours = set(free.values_list("pk", flat=True))
        claimed = OutgoingMail.objects.filter(pk__in=ours)
        claimed.update(state=MailState.SENDING, lease_until=now + LEASE, attempts=F("attempts") + 1)
    found = OutgoingMail.objects.with_workshops().in_bulk(ours)
    # A mail whose person was erased at this very moment is not found.
    return [found[pk] for pk in mail_pks if pk in found]


def release(claimed):
    """Undo the claim of mails that were claimed together, and were not tried.

    A mail that another process holds by now is left to it.
    """
    # All mails of a claim have the same lease; another lease is another process's.
    still_ours = OutgoingMail.objects.filter(
        state=MailState.SENDING, lease_until=claimed[0].lease_until
    )
    still_ours.filter(pk__in=[mail.pk for mail in claimed]).update(**UNCLAIMED)


def finish(mail, *, state, **fields):
    """Write `state` and `fields` on the row of `mail`; returns `state`, whether it was written.

    Nothing is written if the lease has run out and another process holds the mail. Unless the mail
    is queued again, its `content` is emptied. If it is an announcement that does not arrive, the
    person's snapshot is that from before again.
    """
    ours = OutgoingMail.objects.filter(
        pk=mail.pk, state=MailState.SENDING, lease_until=mail.lease_until
    )
    if state != MailState.QUEUED:
        fields["content"] = ""
    is_written = ours.update(lease_until=None, state=state, **fields)
    if is_written and state in (MailState.FAILED, MailState.DROPPED):
        restore_snapshot(mail)
    return state


def finish_sent(mails, *, now):
    """Write that `mails` have left, and their subjects, on each row whose lease is still ours."""
    alike = defaultdict(list)
    for mail in mails:
        alike[mail.lease_until, mail.subject].append(mail.pk)
    for (lease, subject), pks in alike.items():
        ours = OutgoingMail.objects.filter(pk__in=pks, state=MailState.SENDING, lease_until=lease)
        fields = {"lease_until": None, "last_error": "", "content": "", "subject": subject}
        ours.update(state=MailState.SENT, sent_at=now, **fields)


def restore_snapshot(mail):
    """Set the person's snapshot back to `mail.before`, as the announcement `mail` does not arrive.

    Where another mail to the person is on its way, nothing is set back: it may tell the same.
    """
    if mail.kind not in ANNOUNCEMENTS:
        return
    others = OutgoingMail.objects.unsettled().filter(registration=mail.registration_id)
    if not others.exists():
        rows = Registration.objects.filter(pk=mail.registration_id, told=mail.registration.told)
        rows.update(told=mail.before)


def drop(mail, reason):
    """Finish `mail` unsent, for `reason`; its state then."""
    return finish(mail, state=MailState.DROPPED, last_error=reason)


def send_again(mail, *, now):
    """Queue a failed mail once more, with its Message-ID; False if it has not failed.

    An organiser asks for it.
    """
    failed = OutgoingMail.objects.filter(pk=mail.pk, state=MailState.FAILED)
    at_once = {"due_at": F("created_at"), "due_since": now}
    return bool(failed.update(state=MailState.QUEUED, attempts=0, **at_once))


def say_why_they_wait(words, *, now):
    """Write `words` as the last error of each mail that is due at `now`; how many are due."""
    due = OutgoingMail.objects.due(now)
    due.exclude(last_error=words).update(last_error=words)
    return due.count()


def take_up_abandoned(*, now):
    """Queue again the mails that killed processes left behind; how many."""
    # Most of them were not tried yet, and a killed process is no failure of the mail.
    return OutgoingMail.objects.abandoned(now).update(**UNCLAIMED, due_at=now)
