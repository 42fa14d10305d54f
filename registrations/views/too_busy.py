"""The page of a form that cannot be handled just now."""

from django.shortcuts import render
from django.utils.translation import gettext as _

from praxis import unavailable


def render_too_busy(request, template, context, error):
    """The page `template`, its validated `form` with the reason: 503 with Retry-After.

    `error` is one of unavailable.TEMPORARY. The page shows what the person typed, in the form
    itself.
    """
    words = _(
        "Many people are registering at this moment, and we could not handle your request in time. "
        "Nothing you typed is lost: please send it again in some ten seconds."
    )
    unavailable.log(error)
    context["form"].add_error(None, words)
    response = render(request, template, context, status=503)
    response["Retry-After"] = unavailable.AGAIN_AFTER
    return response
