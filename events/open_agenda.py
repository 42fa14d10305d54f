"""A workshop as an event of OpenAgenda, within the limits of its documents.

https://developers.openagenda.com/evenements/structure
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from events import calendars, card, summaries

TITLE, DESCRIPTION, LONG_DESCRIPTION, CONDITIONS = 140, 200, 10_000, 255  # characters at most
LONGEST_TIMING = timedelta(hours=24)
ONLINE = 2
SCHEDULED, RESCHEDULED, FULL, CANCELLED = 1, 2, 5, 6
KEY = "praxis"  # of our own identifier among those of other sources


def entry(workshop, *, is_full, sign_up):
    """The event of `workshop`, as OpenAgenda takes it, as a dict.

    `sign_up` is the address of the form by which people register, "" where it takes nobody.
    `workshop` is in its own language; texts that are in both are told in both.
    """
    with override(workshop.language):
        page = settings.SITE_URL + workshop.get_absolute_url()
        picture = settings.SITE_URL + card.picture_path(workshop, timezone.now())
    facts = texts(workshop) | {
        "extIds": [{"key": KEY, "value": str(workshop.uid)}],
        "image": {"url": picture},
        "attendanceMode": ONLINE,
        # Our page: the address of the room is for those who registered.
        "onlineAccessLink": page,
        "timezone": workshop.first_zone,
        "timings": timings(workshop),
        "status": status(workshop, is_full=is_full),
    }
    if sign_up:
        facts["registration"] = [sign_up]
    if workshop.is_signed or workshop.captions == workshop.Captions.HUMAN:
        # For deaf people. Automatic captions make mistakes: they are no promise.
        facts["accessibility"] = {"hi": True}
    return facts


def texts(workshop):
    """{field: {language: text}}, in each language in which the workshop has its texts."""
    found = {"title": {}, "description": {}, "longDescription": {}, "conditions": {}}
    for language, _name in settings.LANGUAGES:
        if language != workshop.language and not workshop.has_translation_into(language):
            continue
        shown = workshop.in_language(language)
        with override(language):
            found["title"][language] = summaries.shortened(shown.title, TITLE)
            found["description"][language] = summaries.summary(shown, DESCRIPTION)
            found["longDescription"][language] = long_description(shown)
            found["conditions"][language] = summaries.shortened(
                _("Free, on registration. Online."), CONDITIONS
            )
    return found


def long_description(workshop):
    """The hours on each clock, then all that the page says, as Markdown.

    OpenAgenda itself shows one clock alone.
    """
    hours = "\n".join(f"- {line}" for line in calendars.lines_of_page(workshop))
    parts = [
        hours,
        workshop.why_cancelled,
        workshop.description,
        summaries.introduction(workshop),
    ]
    return summaries.shortened("\n\n".join(filter(None, parts)), LONG_DESCRIPTION)


def timings(workshop):
    """From start to end on the first host's clock, in pieces of at most a day."""
    zone, begin, found = ZoneInfo(workshop.first_zone), workshop.starts_at, []
    while begin < workshop.ends_at:
        end = min(begin + LONGEST_TIMING, workshop.ends_at)
        found.append({"begin": written(begin, zone), "end": written(end, zone)})
        begin = end
    return found


def written(at, zone):
    """ "2027-03-29T09:30:00-0400", as their examples have it."""
    return f"{at.astimezone(zone):%Y-%m-%dT%H:%M:%S%z}"


def status(workshop, *, is_full):
    """What people must know first: that it is off, else that it is full, else that it has moved."""
    if workshop.is_cancelled:
        return CANCELLED
    if is_full:
        return FULL
    return RESCHEDULED if workshop.is_moved else SCHEDULED
