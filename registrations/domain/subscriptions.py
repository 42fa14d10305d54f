"""Subscriptions to news of the next workshop: asked for, confirmed, kept, ended, forgotten."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from praxis.compiled import Compiled
from registrations.domain.lost_links import is_answered
from registrations.mail import daily_limits, queue, subscriber_mails
from registrations.mail.subscription_kinds import SubscriptionKind
from registrations.models import Subscription, subscription, used_stamp
from registrations.models.registration_queries import email_key

# What is consented to by the form's button, and again by the one behind the link. Each subscription
# keeps the words that its owner read: a change here is a new version.
CONSENT = _(
    "I agree that my address is kept to let me know by email of the new workshops chosen above, "
    "and for nothing else. Each of these emails lets me unsubscribe. Without a sign from me, the "
    "address is erased after a year."
)
UNCONFIRMED_FOR = timedelta(days=7)
ASKED = Compiled(lambda: those_who_asked().values_list("pk")[:1])  # asked each second


def ask(email, community, *, language, zone, consent_text, now, stamp=""):
    """Note that somebody wants news of `community` (None for all) sent to `email`.

    False if the form's `stamp` has served. What it does and how long that takes does not show
    whether the address is known: the worker answers, by mail.
    """
    purpose = f"subscription {email_key(email)} {community.pk if community else ''}"
    if stamp and not used_stamp.use(stamp, purpose, now=now):
        return False
    subscription.ask(
        email, community, language=language, zone=zone, consent_text=consent_text, now=now
    )
    return True


def answer(*, now):
    """Store the mail that asks for the confirmation, for each that was asked for; how many.

    One whose last such mail is on its way, or has just left, gets no other.
    """
    if not ASKED.all():
        return 0
    answered, asked = 0, those_who_asked()
    for each in list(asked[:100]):
        # Before the claim: nobody may wait for the row while this waits for the row of a limit.
        is_owed = not has_answer(each, now=now) and is_within_limits(each, now=now)
        # A worker that is killed here leaves the question to the next round.
        with transaction.atomic():
            # Claim, then act: of two workers only one answers.
            same = asked.filter(pk=each.pk, mail_asked_at=each.mail_asked_at)
            if same.update(mail_asked_at=None) and is_owed:
                queue.INSERT.store(
                    subscriber_mails.new_mail(each, SubscriptionKind.SUBSCRIPTION, now=now)
                )
                answered += 1
    return answered


def those_who_asked():
    """The subscriptions whose confirmation is to be asked for, the longest waiting first."""
    asked = Subscription.objects.filter(mail_asked_at__isnull=False)
    return asked.order_by("mail_asked_at", "pk")


def has_answer(each, *, now):
    """Is a mail that asks for the confirmation on its way, or has one just left?"""
    return is_answered(each.mails.filter(kind=SubscriptionKind.SUBSCRIPTION), now=now)


def is_within_limits(each, *, now):
    """May one more mail that anybody can cause go to the address today?"""
    purpose = SubscriptionKind.SUBSCRIPTION.rules.counted_as
    return daily_limits.mail_at(each.email, now=now, repeats=True, purpose=purpose) == now


def confirm(each, *, now):
    """Confirm the subscription, or keep it another year; whether it was there still.

    It is a sign of life for all that the address has confirmed.
    """
    with transaction.atomic():
        own = Subscription.objects.filter(pk=each.pk)
        is_there = own.update(confirmed_at=Coalesce("confirmed_at", now), last_seen_at=now)
        each.siblings.confirmed().update(last_seen_at=now)
    return bool(is_there)


def unsubscribe(token):
    """End all subscriptions of the address that has this `token`; how many they were.

    Their mails go with them, those on their way among them.
    """
    each = Subscription.objects.filter(token=token).first()
    return end(each.email) if each else 0


def end(address):
    """Erase all subscriptions of a mail address; how many they were."""
    _rows, by_model = Subscription.objects.of_address(address).delete()
    return by_model.get(Subscription._meta.label, 0)


def forget(*, now):
    """Erase what nobody has confirmed, and those whose last sign of life is a year old."""
    unconfirmed = Subscription.objects.filter(confirmed_at=None)
    unconfirmed.filter(last_seen_at__lte=now - UNCONFIRMED_FOR).delete()
    Subscription.objects.filter(last_seen_at__lte=now - subscription.KEPT).delete()
