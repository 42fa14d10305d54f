"""The limits of one network, and the page of a form that is over one."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from registrations.domain import limits, seat_limits


def may_start(request, *, now):
    """True if the network of `request` may start one more thing at `now`; then it is counted."""
    return limits.may_start(limits.client_network(request), now=now)


def render_too_many(request, template, context):
    """The page `template` with the reason: too many requests from one network."""
    words = _(
        "More than %(most)s requests came from your network within an hour, so this one has to "
        "wait. Nothing you typed is lost: please send it again in an hour, or from another "
        "connection."
    )
    words = words % {"most": limits.STARTS_AN_HOUR}
    return render_refused(request, template, context, words, limits.HOUR)


def render_too_many_seats(request, template, context):
    """The page `template` with the reason: too many seats of one network."""
    words = _(
        "Within a day, %(most)s people registered for this workshop from your network and have "
        "not used the link in their email yet. Nothing you typed is lost: please send it again "
        "once one of them has pressed “Yes, this address is mine” behind that link, or send it "
        "from another connection."
    )
    words = words % {"most": seat_limits.UNVERIFIED_SEATS}
    return render_refused(request, template, context, words, seat_limits.COUNTED_FOR)


def render_refused(request, template, context, words, wait):
    """The page `template`, its `form` with the reason: 429 with Retry-After (RFC 6585 4)."""
    context["form"].add_error(None, words)
    response = render(request, template, context, status=429)
    response["Retry-After"] = int(wait.total_seconds())
    return response
