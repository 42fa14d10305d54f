"""The sign-up form, and the page after it."""

import json

from django.conf import settings
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.calendars import fingerprint, web_links
from events.models import Workshop
from events.readings import moment_words, read, with_own
from praxis import languages, microcache
from praxis.networks import client_network
from praxis.unavailable import TEMPORARY
from registrations.domain import limits, seats, signup
from registrations.domain.join_window import is_open
from registrations.domain.seat_limits import TooManySeats
from registrations.domain.status import (
    RegistrationRefused,
    Status,
    require_not_closed,
    require_open,
)
from registrations.domain.turns import turn
from registrations.forms.sign_up import SignUpForm
from registrations.mail import queue
from registrations.models.used_stamp import StampUsed
from registrations.views.private import private
from registrations.views.try_later import (
    render_too_busy,
    render_too_many,
    render_too_many_seats,
)

TEMPLATE = "registrations/sign_up.html"
REGISTERED_COOKIE = "praxis_registered"
REGISTERED_COOKIE_AGE = 3600  # seconds
STATUS_CODES = {Status.DRAFT: 404, Status.CANCELLED: 410, Status.PAST: 410}
REASONS = {
    Status.DRAFT: gettext_lazy("Come back once its organisers have published it."),
    Status.CANCELLED: gettext_lazy("It will not take place."),
    Status.PAST: gettext_lazy("It took place on the date above. Registration is closed."),
    Status.CLOSED: gettext_lazy("The organisers aren’t taking registrations for now."),
    Status.NO_SEAT_LEFT: gettext_lazy("Nobody else can join."),
}


@private
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request, slug):
    """The sign-up form on GET; a registration on POST."""
    now = timezone.now()
    try:
        if request.method == "POST":
            return register(request, slug, now)
        return empty_form(request, slug, now)
    except RegistrationRefused as refusal:
        return refusal_page(request, refusal.workshop, refusal.status)
    except Workshop.DoesNotExist as deleted:
        # An organiser has deleted it since the cached page was made.
        raise Http404 from deleted


def empty_form(request, slug, now):
    """The form before anything is typed: the same page for everybody, cached for a second.

    Where nothing has changed since, it is not rendered again either: that is most of its cost.
    """

    def make(placeholders):
        workshop = workshop_or_404(slug)
        said = seats_context(workshop, now)

        def render_form():
            form = SignUpForm(workshop=workshop, now=now)
            form.initial["opened"] = placeholders["opened"]
            context = {"workshop": workshop, "form": form, **said}
            context["csrf_token"] = placeholders["csrf_token"]
            return render_to_string(TEMPLATE, context, request)

        facts = [fingerprint([workshop]), {name: str(value) for name, value in said.items()}]
        return microcache.cached(render_form, request.path, facts, seconds=microcache.LONG)

    per_visitor = {"csrf_token": get_token(request), "opened": SignUpForm.stamp(now)}
    return microcache.cached_page(request, per_visitor=per_visitor, make=make)


def register(request, slug, now):
    """Register the person and redirect, or show the form again with what is wrong."""
    workshop = workshop_or_404(slug)
    form = SignUpForm(request.POST, workshop=workshop, now=now)
    try:
        # The turn begins before the form is looked at, so that a rush leaves the processor, too.
        with turn(workshop.pk):
            return register_in_turn(request, workshop, form, now)
    except TEMPORARY as error:
        form.is_valid()
        return render_too_busy(request, TEMPLATE, form_context(workshop, form, now), error)


def register_in_turn(request, workshop, form, now):
    """Do what register() does, for a thread that has its turn at `workshop`."""
    if not form.is_valid():
        return render(request, TEMPLATE, form_context(workshop, form, now))
    require_not_closed(workshop, now=now)
    network = client_network(request)
    if not limits.may_start(network, now=now):
        return render_too_many(request, TEMPLATE, form_context(workshop, form, now))
    visitor = {"language": languages.active(), "network": network}
    try:
        rank = signup.register(workshop, **form.cleaned_data, **visitor, now=now)
    except StampUsed:
        form.refuse_used_stamp()
        return render(request, TEMPLATE, form_context(workshop, form, now))
    except TooManySeats:
        return render_too_many_seats(request, TEMPLATE, form_context(workshop, form, now))
    return redirect_to_thanks(request, workshop, form.cleaned_data, rank)


def form_context(workshop, form, now):
    """The context of sign_up.html; raises RegistrationRefused if `workshop` takes nobody now."""
    return {"workshop": workshop, "form": form, **seats_context(workshop, now)}


def seats_context(workshop, now):
    """What sign_up.html says of the seats; raises RegistrationRefused as form_context().

    `waits` is True if there is no seat for anybody. `reserved` says for whom seats remain, if
    there is none for others; else it is None.
    """
    status = require_open(workshop, now=now)
    reserved = seats.reserved_words(workshop, now=now) if status == Status.FULL else None
    waits = status == Status.FULL and not reserved
    return {
        "reserved": reserved,
        "waits": waits,
        "heading": _("Join the waiting list") if waits else _("Register"),
    }


def refusal_page(request, workshop, status):
    """The page that says why `workshop` takes no registration.

    `workshop` is the row that was decided by, which may be newer than the cached one.
    """
    reason = REASONS.get(status)
    if status == Status.NOT_YET:
        opening = moment_words(workshop.clocks, workshop.registration_opens_at)
        reason = _("Registration opens: %(opening)s.") % {"opening": opening}
    workshop = workshop.in_language(languages.active())
    context = {"workshop": workshop, "status": status, "reason": reason}
    code = STATUS_CODES.get(status, 409 if request.method == "POST" else 200)
    return render(request, "registrations/refused.html", context, status=code)


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
    workshop = microcache.cached(
        lambda: get_object_or_404(Workshop.objects.with_hosts(), slug=slug), "workshop", slug
    )
    return workshop.in_language(languages.active())
