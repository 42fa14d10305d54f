"""What was answered on the ballot of a workshop, as far as it is shown."""

from dataclasses import dataclass

from registrations.domain import ballots, headcounts
from registrations.models import BallotBox
from registrations.models.ballot_box import CHOSEN


@dataclass(frozen=True)
class Question:
    """One of the questions, with (answer in words, how many gave it) of each answer."""

    name: str
    words: str
    numbers: list


@dataclass(frozen=True)
class Results:
    """The results of a ballot; `questions` and `remarks` are empty as long as nothing is shown.

    `confirmed` is how many were asked, `answers` how many have answered, `shown` how many of the
    answers are shown.
    """

    confirmed: int
    answers: int
    shown: int
    questions: list
    remarks: list
    closes_at: object
    has_begun: bool
    is_closed: bool
    keeps_remarks: bool


def results(workshop, *, now):
    """The Results for `workshop`, which headcounts.with_counts() has read, at `now`.

    One statement, and one more where its headcount is not stored.
    """
    shown = BallotBox.objects.only("answers", "counts", "remarks", "secret")
    stored = shown.filter(pk=workshop.pk).first()
    box = stored or BallotBox(pk=workshop.pk)
    return Results(
        confirmed=headcounts.of_each([workshop])[workshop.pk].confirmed,
        answers=box.answers,
        shown=box.shown,
        questions=questions_of(box) if box.shown else [],
        remarks=box.remarks,
        closes_at=ballots.closes_at(workshop),
        has_begun=workshop.has_ended(now),
        is_closed=bool(stored and stored.is_closed) or now >= ballots.closes_at(workshop),
        keeps_remarks=now < workshop.ends_at + ballots.REMARKS_STAY,
    )


def questions_of(box):
    """A Question for each that is answered by a choice, as `box` counts it."""
    return [
        Question(
            name,
            str(words),
            [(choice.label, box.counts[name][choice.value]) for choice in choices],
        )
        for name, (words, choices) in CHOSEN.items()
    ]
