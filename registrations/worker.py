"""The worker's round: what happens by itself, then the mails that are due."""

from collections import Counter

from praxis.attempt import attempt
from registrations.domain import lost_links, waiting_list
from registrations.mail import delivery, queue, reminders
from registrations.models import allowance


def run_once(*, now, housekeeping=True, stop=lambda: False):
    """Do all that is due at `now`, the `housekeeping` where it is wanted; a Counter of what was done.

    `stop` is asked between two mails.
    """
    clock, tally = delivery.running_clock(now), Counter()
    if housekeeping:
        tally.update(keep_house(now=now))
    attempt("the answer to lost links", lost_links.answer, now=now)
    tally.update(delivery.deliver_due(now=clock(), stop=stop))
    return tally


def keep_house(*, now):
    """Do what time alone makes due, or what others left undone, and send nothing; how much of each was done."""
    done = {
        "seats given": waiting_list.promote_everywhere(now=now),
        "taken up again": attempt("taking up what was left", queue.take_up_abandoned, now=now),
        "reminders written": reminders.write_due(now=now),
    }
    attempt("the forgetting of allowances", allowance.forget, now=now)
    return done
