"""The limit of requests from one network, and the page of a form that is over it."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from registrations.domain import limits


def may_start(request, *, now):
    """True if the network of `request` may start one more thing at `now`; then it is counted."""
    return limits.may_start(limits.client_network(request), now=now)


def render_too_many(request, template, context):
    """The page `template`, its `form` with the reason: 429 with Retry-After (RFC 6585 4)."""
    words = _(
        "More than %(most)s requests came from your network within an hour, so this one has to "
        "wait. Nothing you typed is lost: please send it again in an hour, or from another "
        "connection."
    )
    context["form"].add_error(None, words % {"most": limits.STARTS_AN_HOUR})
    response = render(request, template, context, status=429)
    response["Retry-After"] = int(limits.HOUR.total_seconds())
    return response
