"""Tells people that their workshop has changed or is cancelled: only when an organiser says so."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count
from django.utils.text import get_text_list
from django.utils.translation import gettext, gettext_noop, ngettext

from events.models import Workshop
from registrations.mail import queue, snapshots
from registrations.mail.kinds import Kind
from registrations.mail.snapshots import changes
from registrations.models import OutgoingMail, Registration

State = Registration.State
BATCH = 500
NEWER = gettext_noop("overtaken by a newer announcement before it left")


@dataclass(frozen=True)
class Outdated:
    """So many people who were last told the same, which is true no more: `changes` are its words, `state` what the workshop
    has become where that is it.
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
                "%(count)s registered person does not know that the workshop takes place after all.",
                "%(count)s registered people do not know that the workshop takes place after all.",
                self.count,
            )
        else:
            words = ngettext(
                "%(count)s registered person holds %(what)s.",
                "%(count)s registered people hold %(what)s.",
                self.count,
            )
        what = get_text_list([change.old for change in self.changes], gettext("and")) or gettext(
            "an earlier version"
        )
        return words % {"count": self.count, "what": what}


def not_up_to_date(workshop):
    """The registrations whose people were last told something else than what is true of `workshop` now.

    Who knows that a workshop is cancelled needs to know no more of it.
    """
    if workshop.is_draft:
        return Registration.objects.none()
    people = workshop.registrations.active().filter(erased_at=None)
    true = [snapshots.snapshot(workshop, state) for state in (State.CONFIRMED, State.WAITING)]
    # Few texts differ, however many people there are.
    texts = people.exclude(told__in=true).order_by().values_list("told", flat=True).distinct()
    if workshop.is_cancelled:
        old = [told for told in texts if not snapshots.says_cancelled(told)]
    else:
        old = [
            told for told in texts if not any(snapshots.is_up_to_date(told, each) for each in true)
        ]
    return people.filter(told__in=old)


def outdated(workshop):
    """Who holds what, as Outdated, the most people first; in the active language, hours on every host's clock."""
    people = not_up_to_date(workshop).order_by()
    counts = people.values_list("told").annotate(count=Count("pk")).order_by("-count", "told")
    true = snapshots.snapshot(workshop, "")
    groups = Counter()
    for told, count in counts:
        before = json.loads(snapshots.as_told(told, true))
        # What one knows who is confirmed and what one knows who waits differ in that alone.
        before["registration"] = ""
        groups[snapshots.as_json(before)] += count
    return [as_outdated(before, count, workshop) for before, count in groups.most_common()]


def as_outdated(before, count, workshop):
    state = json.loads(before).get("workshop")
    if state is None:
        return Outdated(count, [])
    became = str(workshop.state) if state != workshop.state else ""
    return Outdated(count, changes(before, workshop, workshop.clocks), became)


def announce(workshop, *, now):
    """Store a mail for everybody who is not up to date that says what changed; how many people.

    Each mail brings a new version of the invite. Asked twice, the second finds nobody left. Nobody
    is told of a workshop that is over.
    """
    with transaction.atomic():
        workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
        if workshop.has_ended(now):
            return 0
        people = list(not_up_to_date(workshop).select_for_update(of=("self",)))
        for start in range(0, len(people), BATCH):
            tell_all(people[start : start + BATCH], workshop, now=now)
        return len(people)


def tell_all(people, workshop, *, now):
    """Note what `people` are told now, and store their mails; who waits keeps their SEQUENCE."""
    kind = Kind.WORKSHOP_CANCELLED if workshop.is_cancelled else Kind.UPDATE
    true = {
        state: snapshots.snapshot(workshop, state) for state in (State.CONFIRMED, State.WAITING)
    }
    known = {person.pk: person.told for person in people} | take_back_announcements(people)
    if kind == Kind.WORKSHOP_CANCELLED:
        drop_promises(people)
    mails, told = [], defaultdict(list)
    for person in people:
        before = snapshots.as_told(known[person.pk], true[person.state])
        after = snapshots.told_after(kind, before, true[person.state])
        told[after].append(person.pk)
        if before != after:
            mails.append(queue.new_mail(person, kind, now=now, before=before))
    for after, pks in told.items():
        rows = Registration.objects.filter(pk__in=pks)
        rows.filter(state=State.WAITING).update(told=after)
        rows.filter(state=State.CONFIRMED).update(told=after, sequence=snapshots.next_sequence())
    OutgoingMail.objects.bulk_create(mails)


def drop_promises(people):
    """Drop what waits to leave for `people`: a confirmation on hold would hold up the news, too."""
    queued = OutgoingMail.objects.filter(
        registration__in=people, state=OutgoingMail.State.QUEUED
    ).exclude(kind=Kind.LINKS)
    queued.update(state=OutgoingMail.State.DROPPED, last_error=NEWER)


def take_back_announcements(people):
    """Drop what was announced to `people` and has not left yet: {registration pk: what they really know}."""
    queued = OutgoingMail.objects.filter(
        registration__in=people,
        kind__in=(Kind.UPDATE, Kind.WORKSHOP_CANCELLED),
        state=OutgoingMail.State.QUEUED,
    ).filter(attempts=0)  # one that was tried may have arrived
    known = dict(queued.order_by("-pk").values_list("registration", "before"))
    queued.update(state=OutgoingMail.State.DROPPED, last_error=NEWER)
    return known
