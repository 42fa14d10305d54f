"""The log of what concerns the safety of accounts and data: one line an event."""

import logging
from urllib.parse import quote

from django.utils import timezone

from praxis.networks import client_network

logger = logging.getLogger("praxis.audit")


def note(request, event, *, account=None, **facts):
    """Log `event` with its moment (UTC), account (a user's key) and network.

    `account` is who is signed in, unless it is said. `facts` are further words and numbers, never a
    name, an address or a token.
    """
    if account is None and request.user.is_authenticated:
        account = request.user.pk
    pairs = {"account": account or "unknown", "network": client_network(request), **facts}
    words = " ".join(f"{name}={on_one_line(value)}" for name, value in pairs.items())
    logger.info("%s %s %s", timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ"), event, words)


def on_one_line(value):
    """`value` as text in which whoever sends a request can begin no new line, nor a new word."""
    return quote(str(value), safe="/:,.='")
