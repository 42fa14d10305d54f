"""Who came, as the organisers note it: by phone, or in a room with others."""

from registrations.models import Registration


def may_mark_come(registration, *, now):
    """Can this person be marked as come at `now`? With a seat, from the opening of the door on."""
    has_seat = registration.is_confirmed and not registration.erased_at
    return has_seat and now >= registration.workshop.door_opens_at


def mark_come(registration, *, now):
    """Note that this person has come; False if that is noted already, or cannot be yet."""
    if not may_mark_come(registration, now=now):
        return False
    rows = Registration.objects.confirmed().filter(pk=registration.pk, erased_at=None)
    return bool(rows.filter(attended_at=None).update(attended_at=now))


def unmark_come(registration):
    """Take that note back; False if there is none. That the person opened the room stays noted."""
    marked = Registration.objects.filter(pk=registration.pk, attended_at__isnull=False)
    return bool(marked.update(attended_at=None))
