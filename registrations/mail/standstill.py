"""Whether mail stands still: no worker runs, or mails are owed and none leaves.

It is what /readyz says, which is to turn red within ten minutes.
"""

import re
from datetime import timedelta

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from registrations.mail import queue
from registrations.models import OutgoingMail, heartbeat
from registrations.models.outgoing_mail import is_owed

NO_WORKER_AFTER = timedelta(minutes=5)
# A mail that failed twice leaves in the sixth minute, after a mail server that was away for a
# moment. What is left of ten minutes is for clocks that differ: a worker's may be three ahead.
STANDS_STILL_AFTER = timedelta(minutes=7)
# A refusal for now that concerns one mail, as in greylisting (RFC 6647). With 421 the server itself
# closes, and with 454 nobody can log in.
REFUSED_ALONE = re.compile(r"4(?!21|54)\d\d ")
# So many domains may refuse in a row, none of whose mails was due more than an hour before the last
# one left. If more do, it is our own server that refuses.
DOMAINS_IN_A_ROW = 2
HOUR = timedelta(hours=1)
LOOK_AT = 500  # mails

NO_WORKER = "no worker runs, so that no mail leaves: start `manage.py work`"
STANDS_STILL = (
    "mail stands still: one has been due since {:%Y-%m-%d %H:%M} UTC, and none has left for "
    "{:.0f} minutes. The worker's log and « Courriels sortants » at the desk say why"
)


def why_mail_stands_still(*, now, running_for):
    """Why no mail leaves, in a sentence for who runs the site; "" if all is well.

    `running_for` is how long the asking process has run. A worker that starts together with it is
    not missing yet.
    """
    if running_for > NO_WORKER_AFTER and not heartbeat.was_noted_within(NO_WORKER_AFTER):
        return NO_WORKER
    since = held_up_since(now=now)
    return STANDS_STILL.format(since, STANDS_STILL_AFTER.total_seconds() / 60) if since else ""


def held_up_since(*, now):
    """Since when the oldest mail has been due while none leaves; None if all is well."""
    owed = owed_mails(now - STANDS_STILL_AFTER)
    if not owed:
        return None
    left_at = owed[0].last_left_at
    if left_at and left_at > now - STANDS_STILL_AFTER:
        return None
    held_up = without_refused_alone(owed, left_at)
    return held_up[0].due_since if held_up else None


def is_overdue(now):
    """A condition: should a mail have left long before `now`?"""
    return is_owed(now - STANDS_STILL_AFTER)


def owed_mails(due_before):
    """The oldest LOOK_AT mails that were due before, and wait for no other mail.

    Rows of due_since, last_error, address, and last_left_at: when the last of all mails
    left, None if none ever did.
    """
    left = OutgoingMail.objects.filter(sent_at__isnull=False).order_by("-sent_at")
    owed = queue.in_order(OutgoingMail.objects.owed(due_before)).order_by("due_since")
    owed = owed.annotate(
        last_left_at=Subquery(left.values("sent_at")[:1]),
        address=Coalesce("registration__email", "subscription__email"),
    )
    names = ["due_since", "last_error", "address", "last_left_at"]
    return list(owed.values_list(*names, named=True)[:LOOK_AT])


def without_refused_alone(owed, left_at):
    """Those of the rows `owed` that their recipients' servers did not refuse for now.

    All of them if so many domains refuse that it is our own server that does.
    """
    domains = {
        mail.address.rpartition("@")[2].lower()
        for mail in owed
        if REFUSED_ALONE.match(mail.last_error)
        and (left_at is None or mail.due_since > left_at - HOUR)
    }
    if len(domains) > DOMAINS_IN_A_ROW:
        return owed
    return [mail for mail in owed if not REFUSED_ALONE.match(mail.last_error)]
