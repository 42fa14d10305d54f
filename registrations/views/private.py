"""Helpers of the pages that concern one person: their headers, their registration, their 410."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.defaults import page_not_found

from praxis import languages
from registrations.models import Registration


def private(view):
    """A decorator of views: the page is stored by no cache and listed by no search engine."""

    @cache_control(no_store=True, private=True)
    @wraps(view)
    def wrapped(request, *args, **kwargs):
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            response = page_not_found(request, error)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


def registration_or_404(**token):
    """The registration with this `manage_token` or `join_token`, and its workshop's hosts.

    From here on the page is written as where the person is.
    """
    registrations = Registration.objects.select_related("workshop", "community")
    registration = get_object_or_404(registrations.prefetch_related("workshop__hostings"), **token)
    language, workshop = languages.active(), registration.workshop
    registration.workshop = workshop.in_language(language)
    translation.activate(languages.written_in(registration.zone or workshop.first_zone, language))
    return registration


def gone(request, registration):
    """The page that says why a link opens nothing any more, as 410."""
    workshop = registration.workshop
    heading = _("This link no longer works")
    if registration.erased_at:
        text = _("The data of this registration has been erased.")
    elif workshop.is_cancelled:
        heading, text = _("This workshop is cancelled"), _("It will not take place.")
    elif workshop.is_draft:
        heading = _("Not available for now")
        text = _("The organisers have taken this workshop offline for now.")
    elif registration.is_waiting:
        heading = _("On the waiting list")
        text = _("Once you have a seat, an email will bring you the link to the room.")
    elif registration.cancelled_by_desk:
        heading = _("Registration cancelled")
        text = _("The organisers have cancelled this registration.")
    else:
        heading = _("Registration cancelled")
        text = _(
            "The link in our last email leads back to your registration: you can take your seat "
            "back there while one is free."
        )
    context = {"heading": heading, "text": text, "workshop": workshop}
    # Whoever is erased is told no more of it.
    context["tells_why"] = not registration.erased_at
    return render(request, "registrations/gone.html", context, status=410)
