"""The page of a form that has to be sent again later, with all that was typed, and why."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from praxis import unavailable
from praxis.networks import client_network
from registrations.domain import limits, seat_limits


def may_start(request, *, now):
    """True if the network of `request` may start one more thing at `now`; then it is counted."""
    return limits.may_start(client_network(request), now=now)


def render_too_many(request, template, context):
    """The page `template` with the reason: too many requests from one network."""
    words = _(
        "We’ve had more than %(most)s requests from your network within an hour, so this one has "
        "to wait. Nothing you typed is lost: please send it again in an hour, or from another "
        "connection."
    )
    words = words % {"most": limits.STARTS_AN_HOUR}
    wait = limits.HOUR.total_seconds()
    return render_later(request, template, context, words, status=429, seconds=wait)


def render_too_many_seats(request, template, context):
    """The page `template` with the reason: too many seats of one network."""
    words = _(
        "Within a day, %(most)s people have registered for this workshop from your network "
        "without using the link in their email yet. Nothing you typed is lost: please send it "
        "again once one of them has pressed “Yes, this address is mine” behind that link, or send "
        "it from another connection."
    )
    words = words % {"most": seat_limits.UNVERIFIED_SEATS}
    wait = seat_limits.COUNTED_FOR.total_seconds()
    return render_later(request, template, context, words, status=429, seconds=wait)


def render_too_busy(request, template, context, error):
    """The page `template` with the reason: `error`, one of unavailable.TEMPORARY."""
    words = _(
        "Many people are registering right now, and we couldn’t handle your request in time. "
        "Nothing you typed is lost: please send it again in about ten seconds."
    )
    unavailable.log(error)
    wait = unavailable.AGAIN_AFTER
    return render_later(request, template, context, words, status=503, seconds=wait)


def render_later(request, template, context, words, *, status, seconds):
    """The page `template`, its validated `form` with the reason `words`, and Retry-After.

    `status` is 429 (RFC 6585 4) or 503 (RFC 9110 15.6.4).
    """
    context["form"].add_error(None, words)
    response = render(request, template, context, status=status)
    response["Retry-After"] = int(seconds)
    return response
