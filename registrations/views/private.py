"""What the pages that concern one person have in common."""

from functools import wraps

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.defaults import page_not_found

from registrations.models import Registration


def private(view):
    """Neither stored by a cache nor listed by a search engine."""

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
    registrations = Registration.objects.select_related("workshop", "community")
    return get_object_or_404(registrations.prefetch_related("workshop__hostings"), **token)


def gone(request, registration):
    """410, with the reason: erased, the workshop cancelled or withdrawn, or the registration no seat (any more)."""
    context = {"registration": registration, "workshop": registration.workshop}
    return render(request, "registrations/gone.html", context, status=410)
