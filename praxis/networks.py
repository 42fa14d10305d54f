"""From which network a request comes, for limits and for the log."""

import logging
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings

logger = logging.getLogger("praxis.limits")
# The network of all visitors whose address is not known.
NO_ADDRESS = "no address"


def client_network(request):
    """The network from which `request` comes (str): an IPv4 address, or the /64 of an IPv6 one.

    A household or an office has a /64. It is NO_ADDRESS if nothing is known, as behind a Unix
    socket: all such visitors are one network.
    X-Forwarded-For is believed if TRUSTED_PROXIES names the peer, by its address or as `unix`.
    """
    forwarded = request.headers.get("X-Forwarded-For", "")
    peer = parsed(request.META.get("REMOTE_ADDR", ""))
    if forwarded and looks_like_proxy(peer):
        warn_of_proxy(str(peer or "a Unix socket"))
    address = address_behind_proxies(peer, forwarded)
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False))
    return str(address or NO_ADDRESS)


def address_behind_proxies(peer, forwarded):
    """The first address that is not one of TRUSTED_PROXIES, from `peer` on; None if unknown.

    `forwarded` (X-Forwarded-For) is read from its right end, where our own proxies write. What
    stands to the left of the first address that is no proxy of ours may be the sender's invention.
    """
    address, hops = peer, forwarded.split(",")
    while hops and is_proxy(address):
        hop = parsed(hops.pop())
        if hop is None:
            break
        address = hop
    return address


def is_proxy(address):
    """Do TRUSTED_PROXIES name `address`? None is that of a peer behind a Unix socket."""
    if address is None:
        return settings.UNIX in settings.TRUSTED_PROXIES
    networks = [each for each in settings.TRUSTED_PROXIES if each != settings.UNIX]
    return any(address in ip_network(each, strict=False) for each in networks)


def looks_like_proxy(peer):
    """Does `peer` look like a proxy of ours that nobody has named?"""
    if peer is None:
        return not is_proxy(peer)
    return not settings.TRUSTED_PROXIES and (peer.is_private or peer.is_loopback)


@lru_cache(maxsize=1)
def warn_of_proxy(address):
    """Log, once for `address`, that a proxy is not named and everybody counts as one network."""
    logger.warning(
        "X-Forwarded-For from %s is not believed; "
        "if that is your proxy, name it in TRUSTED_PROXIES (README.md)",
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
