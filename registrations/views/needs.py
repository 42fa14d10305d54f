"""What a person needs to take part: on their own page, to change or to take back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registrations.domain import needs as domain
from registrations.domain import selfservice
from registrations.domain.turns import turn
from registrations.forms.needs import NeedsForm, deadline_words, late_words, write_words
from registrations.views.private import gone, private, registration_or_404


@private
@require_http_methods(["GET", "HEAD", "POST"])
def needs(request, token):
    """What the person said, the form as long as it helps, and the button that takes it back."""
    registration, now = registration_or_404(manage_token=token), timezone.now()
    if registration.erased_at:
        return gone(request, registration)
    if "take_back" in request.POST:
        take_back(request, registration, now=now)
        return redirect(registration.manage_path)
    context = needs_context(registration, now=now)
    typed = request.POST if request.method == "POST" else None
    if typed is None and not context["may_say_need"] and not context["need"]:
        return redirect(registration.manage_path)
    said = {"needs": context["need"].text if context["need"] else ""}
    form = NeedsForm(typed, initial=said, workshop=registration.workshop)
    if form.is_valid() and say(request, registration, form, now=now):
        return redirect(registration.manage_path)
    if typed is not None or context["may_say_need"]:
        context["form"] = form
    context |= {"registration": registration, "workshop": registration.workshop}
    return render(request, "registrations/needs.html", context)


def say(request, registration, form, *, now):
    """Write what was typed, and say so on the next page; False if it comes too late."""
    text = form.cleaned_data["needs"]
    with turn(registration.workshop_id):
        selfservice.verify(registration, now=now)
        is_said = domain.say(registration, text, now=now)
    if not is_said:
        words = _("It is too late to say this here. %(write)s")
        form.add_error("needs", words % {"write": write_words(registration.workshop)})
    elif text:
        messages.success(request, _("Thank you: the organisers can read what you need."))
    else:
        messages.success(request, _("What you said is erased."))
    return is_said


def take_back(request, registration, *, now):
    with turn(registration.workshop_id):
        selfservice.verify(registration, now=now)
        if domain.take_back(registration):
            messages.success(request, _("What you said is erased."))


def needs_context(registration, *, now):
    """What _needs.html shows: what was said, until when it helps, and else where to write."""
    workshop = registration.workshop
    is_coming = not registration.is_cancelled and workshop.is_published
    is_over = workshop.has_ended(now)
    return {
        "need": domain.said_by(registration),
        "may_say_need": domain.may_say(registration, now=now),
        "needs_deadline": deadline_words(workshop),
        "late_for_needs": late_words(workshop, now=now) if is_coming and not is_over else "",
    }
