"""How often one network may start something."""

from datetime import timedelta

from registrations.models import allowance

HOUR = timedelta(hours=1)
STARTS_AN_HOUR = 100  # per network: enough for a school or an office


def may_start(network, *, now):
    """May `network` (of networks.client_network) start one more thing now, and if so, count it.

    A thing is a registration or a request for lost links.
    """
    allowed_at = allowance.take_in_one("start", network, most=STARTS_AN_HOUR, period=HOUR, now=now)
    return allowed_at == now
