"""Announcements: an organiser tells the people that a workshop has changed or is cancelled."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils.text import get_text_list
from django.utils.translation import gettext, gettext_noop, ngettext

from events.models import Workshop
from registrations.domain.seats import lock_workshop
from registrations.mail import queue, snapshots
from registrations.mail.kinds import Kind
from registrations.mail.snapshots import changes
from registrations.models import OutgoingMail, Registration

State = Registration.State
BATCH = 500  # people at a time
OBSOLETE = gettext_noop("overtaken by a newer announcement before it left")


@dataclass(frozen=True)
class Outdated:
    """How many people hold the same old snapshot, and what it says that is not true any more.

    `changes` are the Changes since. `state` is the present state of the workshop if that has
    changed, else "".
    """

    count: int
    changes: list
    state: str = ""

    @property
    def sentence(self):
        """« 42 personnes inscrites ont encore l’ancien horaire. »"""
        if self.state == Workshop.State.CANCELLED:
            words = ngettext(
                "%(count)s registered person does not know that the workshop is cancelled.",
                "%(count)s registered people do not know that the workshop is cancelled.",
                self.count,
            )
        elif self.state:
            words = ngettext(
                "%(count)s registered person does not know that the workshop takes place "
                "after all.",
                "%(count)s registered people do not know that the workshop takes place after all.",
                self.count,
            )
        else:
            words = ngettext(
                "%(count)s registered person holds %(what)s.",
                "%(count)s registered people hold %(what)s.",
                self.count,
            )
        what = get_text_list([change.old for change in self.changes], gettext("and"))
        return words % {"count": self.count, "what": what or gettext("an earlier version")}


def outdated(workshop):
    """The people who are not up to date, grouped by what they hold: Outdated, the largest first.

    In the active language, with hours on every host's clock.
    """
    return outdated_of([workshop])[workshop.pk]


def outdated_of(workshops):
    """{pk: what outdated() says} of each of `workshops`; one statement, however many."""
    announced = {workshop.pk: workshop for workshop in workshops if not workshop.is_draft}
    current = {pk: list(current_snapshots(each).values()) for pk, each in announced.items()}
    groups = {workshop.pk: Counter() for workshop in workshops}
    for pk, told, language, count in told_otherwise(current):
        if is_old(told, announced[pk], current[pk]):
            groups[pk][what_is_held(told, announced[pk], language)] += count
    return {
        pk: [
            as_outdated(before, count, announced[pk].in_language(language))
            for (before, language), count in found.most_common()
        ]
        for pk, found in groups.items()
    }


def told_otherwise(current):
    """(workshop pk, snapshot, language, how many) of active people, the largest groups first.

    Of each workshop of `current`, those who hold none of the snapshots that stand there.
    """
    if not current:
        return []
    holds_another = Q()
    for pk, texts in current.items():
        holds_another |= Q(workshop=pk) & ~Q(told__in=texts)
    people = Registration.objects.active().filter(holds_another, erased_at=None).order_by()
    counts = people.values_list("workshop", "told", "language").annotate(count=Count("pk"))
    return counts.order_by("-count", "workshop", "told", "language")


def what_is_held(told, workshop, language):
    """The snapshot `told` and its language, so that they are equal for people of one group.

    Confirmed and waiting people with otherwise equal snapshots are one group, and so are those who
    read the same in two languages.
    """
    before = json.loads(snapshots.as_told(told, snapshots.snapshot(workshop, "", language)))
    before["registration"] = ""
    if before.get("title") in workshop.titles:
        before["title"], language = workshop.title, workshop.language
    return snapshots.as_json(before), language


def as_outdated(before, count, workshop):
    """The Outdated for `count` people who hold the snapshot `before`."""
    state = json.loads(before).get("workshop")
    if state is None:
        return Outdated(count, [])
    new_state = str(workshop.state) if state != workshop.state else ""
    if workshop.is_cancelled:
        # The mail tells the cancellation alone.
        return Outdated(count, [], new_state)
    return Outdated(count, changes(before, workshop, workshop.clocks), new_state)


def announce(workshop, *, now, stop=lambda: False):
    """Store a mail about the changes for each person who is not up to date; how many people.

    Each mail to a confirmed person brings a new version of the invite. A second call finds nobody
    left. Nothing is announced once the workshop is over. The workshop's lock is released after each
    BATCH, so that others may register meanwhile; `stop` is asked between two batches.
    """
    told, last = 0, 0
    while last is not None and not stop():
        count, last = announce_batch(workshop.pk, last, now=now)
        told += count
    return told


def announce_batch(workshop_pk, after, *, now):
    """Do what announce() does for the first BATCH people whose keys are above `after`.

    (how many they were, the last one's key); None for the key if nobody is left.
    """
    with transaction.atomic():
        workshop = lock_workshop(workshop_pk)
        if workshop.has_ended(now):
            return 0, None
        left = not_up_to_date(workshop).filter(pk__gt=after).order_by("pk")
        people = list(left.select_for_update(of=("self",))[:BATCH])
        announce_to(people, workshop, now=now)
        return len(people), people[-1].pk if len(people) == BATCH else None


def not_up_to_date(workshop):
    """The active registrations whose snapshot says something that is not true of `workshop`.

    Of a cancelled workshop people need to know the cancellation only. For a draft there are none.
    """
    if workshop.is_draft:
        return Registration.objects.none()
    people = workshop.registrations.active().filter(erased_at=None)
    current = list(current_snapshots(workshop).values())
    # However many people there are, they hold few different snapshots.
    texts = people.exclude(told__in=current).order_by().values_list("told", flat=True).distinct()
    old = [told for told in texts if is_old(told, workshop, current)]
    return people.filter(told__in=old)


def current_snapshots(workshop):
    """{(state, language) of a registration: snapshot of what is true now}, for active states."""
    return {
        (state, language): snapshots.snapshot(workshop, state, language)
        for state in (State.CONFIRMED, State.WAITING)
        for language, _name in settings.LANGUAGES
    }


def is_old(told, workshop, current):
    """Does the snapshot `told` differ, in what must be announced, from each of `current`?"""
    if workshop.is_cancelled:
        return not snapshots.says_cancelled(told)
    return not any(snapshots.is_up_to_date(told, each, workshop) for each in current)


def announce_to(people, workshop, *, now):
    """Store the mails of `people` (registrations) and record what they are told.

    SEQUENCE rises for the confirmed people. Waiting people keep theirs.
    """
    kind = Kind.WORKSHOP_CANCELLED if workshop.is_cancelled else Kind.UPDATE
    current = current_snapshots(workshop)
    known = {person.pk: person.told for person in people}
    known |= queue.take_back_announcements(people, OBSOLETE)
    if kind == Kind.WORKSHOP_CANCELLED:
        drop_queued(people)
    mails, told = [], defaultdict(list)
    for person in people:
        true = current[person.state, person.language]
        before = snapshots.as_told(known[person.pk], true)
        after = snapshots.told_after(kind, before, true)
        told[after].append(person.pk)
        # An announcement that never left and was taken back may leave nothing to say.
        if before != after:
            mails.append(queue.new_mail(person, kind, now=now, before=before))
    for after, pks in told.items():
        rows = Registration.objects.filter(pk__in=pks)
        rows.filter(state=State.WAITING).update(told=after)
        rows.filter(state=State.CONFIRMED).update(told=after, sequence=snapshots.next_sequence())
    OutgoingMail.objects.bulk_create(mails)


def drop_queued(people):
    """Drop the queued mails to `people`, except those with lost links.

    A confirmation that is on hold would otherwise keep the news of the cancellation waiting.
    """
    queued = OutgoingMail.objects.filter(
        registration__in=people, state=OutgoingMail.State.QUEUED
    ).exclude(kind=Kind.LINKS)
    queued.update(state=OutgoingMail.State.DROPPED, last_error=OBSOLETE)
