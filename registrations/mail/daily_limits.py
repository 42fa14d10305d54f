"""How many mails a day may go to an address."""

from datetime import timedelta

from registrations.models import Registration, allowance
from registrations.models.registration import email_key

DAY = timedelta(days=1)
MAILS_A_DAY = 5  # per mail address that never used a link of ours
VERIFIED_MAILS_A_DAY = 20
GMAIL = ("gmail.com", "googlemail.com")  # one mailbox has both addresses


def mail_at(address, *, now, repeats=False, purpose="mail"):
    """When a mail that anybody can cause may go to `address`: `now`, or later. One that only `repeats` what was said is not
    waited for, and leaves the last two of the day's five to others. An address that used one of our links gets more.
    Each `purpose` is counted by itself.
    """

    def share(most):
        return most * 3 // 5 if repeats else most

    def trusted():
        verified = (
            Registration.objects.of_address(address).filter(verified_at__isnull=False).exists()
        )
        return share(VERIFIED_MAILS_A_DAY if verified else MAILS_A_DAY)

    limit = {"most": share(MAILS_A_DAY), "period": DAY, "trusted": trusted}
    return allowance.take(purpose, mailbox_key(address), **limit, now=now, wait=not repeats)


def mailbox_key(address):
    """One name for all spellings that reach the same mailbox: without case or +tag, and without dots at Gmail."""
    local, _at, domain = email_key(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in GMAIL:
        domain, local = GMAIL[0], local.replace(".", "")
    return f"{local}@{domain}"
