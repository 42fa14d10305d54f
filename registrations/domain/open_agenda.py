"""What OpenAgenda is told: the file that it may read, and the agenda that the worker keeps.

The agenda is kept where settings name one, and a key. What it has and what it is to have stand in
rows of AgendaEntry; their difference is what is sent.
"""

import hashlib
import json
import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import override

from events import calendars, open_agenda
from events.models import Workshop
from praxis.microcache import LONG, cached
from registrations.domain.open_agenda_api import Courier, Refused
from registrations.domain.status import Status, get_statuses
from registrations.mail.outcomes import is_given_up, pause_after
from registrations.models import AgendaEntry
from registrations.models.agenda_entry import claim, next_due

logger = logging.getLogger("praxis.work")

MOST = 200  # workshops, the next ones
IN_HAND = timedelta(minutes=5)  # longer than sending one takes at most
NOTHING = ""  # the digest of no event


def is_kept():
    """Does this site keep an agenda?"""
    return bool(settings.OPENAGENDA_KEY and settings.OPENAGENDA_AGENDA)


def coming(now):
    """{uid: event} of the next workshops at `now`, as OpenAgenda takes them."""
    return events_of(
        list(Workshop.objects.for_harvesters().coming(now).with_hosts()[:MOST]), now=now
    )


def events_of(workshops, *, now):
    found = {}
    statuses = get_statuses(workshops, now=now)
    for workshop, (status, _seats) in zip(workshops, statuses, strict=True):
        key = calendars.fingerprint([workshop]), status
        found[workshop.uid] = cached(event_maker(workshop, status), "agenda", *key, seconds=LONG)
    return found


def event_maker(workshop, status):
    def make():
        is_full = status in (Status.FULL, Status.NO_SEAT_LEFT)
        with override(workshop.language):
            form = reverse("registrations:sign_up", args=[workshop.slug])
        sign_up = settings.SITE_URL + form if status.takes_registrations else ""
        return open_agenda.entry(workshop, is_full=is_full, sign_up=sign_up)

    return make


def digest_of(event):
    """The digest of `event` in this agenda: with another agenda or key, all is sent again."""
    told = [settings.OPENAGENDA_AGENDA, settings.OPENAGENDA_KEY, event]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def plan(*, now):
    """Note what the agenda is to have and has not; how many entries are due by that.

    What is over stays there as it is.
    """
    if not is_kept():
        return 0
    wanted = {uid: digest_of(event) for uid, event in coming(now).items()}
    rows = {row.uid: row for row in AgendaEntry.objects.filter(uid__in=wanted)}
    new = [
        AgendaEntry(uid=uid, wanted=digest, due_at=now)
        for uid, digest in wanted.items()
        if uid not in rows
    ]
    AgendaEntry.objects.bulk_create(new, ignore_conflicts=True)
    changed = [row for row in rows.values() if row.wanted != wanted[row.uid]]
    there = Exists(Workshop.objects.for_harvesters().filter(uid=OuterRef("uid")).order_by())
    gone = list(AgendaEntry.objects.exclude(wanted=NOTHING).exclude(there))
    for row in [*changed, *gone]:
        want(row, wanted.get(row.uid, NOTHING), now=now)
    return len(new) + len(changed) + len(gone)


def want(row, digest, *, now):
    """Write that the agenda is to have what has this digest, and that it is sent now."""
    AgendaEntry.objects.filter(pk=row.pk, wanted=row.wanted).update(
        wanted=digest, due_at=now, attempts=0, last_error=""
    )


def keep(*, clock, courier=None):
    """Write how what was in hand has ended, and send the next entry that is due; how many arrived.

    The `courier` of a worker that runs on sends while this goes on. Without one, all that is due is
    sent before this returns.
    """
    if not is_kept():
        return 0
    waits, courier, arrived = courier is None, courier or Courier(), 0
    while True:
        if courier.is_busy and not waits:
            return arrived
        sent = courier.ended()
        if sent:
            arrived += note(*sent, courier, now=clock())
        row = next_due(clock()) if courier.may_go(now=clock()) else None
        if row is None:
            return arrived
        send(row, courier, now=clock())
        if not waits:
            return arrived


def send(row, courier, *, now):
    """Give `row` to the courier, with what its workshop is now, if no other worker has it."""
    workshop = Workshop.objects.for_harvesters().with_hosts().filter(uid=row.uid).first()
    if workshop is not None and workshop.has_ended(now):
        AgendaEntry.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=None)
        return
    event = events_of([workshop], now=now)[workshop.uid] if workshop else None
    row.wanted = digest_of(event) if event else NOTHING
    if claim(row, wanted=row.wanted, until=now + IN_HAND):
        row.attempts += 1
        courier.give(row, event)


def note(row, error, courier, *, now):
    """Write what became of `row`; was it taken?"""
    mine = AgendaEntry.objects.filter(uid=row.uid)
    if row.wanted != NOTHING:
        # Where another worker has withdrawn it meanwhile, this one was there last, perhaps.
        again = AgendaEntry(uid=row.uid, wanted=NOTHING, due_at=now)
        AgendaEntry.objects.bulk_create([again], ignore_conflicts=True)
    if error is None:
        courier.arrived()
        # Changed in the meantime, it is due again, whichever of two was there last.
        mine.exclude(wanted=row.wanted).filter(due_at=None).update(due_at=now)
        mine.update(taken=row.wanted, taken_at=now)
        as_wanted = mine.filter(wanted=row.wanted)
        if row.wanted == NOTHING:
            as_wanted.delete()
        as_wanted.update(due_at=None, attempts=0, last_error="")
        return True
    is_over = isinstance(error, Refused) or is_given_up(row.attempts)
    # What was withdrawn must leave, however long that takes.
    is_over = is_over and row.wanted != NOTHING
    due_at = None if is_over else now + max(pause_after(row.attempts), error.again_after)
    if not isinstance(error, Refused):
        courier.missed(error, now=now)
    mine.filter(wanted=row.wanted).update(due_at=due_at, last_error=str(error))
    end = ", given up" if is_over else ""
    logger.warning("OpenAgenda did not take entry %s (%s)%s", row.pk, error.kind, end)
    return False
