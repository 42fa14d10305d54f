"""Which mails are obsolete, and which are on hold."""

from django.utils.translation import gettext_noop

from registrations.mail import afterwards, reminders, snapshots, subscriber_mails
from registrations.mail.kinds import Kind, rules_of
from registrations.models.registration_queries import INVENTED_DOMAIN

ERASED = gettext_noop("the person is erased")
OVER = gettext_noop("its moment has passed: the workshop is over")
INVENTED = gettext_noop("the address was invented for the demonstration")


def why_obsolete(mail, *, now):
    """Why `mail` must not leave any more at `now`, as a msgid; "" if it may leave.

    A mail with `content` is a final mail: it leaves whatever else is true. To an address that
    nobody has none leaves.
    """
    if mail.subscription_id:
        return subscriber_mails.why_obsolete(mail, now=now)
    registration, workshop = mail.registration, mail.registration.workshop
    if f"@{INVENTED_DOMAIN}" in (mail.content or registration.email):
        return INVENTED
    if registration.erased_at and not mail.content:
        return ERASED
    if mail.kind == Kind.LINKS or mail.content:
        return ""
    if mail.kind == Kind.AFTERWARDS:
        passed = afterwards.why_obsolete(workshop, now=now)
    else:
        passed = workshop.has_ended(now) and OVER
    if passed:
        return passed
    if mail.kind == Kind.WORKSHOP_CANCELLED:
        if workshop.is_cancelled:
            return ""
        return gettext_noop("overtaken: the workshop takes place after all")
    knows_cancelled = workshop.is_cancelled and snapshots.says_cancelled(registration.told)
    if is_on_hold(mail, now=now) and knows_cancelled:
        return gettext_noop("overtaken: the workshop was cancelled")
    states = rules_of(mail).states
    if states and registration.state not in states:
        return gettext_noop("overtaken: the registration is no longer what it was")
    if mail.kind == Kind.WAITING and registration.waits_in_vain(now):
        return gettext_noop("its moment has passed: the waiting list is closed")
    if mail.kind in reminders.MARKS and not reminders.is_timely(mail.kind, registration, now=now):
        return gettext_noop("its moment has passed, or the workshop was moved")
    return ""


def is_on_hold(mail, *, now):
    """Whether `mail` must wait until its workshop is published again, or is over.

    What the mail says may become true once more. One about what stays waits as well where its
    organisers have put it off since it was stored.
    """
    if mail.subscription_id:
        return subscriber_mails.is_on_hold(mail)
    workshop = mail.registration.workshop
    if mail.kind == Kind.AFTERWARDS and not afterwards.is_due(workshop, now=now):
        return True
    return rules_of(mail).waits_for_publication and not workshop.is_published
