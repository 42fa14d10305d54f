"""How often: what keeps the form from flooding mailboxes, counted in the database and without a readable address."""

import json
import logging
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from registrations.models import Allowance, Registration, email_key

logger = logging.getLogger("praxis.limits")

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STARTS_AN_HOUR = 100  # per network address: a school, an office
MAILS_A_DAY = 5  # per mail address that never used a link of ours
VERIFIED_MAILS_A_DAY = 20


def take(purpose, subject, *, most, period, now, wait=False, trusted=None):
    """Note that `subject` does `purpose` once more; the moment from which it is within `most` times in any `period`.

    That moment is `now` where it is allowed at once. A later one is noted only if the caller will `wait` for it.
    `trusted`, a function, is asked only where `most` is reached: how often it may be instead.
    Processes and servers that ask at once are served one after another, by the lock on the row.
    """
    key = salted_hmac(f"praxis.limits.{purpose}", subject, algorithm="sha256").hexdigest()
    with transaction.atomic(savepoint=False):
        times = [time for time in row_of(key, now=now) if time > (now - period).timestamp()]
        allowed_at = now
        if trusted and len(times) >= most:
            most = trusted()
        if len(times) >= most:
            allowed_at = max(now, datetime.fromtimestamp(times[-most], UTC) + period)
        if allowed_at == now or wait:
            times.append(allowed_at.timestamp())
        last_at = max(now, datetime.fromtimestamp(max(times, default=0), UTC))
        Allowance.objects.filter(key=key).update(times=times, last_at=last_at)
    return allowed_at


def row_of(key, *, now):
    """The moments noted under `key`. Made or not, the row is ours until the transaction ends: nobody forgets it in between."""
    # One statement, which the ORM has no words for (its upsert returns nothing); PostgreSQL and SQLite read it alike.
    upsert = (
        "INSERT INTO registrations_allowance (key, times, last_at) VALUES (%s, '[]', %s) "
        "ON CONFLICT (key) DO UPDATE SET last_at = excluded.last_at RETURNING times"
    )
    with connection.cursor() as cursor:
        cursor.execute(upsert, [key, connection.ops.adapt_datetimefield_value(now)])
        return json.loads(cursor.fetchone()[0])


def may_start(network, *, now):
    """May somebody at `network` (client_network) start one more registration now, or ask once more for lost links?"""
    return not network or take("start", network, most=STARTS_AN_HOUR, period=HOUR, now=now) == now


def mail_at(address, *, now, repeats=False, purpose="mail"):
    """When a mail that anybody can cause may go to `address`: `now`, or later. One that only `repeats` what was said is not
    waited for, and leaves the last two of the day's five to others. An address that used one of our links gets more.
    Each `purpose` is counted by itself.
    """

    def share(most):
        return most * 3 // 5 if repeats else most

    def trusted():
        verified = Registration.objects.of_address(address).filter(verified_at__isnull=False).exists()
        return share(VERIFIED_MAILS_A_DAY if verified else MAILS_A_DAY)

    limit = {"most": share(MAILS_A_DAY), "period": DAY, "trusted": trusted}
    return take(purpose, mailbox_key(address), **limit, now=now, wait=not repeats)


def mailbox_key(address):
    """One name for all spellings that reach the same mailbox: without case or +tag, and without dots at Gmail."""
    local, _at, domain = email_key(address).rpartition("@")
    local = local.partition("+")[0]
    if domain in ("gmail.com", "googlemail.com"):
        local = local.replace(".", "")
    return f"{local}@{domain}"


def client_network(request):
    """Where a request comes from: an IPv4 address, or the /64 of an IPv6 one, which is one household's or office's.

    X-Forwarded-For is read from its right end, as far as the hops before are in TRUSTED_PROXIES; the rest is the sender's
    own invention. "" where nothing is known, as behind a Unix socket.
    """
    trusted = [ip_network(each, strict=False) for each in settings.TRUSTED_PROXIES]
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    address = parsed(request.META.get("REMOTE_ADDR", ""))
    while hops and address and any(address in network for network in trusted):
        hop = parsed(hops.pop())
        if hop is None:
            break
        address = hop
    if hops != [""] and address and (address.is_private or address.is_loopback) and not settings.TRUSTED_PROXIES:
        warn_of_proxy(str(address))
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return str(address or "")


@lru_cache(maxsize=1)
def warn_of_proxy(address):
    """Say once that everybody counts as one network."""
    logger.warning(
        "X-Forwarded-For from %s is not believed; if that is your proxy, name it in TRUSTED_PROXIES", address
    )


def parsed(text):
    """`text` as an IP address, its port left out, an IPv4 one in IPv6 clothes as itself; None if it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def forget(*, now):
    """Drop what no limit asks about any more."""
    Allowance.objects.filter(last_at__lt=now - DAY).delete()
