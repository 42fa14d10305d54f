"""Whether mail leaves, for all workshops at once."""

from dataclasses import dataclass
from datetime import datetime

from registrations.mail.standstill import NO_WORKER_AFTER, held_up_since
from registrations.models import heartbeat


@dataclass(frozen=True)
class MailRuns:
    """Whether a worker runs, and since when mails have been owed while none leaves.

    A worker that starts together with the site `is_awaited`, and not missing yet.
    """

    worker_runs: bool
    is_awaited: bool
    held_up_since: datetime | None

    @property
    def leaves(self):
        """Is nothing known that keeps mail from leaving?"""
        return (self.worker_runs or self.is_awaited) and self.held_up_since is None


def mail_runs(*, now, running_for):
    """The MailRuns at `now`. `running_for` is how long the asking process has run."""
    return MailRuns(
        worker_runs=heartbeat.was_noted_within(NO_WORKER_AFTER),
        is_awaited=running_for <= NO_WORKER_AFTER,
        held_up_since=held_up_since(now=now),
    )
