"""The stamps of forms that have served: each serves once."""

from datetime import timedelta

from django.db import connection, models
from django.utils.crypto import salted_hmac

PRESSED_TWICE = timedelta(minutes=2)
# An hour more than HoneypotForm.MAX_AGE: the clocks of two machines may differ.
KEPT = timedelta(days=2, hours=1)


class StampUsed(Exception):
    """Raised when a form was sent whose stamp has served already."""


class UsedStamp(models.Model):
    """A stamp that has served (HoneypotForm.stamp).

    `key` is a keyed hash of the stamp, and `used_for` one of the stamp with what it served for, so
    that nothing can be read from either. `times` counts the presses of one and the same button.
    """

    key = models.CharField(max_length=64, primary_key=True)
    used_for = models.CharField(max_length=64)
    used_at = models.DateTimeField(db_index=True)
    times = models.PositiveIntegerField(default=1)

    def __str__(self):
        return self.key


def use(stamp, purpose, *, now):
    """How often `stamp` has served for `purpose` (str), this time included; 0 if it may not.

    It serves once. The button may be pressed twice, though: within PRESSED_TWICE it serves for the
    same `purpose` again. It is noted in the caller's transaction, so that it still serves if that
    fails. One of two processes that ask at once waits for the other.
    """
    # The upsert of the ORM returns no row, so this is SQL, the same for PostgreSQL and SQLite.
    upsert = (
        "INSERT INTO registrations_usedstamp (key, used_for, used_at, times) "
        "VALUES (%s, %s, %s, 1) ON CONFLICT (key) DO UPDATE "
        "SET times = registrations_usedstamp.times + 1 "
        "WHERE registrations_usedstamp.used_for = excluded.used_for "
        "AND registrations_usedstamp.used_at > %s RETURNING times"
    )
    moments = [connection.ops.adapt_datetimefield_value(at) for at in (now, now - PRESSED_TWICE)]
    with connection.cursor() as cursor:
        cursor.execute(upsert, [keyed("", stamp), keyed(purpose, stamp), *moments])
        row = cursor.fetchone()
    return row[0] if row else 0


def keyed(purpose, stamp):
    """A keyed hash of `stamp` and what it serves for."""
    return salted_hmac(f"praxis.stamps.{purpose}", stamp, algorithm="sha256").hexdigest()


def forget(*, now):
    """Delete the rows of stamps that have expired: the form refuses these without asking."""
    UsedStamp.objects.filter(used_at__lt=now - KEPT).delete()
