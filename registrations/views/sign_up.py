"""The sign-up form, and the page after it."""

import json

from django.conf import settings
from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from events.calendars import web_links
from events.models import Workshop
from events.readings import moment_words, read, with_own
from praxis import microcache
from registrations.domain import limits, signup, status
from registrations.domain.status import require_open
from registrations.forms.sign_up import SignUpForm
from registrations.mail import queue
from registrations.templatetags.seats import seats_kept
from registrations.views.private import private

Status = status.Status
REFUSED_WITH = {Status.DRAFT: 404, Status.CANCELLED: 410, Status.PAST: 410}
REGISTERED_COOKIE = "praxis_registered"
REGISTERED_COOKIE_AGE = 3600  # seconds


@private
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request, slug):
    now = timezone.now()
    try:
        return (
            register(request, slug, now)
            if request.method == "POST"
            else empty_form(request, slug, now)
        )
    except status.RegistrationRefused as refusal:
        return refuse(request, refusal.workshop, refusal.status)


def empty_form(request, slug, now):
    def make(marks):
        workshop = workshop_or_404(slug)
        status = require_open(workshop, now=now)
        form = SignUpForm(workshop=workshop, now=now)
        form.initial["opened"] = marks["opened"]
        context = shown(workshop, form, status) | {"csrf_token": marks["csrf_token"]}
        return render_to_string("registrations/sign_up.html", context, request)

    return microcache.cached_page(
        request, own={"csrf_token": get_token(request), "opened": SignUpForm.stamp(now)}, make=make
    )


def register(request, slug, now):
    workshop, code = workshop_or_404(slug), 200
    status = require_open(workshop, now=now)
    form = SignUpForm(request.POST, workshop=workshop, now=now)
    if form.is_valid():
        if limits.may_start(limits.client_network(request), now=now):
            rank = signup.register(workshop, **form.cleaned_data, language=get_language(), now=now)
            return thank(request, workshop, form.cleaned_data, rank)
        form.add_error(None, too_many())
        code = 429
    return served(request, "registrations/sign_up.html", shown(workshop, form, status), code)


def refuse(request, workshop, status):
    """The page that says why `workshop` takes nobody. It is the one that was decided by."""
    context = {"workshop": workshop, "status": status}
    if status == Status.NOT_YET:
        context["opening"] = moment_words(workshop.clocks, workshop.registration_opens_at)
    code = REFUSED_WITH.get(status, 409 if request.method == "POST" else 200)
    return render(request, "registrations/refused.html", context, status=code)


def thank(request, workshop, typed, rank):
    """Redirect to a page that is the same for a new address and a known one; only this browser brings what it shows."""
    just_now = thanked(request, workshop.slug, max_age=queue.TELL_AT_MOST_EVERY)
    if just_now and just_now[0] == typed["email"]:
        rank = just_now[2]  # the button was pressed twice
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


def thanked(request, slug, *, max_age):
    """What this browser was thanked for within `max_age` (seconds, or a timedelta): [address, zone, rank]; else None."""
    cookie = request.get_signed_cookie(REGISTERED_COOKIE, default=None, salt=slug, max_age=max_age)
    return cookie and json.loads(cookie)


@private
@require_safe
def thanks(request, slug):
    brought = thanked(request, slug, max_age=REGISTERED_COOKIE_AGE)
    if brought is None:
        return redirect("registrations:sign_up", slug)
    email, zone, rank = brought

    def make(marks):
        workshop = workshop_or_404(slug)
        if workshop.is_draft:
            raise Http404
        context = {
            "workshop": workshop,
            "email": marks["email"],
            "rank": rank,
            "readings": read(with_own(workshop.clocks, zone), workshop.starts_at, workshop.ends_at),
            "own_is_known": bool(zone),
            "web_links": web_links(workshop),
        }
        return render_to_string("registrations/thanks.html", context, request)

    return microcache.cached_page(request, zone, rank, own={"email": email}, make=make)


def workshop_or_404(slug):
    """The workshop with its hosts, to show: it may be a second old."""
    return microcache.cached(
        lambda: get_object_or_404(Workshop.objects.with_hosts(), slug=slug), "workshop", slug
    )


def too_many():
    words = _(
        "More than %(most)s requests came from your network within an hour, so this one has to wait. Nothing you typed "
        "is lost: please send it again in an hour, or from another connection."
    )
    return words % {"most": limits.STARTS_AN_HOUR}


def served(request, template, context, code):
    """The form's page; where too many came from one network, programs are told in how many seconds to come back."""
    response = render(request, template, context, status=code)
    if code == 429:
        response["Retry-After"] = int(limits.HOUR.total_seconds())
    return response


def shown(workshop, form, status):
    """The context of sign_up.html.

    `kept` says for whom seats remain where there is none for others.
    `waits` says that there is none for anybody.
    """
    kept_seats = seats_kept(workshop) if status == Status.FULL else None
    waits = status == Status.FULL and not kept_seats
    heading = _("Join the waiting list") if waits else _("Register")
    return {
        "workshop": workshop,
        "form": form,
        "kept": kept_seats,
        "waits": waits,
        "heading": heading,
    }
