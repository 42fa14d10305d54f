"""The worker's round."""

from collections import Counter

from registrations.mail import delivery, queue, reminders


def run_once(*, now, stop=lambda: False):
    """Free what killed processes left behind, write the reminders that are due and send all that is; a tally by outcome.

    `stop` is asked between two mails.
    """
    tally = Counter()
    tally["taken up again"] = queue.take_up_abandoned(now=now)
    tally["reminders written"] = reminders.write_due(now=now)
    tally.update(delivery.deliver_due(now=now, stop=stop))
    return tally
