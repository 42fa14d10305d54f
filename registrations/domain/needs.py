"""What people need to take part: said, taken back, and forgotten a week after the workshop."""

from datetime import timedelta

from django.db import connection, transaction

from praxis import overwriting
from registrations.domain.seats import lock_workshop_of
from registrations.models import Need

KEPT = timedelta(days=7)  # after the end of the workshop


def may_say(registration, *, now):
    """May this person still say at `now` what they need, or say it otherwise?"""
    workshop = registration.workshop
    is_coming = not registration.is_cancelled and registration.erased_at is None
    return is_coming and workshop.is_published and workshop.takes_needs(now)


def said_by(registration):
    """The Need of this person; None if they said nothing."""
    return Need.objects.filter(pk=registration.pk).first()


def keep_need(registration_pk, text, *, now):
    """Store what somebody typed into the form; the caller holds the workshop's lock.

    What the person said before stands: a stranger may have typed their address. They change it
    behind their own link.
    """
    if text:
        need = Need(registration_id=registration_pk, text=text, said_at=now)
        Need.objects.bulk_create([need], ignore_conflicts=True)


def say(registration, text, *, now):
    """Write what the person needs in the place of what they said before; False if it is too late.

    "" takes it back, which is never too late.
    """
    if not text:
        take_back(registration)
        return True
    with transaction.atomic():
        lock_workshop_of(registration)
        if not may_say(registration, now=now):
            return False
        said = {"text": text, "said_at": now}
        Need.objects.update_or_create(registration=registration, defaults=said)
        return True


def take_back(registration):
    """Erase what the person said; False if they said nothing."""
    return bool(erase(Need.objects.filter(pk=registration.pk)))


def forget(*, now):
    """Erase the needs of all workshops that ended a week ago; how many."""
    count = erase(Need.objects.filter(registration__workshop__ends_at__lte=now - KEPT))
    # Others were taken back or cancelled meanwhile.
    if count or overwriting.has_old_rows(Need):
        overwriting.drop_old_rows(Need)
    return count


def erase(said):
    """Delete the Needs `said`; how many.

    SQLite keeps copies of rows where it has moved them from page to page. They go with the table
    as a whole alone, which is small: those that stay are written anew.
    """
    with transaction.atomic():
        count = said.delete()[0]
        if count and connection.vendor == "sqlite":
            stay = list(Need.objects.all())
            Need.objects.all().delete()
            Need.objects.bulk_create(stay)
    return count
