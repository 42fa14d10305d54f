"""Tells people that their workshop has changed or is cancelled: only when an organiser says so."""

import json
from collections import Counter
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
    """The registrations whose people were last told something else than what is true of `workshop` now."""
    if workshop.state == Workshop.State.DRAFT:
        return Registration.objects.none()
    people = workshop.registrations.active().filter(erased_at=None)
    true = [snapshots.snapshot(workshop, state) for state in (State.CONFIRMED, State.WAITING)]
    # Few texts differ, however many people there are.
    texts = people.exclude(told__in=true).order_by().values_list("told", flat=True).distinct()
    old = [told for told in texts if not any(snapshots.is_up_to_date(told, each) for each in true)]
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
    """Owe everybody who is not up to date a mail that says what changed, with a new version of the invite; how many.

    Asked twice, the second finds nobody left. Raises nothing for a workshop that is over: nobody is told then.
    """
    with transaction.atomic():
        workshop = Workshop.objects.select_for_update().get(pk=workshop.pk)
        if workshop.has_ended(now):
            return 0
        kind = (
            Kind.WORKSHOP_CANCELLED if workshop.state == Workshop.State.CANCELLED else Kind.UPDATE
        )
        people = list(not_up_to_date(workshop).select_for_update(of=("self",)))
        for state in (State.CONFIRMED, State.WAITING):
            group = [person for person in people if person.state == state]
            tell_all(group, kind, snapshots.snapshot(workshop, state), now=now)
        return len(people)


def tell_all(people, kind, told, *, now):
    """invites.tell() for many: who waits gets words, so that their SEQUENCE stays as it is."""
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        rows = Registration.objects.filter(pk__in=[person.pk for person in batch])
        known = {person.pk: person.told for person in batch} | take_back_announcements(batch)
        if kind == Kind.WORKSHOP_CANCELLED:
            # A confirmation that was held up would hold up the news, too.
            promises = OutgoingMail.objects.filter(
                registration__in=batch, state=OutgoingMail.State.QUEUED
            )
            promises.exclude(kind=Kind.LINKS).update(
                state=OutgoingMail.State.DROPPED, last_error=NEWER
            )
        rows.filter(state=State.WAITING).update(told=told)
        rows.filter(state=State.CONFIRMED).update(told=told, sequence=snapshots.next_sequence())
        mails = []
        for person in batch:
            before = snapshots.as_told(known[person.pk], told)
            if before != told:
                mails.append(queue.new_mail(person, kind, now=now, before=before))
        OutgoingMail.objects.bulk_create(mails)


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
