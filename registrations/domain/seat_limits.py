"""How many seats one network may hold for people who never used one of our links."""

from datetime import timedelta

from django.utils.crypto import salted_hmac

from registrations.models import Registration

# A school class registers from one network. Nobody empties a workshop from one.
UNVERIFIED_SEATS = 30
COUNTED_FOR = timedelta(days=1)


class TooManySeats(Exception):
    """Raised when a network holds UNVERIFIED_SEATS seats of a workshop already."""


def require_room(workshop, network, *, now):
    """The keyed hash under which a seat for somebody of `network` (str) counts.

    Raises TooManySeats if UNVERIFIED_SEATS count under it already.
    It is "" where nothing is counted: without a limit of seats there are none to empty, and
    without a network it is no visitor who asks. The caller holds the workshop's lock.
    Whether the address is known makes no difference, so that the answer betrays nobody.
    """
    if workshop.capacity is None or not network:
        return ""
    key = network_key(workshop, network)
    recent = recent_of(key, now=now)
    # The whole count is asked only where a simpler one does not decide: seldom.
    if recent.count() < UNVERIFIED_SEATS:
        return key
    if recent.never_verified().active().count() >= UNVERIFIED_SEATS:
        raise TooManySeats
    return key


def recent_of(key, *, now):
    """The registrations that may count under `key`: those of the last day.

    What counts is confirmed or waiting, and its address has never used one of our links.
    """
    return Registration.objects.filter(network_key=key, created_at__gt=now - COUNTED_FOR).order_by()


def network_key(workshop, network):
    """A keyed hash of `network`, another one at each workshop."""
    return salted_hmac(f"praxis.seats.{workshop.pk}", network, algorithm="sha256").hexdigest()


def forget(*, now):
    """Forget the networks of the registrations that count no more."""
    outdated(now=now).update(network_key="")


def outdated(*, now):
    """The registrations whose network counts no more."""
    return Registration.objects.filter(network_key__gt="", created_at__lt=now - COUNTED_FOR)
