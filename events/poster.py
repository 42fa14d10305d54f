"""What a workshop's poster says, on which paper, and the sizes in which it fills one sheet."""

from copy import copy
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from events import poster_size, twin_clock
from events.readings import date_words
from praxis.paper import usual_paper
from praxis.text import french_spacing, in_two_breaths


@dataclass(frozen=True)
class PosterHost:
    """A community on the poster: « Culture pour tous (Québec) », its colour, what it presents.

    `logo` is its Logo, or None, and `logo_alt` what it shows, in words.
    """

    name: str
    colour: str
    presentations: list
    logo: object = None
    logo_alt: str = ""


@dataclass(frozen=True)
class Poster:
    """All that stands on the sheet, in the active language and in the workshop's own.

    `paper` is one of praxis.paper.PAPERS. `stamp` is the workshop's date_stamp(). `call` is the
    largest line beside the code, `facts` are the lines beneath, and `audience` ends the last one,
    in the workshop's language. `page` is the address that the code leads to, and `address` the same
    without its scheme. `size` says how large the text is set, `columns` how many hosts stand side
    by side, and `hours` how large their hours are (events/poster_size.py).
    """

    workshop: object
    paper: str
    breaths: tuple
    hosts: list
    partners: list
    clock: twin_clock.TwinClock
    odd_sentences: list
    is_cancelled: bool
    stamp: str
    call: str
    facts: list
    audience: str
    page: str
    address: str
    size: int = 0
    columns: int = 1
    hours: int = 0

    @property
    def lines(self):
        """Its facts as they are read, with the audience."""
        *facts, last = self.facts
        return [*facts, f"{last} · {self.audience}" if self.audience else last]

    @property
    def logos(self):
        """All that are on it, without their bytes."""
        return [each.logo for each in (*self.hosts, *self.partners) if each.logo]


def poster(workshop, hosts, partners, *, paper, now):
    """The Poster of `workshop`; `hosts` are (community, its colour, its presentations).

    `paper` is one of PAPERS, or "" for what its first host prints on.
    """
    paper = paper or usual_paper(workshop.first_zone)
    page = settings.SITE_URL + workshop.get_absolute_url()
    is_on = not workshop.is_cancelled and not workshop.has_ended(now)
    facts = {
        "workshop": workshop,
        "paper": paper,
        "breaths": in_two_breaths(workshop.title),
        "hosts": [
            PosterHost(
                name=french_spacing(str(host)),
                colour=colour,
                presentations=[spaced(each) for each in presentations],
                logo=host.logo,
                logo_alt=host.logo_alt,
            )
            for host, colour, presentations in hosts
        ],
        "partners": list(partners),
        "clock": twin_clock.draw(workshop.readings),
        "odd_sentences": workshop.odd_sentences,
        "is_cancelled": workshop.is_cancelled,
        "stamp": workshop.date_stamp(now),
        "call": call_of(workshop, now),
        "facts": facts_of(workshop, now, is_on=is_on),
        "audience": french_spacing(workshop.audience) if is_on else "",
        "page": page,
        "address": page.partition("://")[2].rstrip("/"),
    }
    return fitted(Poster(**facts))


def spaced(presentation):
    """A copy of `presentation`, its title as French is printed."""
    shown = copy(presentation)
    shown.title = french_spacing(presentation.title)
    return shown


def fitted(whole):
    """The poster `whole` in its sizes, without what would have no room of its hosts.

    The logos give way to the presentations, and these to the title and the partners.
    """
    whole = replace(whole, hours=poster_size.hours(whole))
    no_logo, no_presentations = {"logo": None}, {"presentations": []}
    for left_out in ({}, no_logo, no_presentations, no_logo | no_presentations):
        hosts = [replace(host, **left_out) for host in whole.hosts]
        kept = replace(whole, hosts=hosts)
        found = poster_size.fitting(kept)
        if found:
            break
    size, columns = found or poster_size.smallest()
    return replace(kept, size=size, columns=columns)


def call_of(workshop, now):
    """What the poster calls people to do.

    That it is full is not said: a seat may be free again, or there is the waiting list, by the time
    that somebody reads the paper. The page to which the code leads knows.
    """
    if workshop.is_cancelled:
        return _("This workshop is cancelled")
    if workshop.has_ended(now):
        return _("This workshop has taken place")
    if workshop.has_closed_registration(now):
        return _("Registration closed")
    if workshop.opens_registration_later(now):
        opening = workshop.registration_opens_at.astimezone(ZoneInfo(workshop.first_zone))
        return _("Registration from %(date)s") % {"date": date_words(opening)}
    return _("Sign up here")


def facts_of(workshop, now, *, is_on):
    """The lines beneath the call; `is_on` is false once it is cancelled or over."""
    place = {"place": workshop.place}
    if not is_on:
        return [_("On %(place)s.") % place]
    if workshop.has_closed_registration(now):
        return [_("On %(place)s.") % place, _("Free event")]
    return [_("On %(place)s. Registration required.") % place, _("Free event")]
