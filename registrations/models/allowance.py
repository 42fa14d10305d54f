"""Allowances: how often somebody did something lately, and whether once more is too often."""

import json
from bisect import insort
from datetime import UTC, datetime, timedelta

from django.db import connection, models, transaction
from django.utils.crypto import salted_hmac

DAY = timedelta(days=1)


class Allowance(models.Model):
    """The moments at which one subject did one thing lately.

    `key` is a keyed hash of the thing and the subject, so that no address can be read from it.
    `times` are the moments, in seconds since 1970 and ascending. `last_at` is the latest of them,
    or the last time that somebody asked, if that is later.
    """

    key = models.CharField(max_length=64, primary_key=True)
    times = models.JSONField(default=list)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self):
        return self.key


def take(purpose, subject, *, most, period, now, wait=False, trusted=None):
    """The moment from which `subject` may do `purpose` once more: `now`, or later.

    It may be done `most` times in any `period`. The moment is noted as used if it is `now`, or if
    the caller will `wait` for it; a later moment is not noted otherwise.
    `trusted` is a function that returns a limit in the place of `most`. It is called only once
    `most` is reached. The lock on the row serves processes that ask at once one after another.
    """
    key = key_of(purpose, subject)
    with transaction.atomic(savepoint=False):
        period_began = (now - period).timestamp()
        times = [time for time in lock_row(key, now=now) if time > period_began]
        allowed_at = now
        if trusted and len(times) >= most:
            most = trusted()
        if len(times) >= most:
            allowed_at = max(now, datetime.fromtimestamp(times[-most], UTC) + period)
        if allowed_at == now or wait:
            # Kept ascending: a turn that `trusted` allows now comes before those that wait.
            insort(times, allowed_at.timestamp())
        last_at = max(now, datetime.fromtimestamp(max(times, default=0), UTC))
        write(key, times, last_at=last_at)
    return allowed_at


def take_in_one(purpose, subject, *, most, period, now):
    """Do what take() does, in one statement as long as `most` is not reached.

    It is for what is seldom refused, and where the time that it takes may betray how often
    `subject` did it.
    """
    key = key_of(purpose, subject)
    times = upsert(key, [now.timestamp()], now=now)
    if len(times) <= most:
        # Even if none of them was too old to count, now is allowed; and now is noted.
        return now
    with transaction.atomic(savepoint=False):
        row = Allowance.objects.select_for_update().get(key=key)
        row.times.remove(now.timestamp())
        Allowance.objects.filter(key=key).update(times=row.times)
        return take(purpose, subject, most=most, period=period, now=now)


def give_back(purpose, subject, *, now):
    """Unnote the moment `now` that take() has noted, for what turned out not to count."""
    key = key_of(purpose, subject)
    with transaction.atomic(savepoint=False):
        times = lock_row(key, now=now)
        if now.timestamp() in times:
            times.remove(now.timestamp())
            write(key, times, last_at=now)


def key_of(purpose, subject):
    """The key of the row in which `subject` is counted for `purpose`."""
    return salted_hmac(f"praxis.limits.{purpose}", subject, algorithm="sha256").hexdigest()


def lock_row(key, *, now):
    """The moments noted under `key`; the row is locked until the transaction ends.

    A row that does not exist is made first. forget() cannot delete it in between.
    """
    return upsert(key, [], now=now)


WRITE = "UPDATE registrations_allowance SET times = %s, last_at = %s WHERE key = %s"
# The ORM's upsert returns no row, so this is SQL. How an array is made longer differs.
UPSERT = """
    INSERT INTO registrations_allowance (key, times, last_at) VALUES (%s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET times = {longer}, last_at = excluded.last_at RETURNING times
"""
LONGER = {
    "postgresql": "registrations_allowance.times || excluded.times",
    # The text of the two arrays, joined: SQLite's own functions would round the numbers.
    "sqlite": (
        "replace(replace(replace(registrations_allowance.times || excluded.times, "
        "'][', ','), '[,', '['), ',]', ']')"
    ),
}


def upsert(key, times, *, now):
    """All moments noted under `key`, once `times` are noted there as well."""
    statement = UPSERT.format(longer=LONGER[connection.vendor])
    parameters = [key, json.dumps(times), connection.ops.adapt_datetimefield_value(now)]
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return json.loads(cursor.fetchone()[0])


def write(key, times, *, last_at):
    """Write `times` as the moments noted under `key`, whose row is locked."""
    moment = connection.ops.adapt_datetimefield_value(last_at)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(times), moment, key])


def forget(*, now):
    """Delete the rows that no limit counts any more: no period is longer than a day."""
    Allowance.objects.filter(last_at__lt=now - DAY).delete()
