"""The ballot after a workshop: three questions, once each person, joined to nobody.

Nothing about it is written on a registration. docs/architecture.md, "The ballot", says what that
protects from, and from what it does not.
"""

import random
import secrets
from collections import Counter
from datetime import timedelta
from enum import Enum, auto

from django.db import transaction
from django.utils.crypto import salted_hmac

from praxis import overwriting
from praxis.text import folded
from registrations.domain import sealed_answers
from registrations.models import BallotBox
from registrations.models.ballot_box import CHOSEN, OPEN_FOR

REMARKS_STAY = timedelta(days=365)  # from the end of the workshop
# So many answers are shown at once, at least: from less one could tell what somebody answered.
TOGETHER = 5
QUESTIONS = [*CHOSEN, "remark"]
LETTERS_OF_MARK = 32  # of 64, to keep the row short: 128 bits
RANDOM = random.SystemRandom()


class Standing(Enum):
    """Whether a person may answer."""

    EARLY = auto()
    OPEN = auto()
    GIVEN = auto()
    CLOSED = auto()


def closes_at(workshop):
    return workshop.ends_at + OPEN_FOR


def has_vote(registration):
    """Is this somebody who is asked: who had a seat at a workshop that was not called off?"""
    had_seat = registration.is_confirmed and not registration.erased_at
    return had_seat and registration.workshop.is_published


def is_asked(registration, *, now):
    """Is it time for this person to answer, whether they have or not? It asks no database."""
    workshop = registration.workshop
    return has_vote(registration) and workshop.ends_at <= now < closes_at(workshop)


def standing(registration, *, now):
    """The Standing of somebody who has a vote; one statement at most."""
    workshop = registration.workshop
    if not workshop.has_ended(now):
        return Standing.EARLY
    if now >= closes_at(workshop):
        return Standing.CLOSED
    box = BallotBox.objects.filter(pk=workshop.pk).only("secret", "marks").first()
    if box is None:
        return Standing.OPEN
    if box.is_closed:
        return Standing.CLOSED
    return Standing.GIVEN if mark_of(registration, box) in box.marks else Standing.OPEN


def has_answered(registration):
    """Is it noted still that this person has answered? Not any more once the ballot is closed."""
    box = BallotBox.objects.filter(pk=registration.workshop_id).only("secret", "marks").first()
    return box is not None and not box.is_closed and mark_of(registration, box) in box.marks


def answer(registration, answers, *, now):
    """Put `answers` ({question: answer}) into the ballot box; False if this person may not, or has.

    The row is locked, so that nobody answers twice.
    """
    if not is_asked(registration, now=now):
        return False
    with transaction.atomic():
        box = locked_box(registration.workshop)
        mark = mark_of(registration, box)
        if box.is_closed or mark in box.marks:
            return False
        waiting = sealed_answers.unseal(box.sealed, box.secret, QUESTIONS)
        for question in QUESTIONS:
            waiting[question].append(answers[question])
        box.marks = sorted([*box.marks, mark])
        box.answers += 1
        box.sealed = sealed_answers.seal(gather(box, waiting), box.secret)
        box.save(force_update=True)
        return True


def locked_box(workshop):
    """The BallotBox of `workshop`, made if there is none, locked until the transaction ends."""
    new = BallotBox(workshop_id=workshop.pk, secret=secrets.token_hex(32))
    BallotBox.objects.bulk_create([new], ignore_conflicts=True)
    return BallotBox.objects.select_for_update().get(pk=workshop.pk)


def mark_of(registration, box):
    """What notes in `box` that this person has answered: a keyed hash of the UID."""
    salt, uid = f"praxis.ballots.marks.{box.secret}", str(registration.uid)
    return salted_hmac(salt, uid, algorithm="sha256").hexdigest()[:LETTERS_OF_MARK]


def gather(box, waiting, *, is_last=False):
    """Move answers that wait to those that `box` shows, TOGETHER at least; what is left waiting.

    So nobody who looks before and after learns what fewer than TOGETHER have answered. Once
    some are shown, as many are held back: those who answer last can then be shown together, too.
    Which are held back is drawn by lot, for each question apart.
    """
    held_back = TOGETHER if box.shown and not is_last else 0
    if len(waiting["useful"]) - held_back < TOGETHER:
        return waiting
    still, shown = {}, {}
    for question, answers in waiting.items():
        mixed = RANDOM.sample(answers, len(answers))
        still[question], shown[question] = mixed[:held_back], mixed[held_back:]
    for question, (_words, choices) in CHOSEN.items():
        numbers = Counter(box.counts.get(question, {})) + Counter(shown[question])
        # All of them, in their order: which came first is not to be told.
        box.counts[question] = {choice: numbers[choice] for choice in choices.values}
    remarks = [*box.remarks, *filter(None, shown["remark"])]
    box.remarks = sorted(remarks, key=lambda remark: (folded(remark), remark))
    return still


def close_and_forget(*, now):
    """Close each ballot whose time is over, and erase remarks that are a year old; how many boxes.

    Then the database's files are rid of what the rows held before.
    """
    done = sum(close(pk, now=now) for pk in list(due(now).values_list("pk", flat=True)))
    old = BallotBox.objects.filter(workshop__ends_at__lte=now - REMARKS_STAY)
    done += old.exclude(remarks=[]).update(remarks=[])
    # While people answer, too: earlier versions of a row would say more than it does.
    if done or overwriting.has_old_rows(BallotBox):
        overwriting.drop_old_rows(BallotBox)
    return done


def due(now):
    return BallotBox.objects.exclude(secret="").filter(workshop__ends_at__lte=now - OPEN_FOR)


def close(workshop_pk, *, now):
    """Close a ballot for good; 0 if somebody else has, else 1.

    The last answers are shown with the others if they are TOGETHER, else nobody ever sees them.
    Nothing is left by which one could tell who has answered.
    """
    with transaction.atomic():
        box = due(now).select_for_update(of=("self",)).filter(pk=workshop_pk).first()
        if box is None:
            return 0
        gather(box, sealed_answers.unseal(box.sealed, box.secret, QUESTIONS), is_last=True)
        box.secret, box.marks, box.sealed = "", [], b""
        box.save(force_update=True)
    return 1
