"""The page after the sign-up form."""

import json

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from events.calendars import fingerprint, web_links
from events.models import Workshop
from events.readings import read
from events.twin_clock import with_own
from praxis import languages, microcache
from registrations.domain import seats
from registrations.domain.join_window import is_open
from registrations.mail import queue
from registrations.views.private import private

REGISTERED_COOKIE = "praxis_registered"
REGISTERED_COOKIE_AGE = 3600  # seconds


@private
@require_safe
def thanks(request, slug):
    """The page after the form; the same for everybody but the address, and cached for a second.

    As the form, it is not rendered again where nothing has changed since.
    """
    registered = read_registered_cookie(request, slug, max_age=REGISTERED_COOKIE_AGE)
    if registered is None:
        return redirect("registrations:sign_up", slug)
    email, zone, rank = registered

    def make(placeholders):
        workshop, now = workshop_or_404(slug), timezone.now()
        if workshop.is_draft:
            raise Http404
        changing = thanks_changing(workshop, rank, now=now)

        def render_page():
            context = thanks_context(workshop, zone, rank) | changing
            context["email"] = placeholders["email"]
            return render_to_string("registrations/thanks.html", context, request)

        if rank:
            # Each rank has a page of its own.
            return render_page()
        facts = [zone, fingerprint([workshop]), changing]
        return microcache.cached(render_page, request.path, facts, seconds=microcache.LONG)

    # Without a zone of the visitor's own the page is written as for everybody.
    variant = languages.written_in(zone, languages.active()) if zone else get_language()
    with translation.override(variant):
        return microcache.cached_page(request, zone, rank, per_visitor={"email": email}, make=make)


def thanks_changing(workshop, rank, *, now):
    """What thanks.html says that time or other people change."""
    return {
        "reserved": seats.reserved_words(workshop, now=now) if rank else None,
        "has_started": workshop.has_started(now),
        "room_is_open": is_open(workshop, now=now) and bool(workshop.meeting_url),
    }


def thanks_context(workshop, zone, rank):
    """The rest of what thanks.html says; it follows from the workshop alone."""
    hours = workshop.starts_at, workshop.ends_at
    heading = _("All set: check your email")
    if rank:
        heading = _("On the waiting list: check your email")
    # An entry in a calendar is written as for everybody.
    with translation.override(languages.active()):
        links = web_links(workshop)
    return {
        "heading": heading,
        "workshop": workshop,
        "rank": rank,
        "readings": read(with_own(workshop.clocks, zone, *hours), *hours),
        "own_is_known": bool(zone),
        "web_links": links,
    }


def workshop_or_404(slug):
    """The workshop with its hosts, to show in the active language: it may be a second old."""

    def read_workshop():
        workshop = get_object_or_404(Workshop.objects.with_hosts(), slug=slug)
        workshop.clocks  # noqa: B018 – kept with it, since every page asks for them
        return workshop

    workshop = microcache.cached(read_workshop, "workshop", slug)
    return workshop.in_language(languages.active())


def redirect_to_thanks(request, workshop, typed, rank):
    """A redirect to the page after the form, with a cookie that holds what that page shows.

    It is the same for a new address and for a known one.
    """
    before = read_registered_cookie(request, workshop.slug, max_age=queue.TELL_AT_MOST_EVERY)
    if before and before[0] == typed["email"]:
        # The button was pressed twice: the rank stays as it was shown.
        rank = before[2]
    response = redirect("registrations:thanks", workshop.slug)
    response.set_signed_cookie(
        REGISTERED_COOKIE,
        json.dumps([typed["email"], typed["zone"], rank]),
        salt=workshop.slug,
        max_age=REGISTERED_COOKIE_AGE,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
    return response


def read_registered_cookie(request, slug, *, max_age):
    """[address, zone, rank] of this browser's registration for the workshop `slug`.

    None if it is older than `max_age` (seconds, or a timedelta), or if there is none.
    """
    cookie = request.get_signed_cookie(REGISTERED_COOKIE, default=None, salt=slug, max_age=max_age)
    return None if cookie is None else json.loads(cookie)
