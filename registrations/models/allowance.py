"""How often somebody did something lately."""

import json
from bisect import insort
from datetime import UTC, datetime, timedelta

from django.db import connection, models, transaction
from django.utils.crypto import salted_hmac


class Allowance(models.Model):
    """How often somebody did something lately: `key` is a keyed hash of who and what, `times` the moments (seconds since 1970).

    No address can be read from it.
    """

    key = models.CharField(max_length=64, primary_key=True)
    times = models.JSONField(default=list)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.key


DAY = timedelta(days=1)


def take(purpose, subject, *, most, period, now, wait=False, trusted=None):
    """Note that `subject` does `purpose` once more; the moment from which it is within `most` times in any `period`.

    That moment is `now` where it is allowed at once. A later one is noted only if the caller will `wait` for it.
    `trusted`, a function, is asked only where `most` is reached: how often it may be instead.
    Processes and servers that ask at once are served one after another, by the lock on the row.
    """
    key = salted_hmac(f"praxis.limits.{purpose}", subject, algorithm="sha256").hexdigest()
    with transaction.atomic(savepoint=False):
        times = [time for time in lock_row(key, now=now) if time > (now - period).timestamp()]
        allowed_at = now
        if trusted and len(times) >= most:
            most = trusted()
        if len(times) >= most:
            allowed_at = max(now, datetime.fromtimestamp(times[-most], UTC) + period)
        if allowed_at == now or wait:
            # A turn that trust allows now comes before those that were put off.
            insort(times, allowed_at.timestamp())
        last_at = max(now, datetime.fromtimestamp(max(times, default=0), UTC))
        Allowance.objects.filter(key=key).update(times=times, last_at=last_at)
    return allowed_at


def lock_row(key, *, now):
    """The moments noted under `key`. Made or not, the row is ours until the transaction ends: nobody forgets it in between."""
    # One statement, which the ORM has no words for (its upsert returns nothing); PostgreSQL and SQLite read it alike.
    upsert = (
        "INSERT INTO registrations_allowance (key, times, last_at) VALUES (%s, '[]', %s) "
        "ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at RETURNING times"
    )
    with connection.cursor() as cursor:
        cursor.execute(upsert, [key, connection.ops.adapt_datetimefield_value(now)])
        return json.loads(cursor.fetchone()[0])


def forget(*, now):
    """Drop what no limit asks about any more."""
    Allowance.objects.filter(last_at__lt=now - DAY).delete()
