"""The sign-up form."""

from django.http import Http404
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from events.calendars import fingerprint
from events.models import Workshop
from events.readings import moment_words
from praxis import languages, microcache
from praxis.networks import client_network
from praxis.unavailable import TEMPORARY
from registrations.domain import limits, seats, signup
from registrations.domain.seat_limits import TooManySeats
from registrations.domain.status import (
    RegistrationRefused,
    Status,
    require_not_closed,
    require_open,
)
from registrations.domain.turns import turn
from registrations.forms.needs import late_words
from registrations.forms.sign_up import SignUpForm
from registrations.models.used_stamp import StampUsed
from registrations.views.private import private
from registrations.views.thanks import redirect_to_thanks, workshop_or_404
from registrations.views.try_later import (
    render_too_busy,
    render_too_many,
    render_too_many_seats,
)

TEMPLATE = "registrations/sign_up.html"
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
    there is none for others; else it is None. `late_for_needs` says where to write once a need
    comes too late for the form; else it is "".
    """
    status = require_open(workshop, now=now)
    reserved = seats.reserved_words(workshop, now=now) if status == Status.FULL else None
    waits = status == Status.FULL and not reserved
    return {
        "reserved": reserved,
        "waits": waits,
        "late_for_needs": late_words(workshop, now=now),
        "heading": _("Join the waiting list") if waits else _("Sign up"),
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
