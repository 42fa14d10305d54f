"""What each host's clock shows of an instant, and the words for it in the active language."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from events.clocks import wall
from praxis import languages

NO_BREAK = "\u00a0"
# Whose short dates babel writes: English ones with the day before the month, as elsewhere.
LOCALES = {"fr": "fr", "en": "en_GB"}
# Before these letters French writes « d’ » for « de ».
ELIDED_BEFORE = "aeéèêiîouhyâ"


@dataclass(frozen=True)
class Clock:
    """A place and its zone (IANA).

    `french_label` is how French names its time: « heure du Québec ». `colour` is the name of the
    colour in which the clock is drawn; it makes no other clock.
    """

    place: str
    zone: str
    french_label: str = ""
    colour: str = field(default="", compare=False)

    @property
    def label(self):
        """The name of this clock's time in the active language."""
        if languages.active() == "en":
            return _("%(place)s time") % {"place": self.place}
        if self.french_label:
            return self.french_label
        if self.place[:1].lower() in ELIDED_BEFORE:
            return f"heure d’{self.place}"
        return f"heure de {self.place}"


@dataclass(frozen=True)
class Reading:
    """What one clock shows from a start to an end.

    `start` and `end` are aware datetimes in the clock's zone. `other_day` says that the date of the
    start must be written beside this clock.
    """

    clock: Clock
    start: datetime
    end: datetime
    other_day: bool = False

    @property
    def day(self):
        """The date of the start, in one piece for a line of its own."""
        return day_words(self.start).replace(" ", NO_BREAK)

    @property
    def span(self):
        """From hour to hour: « 9 h 30 – 12 h 00 »."""
        return f"{time_words(self.start)}{NO_BREAK}– {time_words(self.end)}"

    @property
    def until(self):
        """The day of the end where midnight lies between: « le mardi 30 mars 2027 », else ""."""
        if self.start.date() == self.end.date():
            return ""
        return _("on %(day)s") % {"day": day_words(self.end)}

    @property
    def hours(self):
        """« 9 h 30 – 12 h 00 », and the end's day where midnight lies between."""
        return f"{self.span} {self.until}".strip(" ")

    @property
    def words(self):
        """The whole reading on a line of its own: « 9 h 30 – 12 h 00 (heure du Québec) »."""
        line = f"{self.dated_hours} ({self.clock.label})"
        for day in (day_words(self.start), day_words(self.end)):
            line = line.replace(day, day.replace(" ", NO_BREAK))
        return line

    @property
    def dated_hours(self):
        """The hours; the date stands first if it is another one."""
        return f"{day_words(self.start)}, {self.hours}" if self.other_day else self.hours


def read(clocks, starts_at, ends_at):
    """A Reading for each of `clocks`, in order; the first one's date is the date of the whole."""
    return read_spans(
        (clock, *(at.astimezone(ZoneInfo(clock.zone)) for at in (starts_at, ends_at)))
        for clock in clocks
    )


def read_spans(spans):
    """The same for `spans`: (clock, start, end) with both as the clock shows them."""
    readings = []
    for clock, start, end in spans:
        other_day = False
        if readings:
            # After another date, the first one must be written again as well.
            dates_before = {readings[0].start.date(), readings[-1].start.date()}
            other_day = dates_before != {start.date()}
        readings.append(Reading(clock, start, end, other_day))
    return readings


def moment_words(clocks, at, *, beside=None):
    """The instant `at` on each of `clocks`, as words.

    « lundi 29 mars 2027, 9 h 15 (heure du Québec), 15 h 15 (heure de France) »: a day is written
    for the first clock, then where it is not the first one's. Where the instant `beside` is already
    on the page with its days, a day is written only where it is not the same clock's day there.
    """
    with languages.of_place(clocks[0].zone):
        return ", ".join(moment_parts(read(clocks, at, at), beside))


def short_moment(clock, at):
    """The instant `at` on one clock: « 24 novembre 2026, 14 h 28 (heure du Québec) »."""
    local = at.astimezone(ZoneInfo(clock.zone))
    with languages.of_place(clock.zone):
        parts = [f"{date_words(local)} {local.year}", time_words(local)]
        return f"{', '.join(part.replace(' ', NO_BREAK) for part in parts)} ({clock.label})"


def moment_parts(readings, beside):
    """What moment_words() says of each of `readings`, as a list of words."""
    parts = []
    for reading in readings:
        day = reading.start.date()
        if beside is not None:
            day_is_known = day == wall(beside, reading.clock.zone).date()
        else:
            day_is_known = bool(parts) and day == readings[0].start.date()
        if not day_is_known:
            parts.append(day_words(reading.start))
        parts.append(f"{time_words(reading.start)} ({reading.clock.label})")
    return parts


def when_lines(readings):
    """The date of `readings`, then what each of them shows, as a list of lines."""
    return [readings[0].day, *(reading.words for reading in readings)]


def share_a_day(readings):
    """True if all clocks show the same date at the start."""
    return not any(reading.other_day for reading in readings)


def time_words(at):
    """The hour of a datetime or time as the active language writes it.

    « 9 h 30 », "09:30", and "9:30 a.m." in North America.
    """
    if languages.has_half_days():
        return NO_BREAK.join(half_day_parts(at))
    if languages.active() == "en":
        return f"{at:%H:%M}"
    return f"{at.hour}{NO_BREAK}h{NO_BREAK}{at.minute:02}"


def half_day_parts(at):
    """The hour of a datetime or time on twelve hours, and its half of the day: "9:30", "a.m."."""
    return f"{at.hour % 12 or 12}:{at.minute:02}", "a.m." if at.hour < 12 else "p.m."


def day_words(day):
    """A date with its weekday: « vendredi 1er mai 2026 », "Monday 27 March 2023".

    A line may end before the number and before the year, and nowhere else.
    """
    return written_day(date(day.year, day.month, day.day), get_language())


@lru_cache(maxsize=1000)
def written_day(day, _language):
    """What day_words() says of a date in the active language, which is `_language`."""
    weekday, number, month, year = date_format(day, "l j F Y").split(" ")
    if languages.active() == "fr" and day.day == 1:
        number = "1er"
    return f"{weekday} {number}{NO_BREAK}{month} {year}"


def date_words(day):
    """A date without its weekday and year: « 1er mai », "27 March"."""
    number, month = date_format(day, "j F").split(" ")
    if languages.active() == "fr" and day.day == 1:
        number = "1er"
    return f"{number}{NO_BREAK}{month}"


def short_day(at, pattern="EEE d MMM"):
    """The date of `at` as the CLDR `pattern` has it: « lun. 22 mars », « jeu. 1er avr. »."""
    words = format_date(at.date(), pattern, locale=LOCALES[languages.active()])
    if languages.active() == "fr" and at.day == 1:
        words = re.sub(r"\b1 ", "1er ", words, count=1)
    return words


def span_words(span):
    """A timedelta as « 5 heures », « 1 heure », « 5 h 45 » ("5 h 45 min"), « 45 min »."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    if minutes and not hours:
        return f"{minutes}{NO_BREAK}min"
    if minutes and languages.active() == "en":
        return f"{hours}{NO_BREAK}h{NO_BREAK}{minutes}{NO_BREAK}min"
    if minutes:
        return f"{hours}{NO_BREAK}h{NO_BREAK}{minutes:02}"
    words = ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return words.replace(" ", NO_BREAK)
