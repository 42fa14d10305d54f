"""How often one network may start something, and from which network a request comes."""

import logging
from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings

from registrations.models import allowance

logger = logging.getLogger("praxis.limits")
HOUR = timedelta(hours=1)
STARTS_AN_HOUR = 100  # per network: enough for a school or an office


def may_start(network, *, now):
    """May `network` (of client_network) start one more thing now, and if so, count it.

    A thing is a registration or a request for lost links. An unknown network ("") is not limited.
    """
    if not network:
        return True
    allowed_at = allowance.take("start", network, most=STARTS_AN_HOUR, period=HOUR, now=now)
    return allowed_at == now


def client_network(request):
    """The network from which `request` comes (str): an IPv4 address, or the /64 of an IPv6 one.

    A household or an office has a /64. "" if nothing is known, as behind a Unix socket.
    Without TRUSTED_PROXIES the header X-Forwarded-For is not believed.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    address = parsed(request.META.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXIES:
        address = address_behind_proxies(address, forwarded)
    elif forwarded and address and (address.is_private or address.is_loopback):
        warn_of_proxy(str(address))
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return str(address or "")


def address_behind_proxies(address, forwarded):
    """The first address that is not one of TRUSTED_PROXIES, from `address` on.

    `forwarded` (X-Forwarded-For) is read from its right end, where our own proxies write. What
    stands to the left of the first address that is no proxy of ours may be the sender's invention.
    """
    trusted = [ip_network(each, strict=False) for each in settings.TRUSTED_PROXIES]
    hops = forwarded.split(",")
    while hops and address and any(address in network for network in trusted):
        hop = parsed(hops.pop())
        if hop is None:
            break
        address = hop
    return address


@lru_cache(maxsize=1)
def warn_of_proxy(address):
    """Log, once for `address`, that a proxy is not named and everybody counts as one network."""
    logger.warning(
        "X-Forwarded-For from %s is not believed; "
        "if that is your proxy, name it in TRUSTED_PROXIES",
        address,
    )


def parsed(text):
    """`text` as an IPv4Address or IPv6Address; None if it is no address.

    A port is left out. An IPv4 address mapped to IPv6 (RFC 4291 2.5.5.2) is returned as IPv4.
    """
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
