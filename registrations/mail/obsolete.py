"""Which mails must not leave any more, and which wait."""

from django.utils.translation import gettext_noop

from events.models import Workshop
from registrations.mail import reminders, snapshots
from registrations.mail.kinds import Kind, rules_of

ERASED = gettext_noop("the person is erased")


def why_obsolete(mail, *, now):
    """Why `mail` must not leave any more at `now`, as a sentence; "" if it may."""
    registration, workshop = mail.registration, mail.registration.workshop
    if registration.erased_at and not mail.content:
        return ERASED
    if mail.kind == Kind.LINKS or mail.content:
        return ""
    if workshop.has_ended(now):
        return gettext_noop("its moment has passed: the workshop is over")
    if mail.kind == Kind.WORKSHOP_CANCELLED:
        stands = workshop.state == Workshop.State.CANCELLED
        return "" if stands else gettext_noop("overtaken: the workshop takes place after all")
    if (
        is_on_hold(mail)
        and workshop.state == Workshop.State.CANCELLED
        and snapshots.says_cancelled(registration.told)
    ):
        return gettext_noop("overtaken: the workshop was cancelled")
    if registration.state not in rules_of(mail).states:
        return gettext_noop("overtaken: the registration is no longer what it was")
    if mail.kind == Kind.WAITING and registration.waits_in_vain(now):
        return gettext_noop("its moment has passed: the waiting list is closed")
    if mail.kind in reminders.MARKS and not reminders.is_timely(mail.kind, registration, now=now):
        return gettext_noop("its moment has passed, or the workshop was moved")
    return ""


def is_on_hold(mail):
    """Must `mail` wait until its workshop is published again, or is over? What it says may become true once more."""
    is_published = mail.registration.workshop.state == Workshop.State.PUBLISHED
    return rules_of(mail).waits_for_publication and not is_published
