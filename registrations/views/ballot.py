"""The ballot behind the join link: three questions once the workshop is over."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from events.readings import moment_words
from registrations.domain import ballots
from registrations.domain.ballots import Standing
from registrations.domain.turns import turn
from registrations.forms.ballot import BallotForm
from registrations.views.private import gone, private, registration_or_404


@private
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request, token):
    """The three questions; POST puts the answers into the ballot box, once."""
    registration, now = registration_or_404(join_token=token), timezone.now()
    if not ballots.has_vote(registration):
        return gone(request, registration)
    standing = ballots.standing(registration, now=now)
    is_sent = request.method == "POST"
    if is_sent and standing is not Standing.OPEN:
        return redirect("registrations:ballot", token)
    form = BallotForm(request.POST if is_sent else None)
    if form.is_valid():
        # The use of the link is not noted, as elsewhere: it would say when somebody answered.
        with turn(registration.workshop_id):
            is_new = ballots.answer(registration, form.cleaned_data, now=now)
        if is_new:
            messages.success(request, _("Thank you: your answers are in the ballot box."))
        return redirect("registrations:ballot", token)
    heading, text = words_of(standing)
    context = {
        "heading": heading,
        "text": text,
        "said": list(messages.get_messages(request)),
        "registration": registration,
        "workshop": registration.workshop,
        "readings": registration.readings,
        "own_is_known": bool(registration.zone),
        "closing": moment_words(registration.clocks, ballots.closes_at(registration.workshop)),
        "form": form if standing is Standing.OPEN else None,
    }
    return render(request, "registrations/ballot.html", context)


def words_of(standing):
    """The heading of the page, and what it says where nothing is asked."""
    return {
        Standing.EARLY: (
            _("Not yet"),
            _("Once the workshop is over, three questions await you here."),
        ),
        Standing.OPEN: (_("Three questions about the workshop"), ""),
        Standing.GIVEN: (
            _("You have answered"),
            _("Nothing here says what you answered, not even to us."),
        ),
        Standing.CLOSED: (_("The ballot is closed"), _("Thank you for your interest.")),
    }[standing]
