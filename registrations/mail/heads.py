"""What a reader of a full inbox sees of a mail: its subject, its preview, its heading."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.readings import NO_BREAK, read, short_day, time_words
from registrations.mail.kinds import Kind, rules_of

# Phones show some 40 characters of a subject, other programs 60 to 70.
LONGEST_SUBJECT = 60
# How a day is written, what stands between hours, and what is left out of them (« 9h30 »): the
# first that fits is taken.
STYLES = [
    ("EEEE d MMMM", " / "),
    ("EEE d MMMM", " / "),
    ("EEE d MMM", " / "),
    ("d MMM", " / "),
    ("d MMM", "/"),
    ("d MMM", "/", NO_BREAK),
]
HOUR = timedelta(minutes=45), timedelta(minutes=75)  # « dans une heure »


@dataclass(frozen=True)
class Head:
    """`preheader` is what inboxes show beside the subject; `heading` says what happened."""

    subject: str
    preheader: str
    heading: str


def head(mail, context, *, now):
    """The Head of an OutgoingMail that leaves at `now`, in the active language.

    `context` is what its template shows (compose.template_context).
    """
    return Head(subject(mail, context), preheader(mail), heading(mail, context, now=now))


def subject(mail, context):
    """What happened, the day, and the hour at each host, in LONGEST_SUBJECT characters."""
    rules, workshop = rules_of(mail), mail.registration.workshop
    words = rules.subject
    if mail.kind == Kind.UPDATE:
        words = subject_of_update(context) or words
    elif context["is_final"]:
        words = rules.subject_of_erasure
    elif mail.registration.confirmed_at is None and rules.subject_without_seat:
        words = rules.subject_without_seat
    return with_when(str(words), workshop.readings)


def subject_of_update(context):
    """The subject of a mail that tells changes; "" where several make no short one."""
    changed = [change.what for change in context["changes"]]
    if context["was_cancelled"]:
        return _("Takes place after all: %(when)s")
    if "date" in changed:
        return _("New date: %(when)s")
    if "hours" in changed:
        return _("New time: %(when)s")
    if "clock" in changed:
        return _("Corrected time: %(when)s")
    if changed == ["title"]:
        return _("New title: %(when)s")
    if changed == ["place"]:
        return _("New place: %(when)s")
    return ""


def with_when(words, readings):
    """`words` with the day and the hours of `readings` in the place of %(when)s, short enough.

    Rather than be too long, it lacks the weekday, and then the hours of the last hosts.
    """
    for count in range(len(readings), 0, -1):
        for pattern, between, *left_out in STYLES:
            hours = between.join(host_hours(readings[:count]))
            for each in left_out:
                hours = hours.replace(each, "")
            more = "" if count == len(readings) else " …"
            when = f"{short_day(readings[0].start, pattern)}, {hours}{more}"
            filled = words % {"when": when}
            if len(filled) <= LONGEST_SUBJECT:
                return filled
    return words % {"when": short_day(readings[0].start, "d MMM")}


def host_hours(readings, *, known=None):
    """The start of each of `readings`, with its weekday where that is not the one before.

    `known` is the date that the reader has in mind already, else the first one's.
    """
    hours, known = [], known or readings[0].start.date()
    for reading in readings:
        words = time_words(reading.start)
        if reading.start.date() != known:
            words = f"{short_day(reading.start, 'EEE')} {words}"
        hours.append(words)
        known = reading.start.date()
    return hours


def preheader(mail):
    """Where it is the hours of the subject, when the room opens (or what stays), and the title.

    A mail about several workshops says what its links are for.
    """
    registration, workshop = mail.registration, mail.registration.workshop
    if mail.kind == Kind.LINKS:
        return _("To join, change or cancel, for each of your workshops.")
    parts = [" / ".join(reading.clock.place for reading in workshop.readings)]
    if mail.kind == Kind.AFTERWARDS:
        parts.append(workshop.what_stays if workshop.stays else _("three questions, two minutes"))
    elif registration.is_confirmed and not workshop.is_cancelled:
        door = read(workshop.clocks, workshop.door_opens_at, workshop.door_opens_at)
        start = workshop.readings[0].start.date()
        hours = " / ".join(host_hours(door, known=start))
        parts.append(_("the room opens at %(hours)s") % {"hours": hours})
    return " · ".join([*parts, workshop.title])


def heading(mail, context, *, now):
    """What happened, or when it starts for a reminder that leaves at `now`."""
    rules, registration = rules_of(mail), mail.registration
    if mail.kind == Kind.UPDATE:
        return heading_of_update(context) or str(rules.heading)
    if mail.kind in (Kind.DAY_REMINDER, Kind.HOUR_REMINDER):
        return heading_of_reminder(mail, now=now)
    if context["is_final"]:
        return str(rules.heading_of_erasure)
    if registration.confirmed_at is None and rules.heading_without_seat:
        return str(rules.heading_without_seat)
    return str(rules.heading)


def heading_of_update(context):
    """What has changed; "" where it is several things."""
    if context["was_cancelled"]:
        return _("The workshop takes place after all")
    words = {
        "date": _("The date has changed"),
        "hours": _("The time has changed"),
        "clock": _("The time was wrong in one place"),
        "title": _("The title has changed"),
        "place": _("The place has changed"),
    }
    changed = [change.what for change in context["changes"]]
    # A new date or hour is what nobody may miss.
    if changed[:1] in (["date"], ["hours"], ["clock"]) or len(changed) == 1:
        return words[changed[0]]
    return ""


def heading_of_reminder(mail, *, now):
    """How far the start is, in hours for the last reminder, else in days of the person's clock.

    Each workshop has its own leads, and a mail may leave later than it was due.
    """
    left = mail.registration.workshop.starts_at - now
    if mail.kind == Kind.HOUR_REMINDER and left <= HOUR[1]:
        return _("We start in an hour") if left > HOUR[0] else _("We’re about to start")
    days = days_left(mail.registration, now=now)
    if days < 1:
        return _("It’s today")
    if days == 1:
        return _("It’s tomorrow")
    return ngettext("It’s in %(count)s day", "It’s in %(count)s days", days) % {"count": days}


def days_left(registration, *, now):
    """How many midnights lie between `now` and the start on the person's clock, or the first."""
    workshop = registration.workshop
    zone = ZoneInfo(registration.zone or workshop.first_zone)
    return (workshop.starts_at.astimezone(zone).date() - now.astimezone(zone).date()).days
