"""Notices: an organiser tells the subscribers of a workshop, once for all."""

import time

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from praxis.compiled import Compiled
from registrations.domain.refused import Refused
from registrations.domain.seats import lock_workshop
from registrations.mail import subscriber_mails
from registrations.mail.subscription_kinds import SubscriptionKind
from registrations.models import Notice, OutgoingMail, Registration, Subscription

PART = 500  # mails at a time
SECONDS = 3  # of a worker's round: the mails come next
# Asked each second.
OPEN = Compiled(lambda: Notice.objects.filter(ended_at=None).order_by().values_list("pk")[:1])


def audience(workshop, communities, *, at):
    """The subscriptions to tell of `workshop`, which the communities with these keys hold.

    Those confirmed by `at`, one of each address, and nobody who has registered: they know.
    """
    registered = Registration.objects.active().filter(
        workshop=workshop, email_key=OuterRef("email_key")
    )
    found = Subscription.objects.confirmed().filter(confirmed_at__lte=at).about(communities)
    return found.first_of_each_address().filter(~Exists(registered))


def host_keys(workshop):
    return [community.pk for community in workshop.communities]


def why_not(workshop, *, now):
    """Why nobody can be told of `workshop` now, in a sentence; "" if its subscribers can."""
    if workshop.is_cancelled:
        return _("The workshop is cancelled: there is nothing to announce.")
    if workshop.is_draft:
        return _("The workshop is a draft: publish it first.")
    if workshop.has_started(now):
        return _("The workshop has started: it is too late to announce it.")
    return ""


def notify(workshop, *, by, now):
    """Note that the subscribers are to be told of `workshop`; the Notice. The worker does it.

    Raises Refused where nobody can be told, or where they were told already.
    """
    with transaction.atomic():
        workshop = lock_workshop(workshop.pk)
        reason = why_not(workshop, now=now)
        if reason:
            raise Refused(reason)
        facts = {"by": by, "at": now, "communities": host_keys(workshop)}
        notice, is_new = Notice.objects.get_or_create(workshop=workshop, defaults=facts)
    if not is_new:
        raise Refused(_("The subscribers have been told of this workshop already."))
    return notice


def go_on(*, clock, seconds=SECONDS, stop=lambda: False):
    """Store the mails of the notices, the oldest first, for so many `seconds`; how many mails.

    `clock` returns the present moment. `stop` is asked between two parts.
    """
    began, done = time.monotonic(), 0
    # A worker asks each second: without a notice it writes nothing.
    while OPEN.all():
        if stop() or time.monotonic() - began > seconds:
            break
        written = write_part(now=clock())
        if written is None:
            break
        done += written
    return done


def write_part(*, now):
    """Store the next PART mails of the oldest notice; how many, None if another worker does.

    The database stores no second mail about a workshop for an address, whatever happens here.
    """
    with transaction.atomic():
        notices = Notice.objects.select_for_update(of=("self",), skip_locked=True)
        notice = notices.filter(ended_at=None).select_related("workshop").order_by("pk").first()
        if notice is None:
            return None
        told = audience(notice.workshop, notice.communities, at=notice.at)
        part = list(told.filter(pk__gt=notice.last).order_by("pk")[:PART])
        kind, workshop = SubscriptionKind.NEXT_WORKSHOP, notice.workshop
        mails = [subscriber_mails.new_mail(each, kind, now=now, workshop=workshop) for each in part]
        OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
        fields = {"last": part[-1].pk} if len(part) == PART else {"ended_at": now}
        rows = Notice.objects.filter(pk=notice.pk)
        rows.update(written=F("written") + len(mails), **fields)
        return len(mails)
