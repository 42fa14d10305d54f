"""How many mails a day may go to one address."""

from datetime import timedelta

from registrations.mail.kinds import Kind
from registrations.mail.rules import NEVER
from registrations.models import Registration, allowance
from registrations.models.registration_queries import email_key

DAY = timedelta(days=1)
MAILS_A_DAY = 5  # to a mail address whose owner has never used one of our links
VERIFIED_MAILS_A_DAY = 20
BEFORE_THE_DOOR = timedelta(hours=1)
GMAIL = ("gmail.com", "googlemail.com")  # one mailbox has both addresses


def when_due(email, kind, workshop, *, now):
    """When a mail of `kind` about `workshop` may leave for `email`: `now`, later, None for never.

    A limit delays what says something new, and leaves out an answer that only repeats. What is
    delayed leaves before the room opens all the same.
    It waits for the limit's row: whoever will hold a workshop's lock asks before.
    """
    rules = Kind(kind).rules
    if not rules.when_limited:
        return now
    repeats = rules.when_limited == NEVER
    due_at = mail_at(email, now=now, repeats=repeats, purpose=rules.counted_as)
    if repeats:
        return None if due_at > now else due_at
    return in_time(email, workshop, due_at, now=now)


def mail_at(address, *, now, repeats=False, purpose="mail"):
    """When a mail that anybody can cause may go to `address`: `now`, or later.

    A later moment is reserved for the mail, unless the mail only `repeats` an earlier one: such a
    mail never waits. It may use three fifths of the day's mails, and leaves the others to mails
    that say something new. A verified address gets more. Each `purpose` is counted by itself.
    """

    def share(most):
        return most * 3 // 5 if repeats else most

    def trusted():
        is_verified = Registration.objects.of_address(address).verified().exists()
        return share(VERIFIED_MAILS_A_DAY if is_verified else MAILS_A_DAY)

    limit = {"most": share(MAILS_A_DAY), "period": DAY, "trusted": trusted}
    return allowance.take(purpose, mailbox_key(address), **limit, now=now, wait=not repeats)


def in_time(address, workshop, due_at, *, now):
    """`due_at`, or an hour before the room of `workshop` opens if that is earlier: `now` at least.

    A mail that waits for its turn must not come once the room is open. So that this is no way
    round the limit, it holds for one mail to a mailbox a day and workshop: few begin so soon.
    """
    latest = max(now, workshop.door_opens_at - BEFORE_THE_DOOR)
    if due_at <= latest:
        return due_at
    subject = f"{workshop.pk} {mailbox_key(address)}"
    allowed_at = allowance.take("mail in time", subject, most=1, period=DAY, now=latest)
    return latest if allowed_at == latest else due_at


def mailbox_key(address):
    """One name for all spellings of an address that reach the same mailbox.

    It has no case and no +tag, and no dots at Gmail.
    """
    local, _at, domain = email_key(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in GMAIL:
        domain, local = GMAIL[0], local.replace(".", "")
    return f"{local}@{domain}"
