"""Who came by phone, or in a room with others: as organisers note it, or who types the keyword."""

from datetime import timedelta

from django.db.models.functions import Greatest

from praxis.text import folded
from registrations.models import Registration, allowance

KEYWORD_HOLDS = timedelta(days=1)  # after the end
GUESSES_AN_HOUR = 10
# The group_size of somebody who sits beside another person, and is counted with that one.
NOBODY_MORE = 0


def may_mark_come(registration, *, now):
    """Can this person be marked as come at `now`? With a seat, from the opening of the door on."""
    has_seat = registration.is_confirmed and not registration.erased_at
    return has_seat and now >= registration.workshop.door_opens_at


def mark_come(registration, *, now, **fields):
    """Note that this person has come, and `fields`; False if that is noted, or cannot be yet."""
    if not may_mark_come(registration, now=now):
        return False
    rows = Registration.objects.confirmed().filter(pk=registration.pk, erased_at=None)
    return bool(rows.filter(attended_at=None).update(attended_at=now, **fields))


def unmark_come(registration):
    """Take that note back; False if there is none. That the person opened the room stays noted."""
    marked = Registration.objects.filter(pk=registration.pk, attended_at__isnull=False)
    # Who sat beside somebody is counted for themselves once they come otherwise.
    return bool(marked.update(attended_at=None, group_size=Greatest("group_size", 1)))


def may_type_keyword(registration, *, now):
    """Is the person asked for the word said in the room? From the start to a day after the end."""
    workshop = registration.workshop
    is_time = workshop.starts_at <= now < workshop.ends_at + KEYWORD_HOLDS
    asks = bool(workshop.keyword) and workshop.is_published and is_time
    return asks and registration.attended_at is None and may_mark_come(registration, now=now)


def come_by_keyword(registration, typed, *, now, is_beside=False):
    """Mark the person as come if `typed` is the word said in the room: True if it is.

    Who `is_beside` somebody counts behind that one's screen alone. Only letters and digits make a
    difference, without accents and case. After GUESSES_AN_HOUR wrong ones nothing is looked at for
    a while.
    """
    if not may_type_keyword(registration, now=now):
        return False
    hour = timedelta(hours=1)
    subject = str(registration.pk)
    if allowance.take("keyword", subject, most=GUESSES_AN_HOUR, period=hour, now=now) > now:
        return False
    if letters(typed) != letters(registration.workshop.keyword):
        return False
    # Whoever has opened the room has said there how many they are.
    is_counted_there = is_beside and registration.joined_at is None
    fields = {"group_size": NOBODY_MORE} if is_counted_there else {}
    return mark_come(registration, now=now, **fields)


def letters(text):
    """The letters and digits of `text`; all but its spaces if it has none."""
    words = "".join(folded(text).split())
    return "".join(filter(str.isalnum, words)) or words
