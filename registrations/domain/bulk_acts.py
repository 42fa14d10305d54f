"""Acts on more people than one request can see to: chosen at the desk, done by the worker."""

import time
from itertools import groupby

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from praxis.attempt import log_failure
from praxis.compiled import Compiled
from registrations.domain import privacy, signup, waiting_list
from registrations.models import BulkAct, BulkActPart, Registration

Kind, State = BulkAct.Kind, BulkAct.State
PART = 20  # people while a workshop's lock is held
SECONDS = 3  # of a worker's round: the mails come next
# Asked each second.
RUNNING = Compiled(
    lambda: BulkAct.objects.filter(state=State.RUNNING).order_by().values_list("pk")[:1]
)
# What is done to each person, and what the desk's history then says.
ACTS = {
    Kind.CANCEL: (signup.cancel, gettext_noop("Cancelled the registration.")),
    Kind.CONFIRM: (
        waiting_list.confirm,
        gettext_noop("Confirmed, beyond the number of seats if need be."),
    ),
    Kind.ERASE: (privacy.erase, gettext_noop("Erased the person.")),
}


def begin(kind, people, *, by, now, **options):
    """Store an act of `kind` on `people`, a query of registrations; the BulkAct.

    The registrations are those of this moment. A worker does it, workshop by workshop, in the order
    in which the people came. `by` is the organiser; `options` are what the act is called with.
    Where an act of this kind by the same organiser is still to come to all of these people, it is
    that one: a button was pressed twice.
    """
    with transaction.atomic():
        running = {act: keys_to_come(act) for act in running_acts(kind, by)}
        # After those that are to come: whoever has had their turn since is not found any more.
        rows = list(people.order_by("workshop", "pk").values_list("workshop", "pk"))
        for act, keys in running.items():
            if rows and keys.issuperset(key for _workshop, key in rows):
                return act
        found = [
            (workshop, [key for _workshop, key in group])
            for workshop, group in groupby(rows, key=lambda row: row[0])
        ]
        act = BulkAct.objects.create(
            kind=kind,
            by=by,
            options=options,
            created_at=now,
            total=sum(len(keys) for _workshop, keys in found),
        )
        act.workshops.set([workshop for workshop, _keys in found])
        BulkActPart.objects.bulk_create(
            BulkActPart(act=act, people=keys[first : first + PART])
            for _workshop, keys in found
            for first in range(0, len(keys), PART)
        )
    return act


def running_acts(kind, by):
    """The acts of this `kind` by the organiser that run, under a lock on the organiser's account.

    Two presses of one button take their turns. Without an organiser there is no button.
    """
    if by is None:
        return []
    accounts = get_user_model().objects.select_for_update(no_key=True)
    accounts.filter(pk=by.pk).values_list("pk").first()
    return list(BulkAct.objects.filter(kind=kind, by=by, state=State.RUNNING))


def keys_to_come(act):
    """The keys of those to whom `act` is still to be done, or at whom it failed."""
    return {key for people in act.parts.values_list("people", flat=True) for key in people}


def try_again(act):
    """Let a worker do `act` to those at whom it failed; False if there are none, or it runs."""
    with transaction.atomic():
        over = BulkAct.objects.filter(pk=act.pk, failed__gt=0).exclude(state=State.RUNNING)
        if not over.update(state=State.RUNNING, failed=0, ended_at=None):
            return False
        act.parts.filter(has_failed=True).update(has_failed=False)
    return True


def stop(act, *, now):
    """Leave those as they are to whom `act` is not done yet; False if it had ended."""
    with transaction.atomic():
        # The parts first, as where they are done, so that neither waits for the other.
        act.parts.filter(has_failed=False).delete()
        running = BulkAct.objects.filter(pk=act.pk, state=State.RUNNING)
        return bool(running.update(state=State.STOPPED, ended_at=now))


def go_on(*, clock, seconds=SECONDS, stop=lambda: False):
    """Do what is left of the acts, the oldest first, for so many `seconds`; how many people.

    `clock` returns the present moment. `stop` is asked between two parts.
    """
    # A worker asks each second: without an act it writes nothing.
    if not RUNNING.all():
        return 0
    running = BulkAct.objects.filter(state=State.RUNNING)
    began, done = time.monotonic(), 0
    while not stop() and time.monotonic() - began < seconds:
        people = do_next_part(now=clock())
        if people is None:
            break
        done += people
    running.exclude(parts__has_failed=False).update(state=State.ENDED, ended_at=clock())
    return done


def do_next_part(*, now):
    """Do the next part of the oldest act that runs; how many people, None if there is none left.

    A part that another worker does at this moment is left to it.
    """
    with transaction.atomic():
        parts = BulkActPart.objects.select_for_update(of=("self",), skip_locked=True)
        parts = parts.filter(has_failed=False)
        part = parts.select_related("act", "act__by").order_by("act", "pk").first()
        if part is None:
            return None
        act = part.act
        part.delete()
        became = {key: do_to(act, key, now=now) for key in part.people}
        done = [key for key, is_done in became.items() if is_done]
        failed = [key for key, is_done in became.items() if is_done is None]
        if failed:
            BulkActPart.objects.create(act=act, people=failed, has_failed=True)
        log(act, done)
        BulkAct.objects.filter(pk=act.pk).update(
            done=F("done") + len(done),
            failed=F("failed") + len(failed),
            skipped=F("skipped") + len(became) - len(done) - len(failed),
        )
    return len(part.people)


def do_to(act, key, *, now):
    """Do `act` to the registration with this `key`; whether it was done, None if it failed.

    One that fails is left as it was, and does not keep the others from their turn. Where the
    database fails, the whole part is done anew: nothing of it is stored.
    """
    verb, _message = ACTS[act.kind]
    registration = Registration.objects.filter(pk=key).first()
    if registration is None:
        return False
    try:
        # A failure undoes what this one had begun, and nothing else.
        with transaction.atomic():
            return bool(verb(registration, now=now, **act.options))
    except Exception as error:
        if isinstance(error, OperationalError):
            raise
        log_failure(f"the {act.kind} of registration {key}", error)
        return None


def log(act, keys):
    """Write into the desk's history of each registration who did what to it."""
    if act.by is None:
        return
    content_type = ContentType.objects.get_for_model(Registration)
    people = Registration.objects.select_related("workshop").in_bulk(keys)
    with override(settings.LANGUAGE_CODE):
        message = _(ACTS[act.kind][1])
        LogEntry.objects.bulk_create(
            LogEntry(
                user_id=act.by_id,
                content_type=content_type,
                object_id=str(key),
                object_repr=name_in_log(people[key])[:200],
                action_flag=CHANGE,
                change_message=message,
            )
            for key in keys
        )


def name_in_log(registration):
    """The number and the workshop, never the person's name: the log outlives it."""
    return _("No. %(number)s, %(workshop)s") % {
        "number": registration.pk,
        "workshop": registration.workshop,
    }
