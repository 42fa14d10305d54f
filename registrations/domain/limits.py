"""How often somebody may start something, and from where a request comes."""

import logging
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings

from registrations.models import allowance

logger = logging.getLogger("praxis.limits")
HOUR = timedelta(hours=1)
STARTS_AN_HOUR = 100  # per network address: a school, an office


def may_start(network, *, now):
    """May somebody at `network` (client_network) start one more registration now, or ask once more for lost links?"""
    return (
        not network
        or allowance.take("start", network, most=STARTS_AN_HOUR, period=HOUR, now=now) == now
    )


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
    if (
        hops != [""]
        and address
        and (address.is_private or address.is_loopback)
        and not settings.TRUSTED_PROXIES
    ):
        warn_of_proxy(str(address))
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return str(address or "")


@lru_cache(maxsize=1)
def warn_of_proxy(address):
    """Say once that everybody counts as one network."""
    logger.warning(
        "X-Forwarded-For from %s is not believed; if that is your proxy, name it in TRUSTED_PROXIES",
        address,
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
