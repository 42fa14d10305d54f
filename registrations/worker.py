"""One round of the worker: the housekeeping, then the mails that are due."""

from collections import Counter

from django.contrib.sessions.backends.db import SessionStore

from praxis import overwriting
from praxis.attempt import attempt
from registrations.domain import (
    attestation_keys,
    ballots,
    bulk_acts,
    headcounts,
    incoming_mail,
    lost_links,
    needs,
    notices,
    open_agenda,
    search_texts,
    seat_limits,
    subscriptions,
    waiting_list,
)
from registrations.mail import afterwards, delivery, queue, reminders
from registrations.models import allowance, used_stamp


def run_once(
    *,
    now,
    server=None,
    courier=None,
    housekeeping=True,
    stop=lambda: False,
    act_at_most=bulk_acts.SECONDS,
):
    """Do all that is due at `now`; a Counter of what was done.

    `server` is the MailServer that this process knows from earlier rounds, `courier` the one that
    it sends to OpenAgenda. The housekeeping is left
    out where `housekeeping` is false. `stop` is asked between two mails. Acts on very many people
    go on for `act_at_most` seconds.
    """
    clock, tally = delivery.running_clock(now), Counter()
    if housekeeping:
        tally.update(do_housekeeping(now=now))
    acted = attempt(
        "an act on many people", bulk_acts.go_on, clock=clock, seconds=act_at_most, stop=stop
    )
    if acted:
        tally["people acted upon"] = acted
    attempt("the answer to lost links", lost_links.answer, now=now)
    attempt("the answer to subscribers", subscriptions.answer, now=now)
    attempt("a notice to subscribers", notices.go_on, clock=clock, stop=stop)
    if kept := attempt("keeping the agenda", open_agenda.keep, clock=clock, courier=courier):
        tally["events taken by OpenAgenda"] = kept
    tally.update(delivery.deliver_due(now=clock(), server=server, stop=stop))
    return tally


def do_housekeeping(*, now):
    """Do what time alone makes due, and what killed processes left undone; {what: how many}.

    It sends no mail.
    """
    done = {
        "seats given": attempt("promotion", waiting_list.promote_everywhere, now=now),
        "taken up again": attempt("taking up what was left", queue.take_up_abandoned, now=now),
        "reminders written": attempt("writing reminders", reminders.write_due, now=now),
        "mails about what stays": attempt(
            "the mail about what stays", afterwards.write_due, now=now
        ),
    }
    attempt("the plan of the agenda", open_agenda.plan, now=now)
    attempt("the check of a headcount", headcounts.check_next, now=now)
    attempt("the forgetting of allowances", allowance.forget, now=now)
    attempt("the forgetting of used stamps", used_stamp.forget, now=now)
    attempt("the forgetting of sessions", SessionStore.clear_expired)
    attempt("the forgetting of networks", seat_limits.forget, now=now)
    attempt("the reading of the mailbox", incoming_mail.read, now=now)
    attempt("the forgetting of subscribers", subscriptions.forget, now=now)
    attempt("the mending of search texts", search_texts.mend)
    attempt("the note of the key of attestations", attestation_keys.record, now=now)
    attempt("the closing of ballots", ballots.close_and_forget, now=now)
    attempt("the forgetting of needs", needs.forget, now=now)
    attempt("the emptying of the write-ahead log", overwriting.empty_log)
    return done
