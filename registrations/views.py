"""What an attendee sees. GET only shows: mail scanners open every link, and run scripts."""

from functools import wraps

from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe
from django.views.defaults import page_not_found

from events.calendars import web_links
from events.models import Workshop
from registrations import attendance, signup
from registrations.forms import SignUpForm
from registrations.models import Registration

Status = signup.Status
REFUSED_WITH = {Status.DRAFT: 404, Status.CANCELLED: 410, Status.PAST: 410}
REGISTERED_COOKIE = "praxis_registered"
REGISTERED_COOKIE_AGE = 3600  # seconds


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


@private
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request, slug):
    workshop = get_object_or_404(Workshop.objects.with_hosts(), slug=slug)
    now = timezone.now()
    try:
        signup.require_open(workshop, now=now)
        form = SignUpForm(request.POST if request.method == "POST" else None, workshop=workshop)
        if form.is_valid():
            signup.register(workshop, **form.cleaned_data, language=get_language(), now=now)
            return thank(workshop, form.cleaned_data["email"])
    except signup.RegistrationRefused as refusal:
        context = {"workshop": workshop, "status": refusal.status}
        code = REFUSED_WITH.get(refusal.status, 409 if request.method == "POST" else 200)
        return render(request, "registrations/refused.html", context, status=code)
    return render(request, "registrations/sign_up.html", {"workshop": workshop, "form": form})


def thank(workshop, email):
    """Redirect to a page that is the same for a new address and a known one; only this browser brings the address."""
    response = redirect("registrations:thanks", workshop.slug)
    response.set_signed_cookie(
        REGISTERED_COOKIE,
        email,
        salt=workshop.slug,
        max_age=REGISTERED_COOKIE_AGE,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
    return response


@private
@require_safe
def thanks(request, slug):
    workshop = get_object_or_404(Workshop.objects.announced().with_hosts(), slug=slug)
    email = request.get_signed_cookie(REGISTERED_COOKIE, default=None, salt=slug, max_age=REGISTERED_COOKIE_AGE)
    if email is None:
        return redirect("registrations:sign_up", slug)
    context = {"workshop": workshop, "email": email, "web_links": web_links(workshop)}
    return render(request, "registrations/thanks.html", context)


def registration_or_404(**token):
    registrations = Registration.objects.select_related("workshop", "community")
    return get_object_or_404(registrations.prefetch_related("workshop__hostings__community"), **token)


@private
@require_safe
def manage(request, token):
    registration = registration_or_404(manage_token=token)
    context = {
        "registration": registration,
        "workshop": registration.workshop,
        "has_ended": registration.workshop.has_ended(timezone.now()),
    }
    return render(request, "registrations/manage.html", context)


@private
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request, token):
    """Cancels on POST; who only opens the address is led to the page with the button."""
    registration = registration_or_404(manage_token=token)
    if request.method == "POST":
        signup.cancel(registration, now=timezone.now())
    return redirect("registrations:manage", token)


@private
@csp_update({"form-action": ["https:"]})  # Chromium holds the redirect after the POST to form-action, too
@require_http_methods(["GET", "HEAD", "POST"])
def join(request, token):
    registration = registration_or_404(join_token=token)
    workshop, now = registration.workshop, timezone.now()
    if not registration.is_confirmed or workshop.state != Workshop.State.PUBLISHED:
        return render(request, "410.html", status=410)
    is_open = attendance.is_open(workshop, now=now)
    if request.method == "POST" and is_open and workshop.meeting_url:
        attendance.join(registration, now=now)
        return HttpResponseRedirect(workshop.meeting_url)
    context = {
        "registration": registration,
        "workshop": workshop,
        "is_open": is_open,
        "has_ended": workshop.has_ended(now),
    }
    return render(request, "registrations/join.html", context, status=409 if request.method == "POST" else 200)
