"""The evaluation of a workshop at the desk: what was answered on the ballot, as a picture."""

from dataclasses import dataclass

from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.readings import moment_words
from praxis.text import french_spacing
from registrations.domain import ballots
from registrations.domain.figures import ballot as figures

# The picture's own units: it is drawn as wide as its place allows.
WIDTH, NUMBER_WIDTH, ROW_HEIGHT = 320, 40, 46


@dataclass(frozen=True)
class Bar:
    """A line of the picture: how many gave the answer `label`, and where that is drawn."""

    label: str
    number: int
    y: int
    width: float


@dataclass(frozen=True)
class Picture:
    """A question as a picture, and in words for who does not see it."""

    name: str
    question: str
    words: str
    bars: list
    width: int
    height: int
    track: int


class HasEvaluation:
    """Adds the evaluation to the ModelAdmin of workshops."""

    def get_urls(self):
        page = path(
            "<int:workshop_pk>/evaluation/",
            self.admin_site.admin_view(self.evaluation_view),
            name="events_workshop_evaluation",
        )
        return [page, *super().get_urls()]

    def evaluation_view(self, request, workshop_pk):
        """What was answered, in groups of which nobody can be told."""
        workshop = self.row_to_read(request, workshop_pk)
        results = figures.results(workshop, now=timezone.now())
        context = self.admin_site.each_context(request) | {
            "title": _("Evaluation"),
            "workshop_title": french_spacing(workshop.title),
            "opts": self.opts,
            "original": workshop,
            "workshop": workshop,
            "results": results,
            "number": number_words(results),
            "standing": standing_words(results, workshop),
            "pictures": [picture(question) for question in results.questions],
        }
        return TemplateResponse(request, "admin/registrations/evaluation.html", context)


def number_words(results):
    """« 12 réponses – inscriptions confirmées : 40 »."""
    words = ngettext(
        "%(answers)s answer – seats given: %(confirmed)s",
        "%(answers)s answers – seats given: %(confirmed)s",
        results.answers,
    )
    return words % {"answers": results.answers, "confirmed": results.confirmed}


def standing_words(results, workshop):
    """Sentences: what is shown and why not more, and until when one can answer."""
    if not results.has_begun:
        yield _("The ballot opens at the end of the workshop, on each person’s own page.")
        return
    waiting = results.answers - results.shown
    names = {"together": ballots.TOGETHER, "shown": results.shown, "waiting": waiting}
    if results.is_closed:
        yield _("The ballot is closed.")
        if waiting:
            yield closed_words(results) % names
    else:
        closing = moment_words(workshop.clocks[:1], results.closes_at)
        yield _("The ballot is open until: %(moment)s.") % {"moment": closing}
        if results.shown and waiting:
            yield open_words(results, waiting) % names
        elif not results.shown:
            yield _("Answers are shown once there are %(together)s.") % names


def open_words(results, waiting):
    """Why only some of the answers are shown while others still come."""
    return ngettext(
        "%(shown)s are shown below, and %(waiting)s waits: answers are only ever added "
        "%(together)s or more at once, so that nobody can tell what one person has answered.",
        "%(shown)s are shown below, and %(waiting)s wait: answers are only ever added "
        "%(together)s or more at once, so that nobody can tell what one person has answered.",
        waiting,
    )


def closed_words(results):
    """Why some of the answers are never shown."""
    if results.shown:
        return _(
            "%(shown)s are shown below. Fewer than %(together)s came after them: they are not "
            "shown, so that nobody can tell what one person has answered."
        )
    return _(
        "Fewer than %(together)s people have answered: nothing is shown, so that nobody can tell "
        "what one person has answered."
    )


def picture(question):
    """The Picture of a Question: each bar as long as its share of all answers."""
    total = sum(number for _label, number in question.numbers)
    track = WIDTH - NUMBER_WIDTH
    bars = [
        Bar(label, number, at * ROW_HEIGHT, round(track * number / total, 1))
        for at, (label, number) in enumerate(question.numbers)
    ]
    return Picture(
        name=question.name,
        question=question.words,
        words=", ".join(
            _("%(answer)s: %(number)s") % {"answer": label, "number": number}
            for label, number in question.numbers
        ),
        bars=bars,
        width=WIDTH,
        height=len(bars) * ROW_HEIGHT,
        track=track,
    )
