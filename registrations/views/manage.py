"""The page behind the manage link, and each thing a person may do there.

GET only shows, or asks: mail scanners open every link.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from registrations.domain import ballots, seats, selfservice, signup
from registrations.domain.status import Status, get_status
from registrations.domain.turns import turn
from registrations.forms.details import DetailsForm
from registrations.mail import heads, invites
from registrations.views import attestations
from registrations.views.join import keyword_form
from registrations.views.needs import needs_context
from registrations.views.private import gone, private, registration_or_404


@private
@require_safe
def manage(request, token):
    """The registration, and what the person may do with it."""
    registration, now = registration_or_404(manage_token=token), timezone.now()
    if registration.erased_at:
        return gone(request, registration)
    heading, standing = heading_and_standing(registration, now=now)
    context = {
        "heading": heading,
        "standing": standing,
        "registration": registration,
        "workshop": registration.workshop,
        "readings": registration.readings,
        "own_is_known": bool(registration.zone),
        "messages_shown": list(messages.get_messages(request)),
        # The link of the reminder opens the question; the button is still to be pressed.
        "leave_is_open": "leave" in request.GET,
        "keyword_form": keyword_form(registration, now=now),
        "is_asked": ballots.is_asked(registration, now=now),
        "attestation": attestations.offer(registration, now=now),
    }
    context |= choices(registration, now=now) | needs_context(registration, now=now)
    return render(request, "registrations/manage.html", context)


def choices(registration, *, now):
    """What the person may do on the manage page at `now`, as part of its context."""
    workshop = registration.workshop
    has_ended = workshop.has_ended(now)
    is_active = not registration.is_cancelled and not registration.waits_in_vain(now)
    is_waiting = registration.is_waiting and not workshop.has_started(now)
    return {
        "has_ended": has_ended,
        # Until the day people need the entry in their calendar, and then the room.
        "calendar_first": heads.days_left(registration, now=now) >= 1,
        "may_confirm_address": registration.verified_at is None,
        "successor": registration.successor,
        "may_reinstate": signup.may_reinstate(registration, now=now),
        "register_again": register_again_label(registration, now=now),
        "may_join": registration.is_confirmed and workshop.is_published,
        "may_leave": is_active and not has_ended and not workshop.is_cancelled,
        "reserved": seats.reserved_words(workshop, now=now) if is_waiting else None,
    }


def register_again_label(registration, *, now):
    """The words of the link to the form, for a person who has cancelled; "" if it is closed."""
    if not registration.is_cancelled or registration.cancelled_by_desk:
        return ""
    labels = {Status.OPEN: _("Sign up again"), Status.FULL: _("Join the waiting list")}
    return labels.get(get_status(registration.workshop, now=now), "")


def heading_and_standing(registration, *, now):
    """The heading of the manage page, and the sentence under it about this registration."""
    workshop = registration.workshop
    if workshop.is_cancelled:
        return _("This workshop is cancelled"), _("It will not take place.")
    if workshop.is_draft:
        standing = _("The organisers have taken this workshop offline for now.")
        return _("Not available for now"), standing
    if registration.is_confirmed:
        if workshop.has_ended(now):
            return _("The workshop is over"), _("You were registered.")
        return _("My registration"), _("Your seat is confirmed.")
    if registration.is_waiting:
        return waiting_heading_and_standing(registration, now=now)
    if registration.cancelled_by_desk:
        standing = _("The organisers have cancelled this registration.")
        return _("Registration cancelled"), standing
    if registration.confirmed_at:
        return _("Registration cancelled"), _("This registration is cancelled.")
    return _("You left the waiting list"), _("You have left the waiting list.")


def waiting_heading_and_standing(registration, *, now):
    """The same, for a registration on the waiting list."""
    workshop = registration.workshop
    if workshop.has_ended(now):
        return _("The workshop is over"), _("No seat became free.")
    if workshop.has_started(now):
        standing = _("The workshop has begun: the waiting list is closed.")
        return _("On the waiting list"), standing
    standing = ngettext(
        "You’re number %(rank)s on the waiting list. When your turn comes, an email will bring you "
        "the invite.",
        "You’re number %(rank)s on the waiting list. When your turn comes, an email will bring you "
        "the invite.",
        registration.rank,
    )
    return _("On the waiting list"), standing % {"rank": registration.rank}


def act(verb):
    """A view that does `verb(registration, now=…)` on POST and leads to the manage page.

    That page then shows the sentence which `verb` returns. GET leads there as well: it has the
    button.
    """

    @private
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request, token):
        registration = registration_or_404(manage_token=token)
        if request.method == "POST" and not registration.erased_at:
            now = timezone.now()
            with turn(registration.workshop_id):
                selfservice.verify(registration, now=now)
                words = verb(registration, now=now)
            if words:
                messages.success(request, words)
        return redirect("registrations:manage", token)

    return view


@act
def cancel(registration, *, now):
    if not signup.cancel(registration, now=now):
        return ""
    if registration.confirmed_at is None:
        return _("You’ve left the waiting list. We’ve emailed you a confirmation.")
    return _(
        "Your registration is cancelled. An email is on its way to take the workshop out of your "
        "calendar."
    )


@act
def reinstate(registration, *, now):
    if signup.reinstate(registration, now=now):
        return _(
            "You have your seat back. An email is on its way to put the workshop back in your "
            "calendar."
        )
    return _(
        "This can’t be undone any more: the seat has gone to someone else, or registration is "
        "closed."
    )


@act
def send_again(registration, *, now):
    if selfservice.send_again(registration, now=now):
        return _("The email is on its way again. It should arrive within a few minutes.")
    if registration.waits_in_vain(now):
        return _("The workshop has begun: the waiting list is closed.")
    if registration.is_cancelled or registration.workshop.has_ended(now):
        return _("No email was sent: the workshop is over, or the registration is cancelled.")
    return _("We’ve only just sent that email. If you don’t see it, check your spam folder.")


@act
def confirm_address(registration, *, now):
    """The use of the link is all there is to note, and every act does that."""
    return _(
        "Thank you: we now know that this address is yours, and our emails will greet you by name."
    )


@act
def withdraw_newsletter(registration, *, now):
    selfservice.withdraw_newsletter(registration)
    return _("Your consent is withdrawn: you won’t get any more news from us.")


@private
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, token):
    """The form with the person's details."""
    registration = registration_or_404(manage_token=token)
    if registration.erased_at:
        return gone(request, registration)
    form = DetailsForm(request.POST if request.method == "POST" else None, instance=registration)
    if form.is_valid():
        now = timezone.now()
        with turn(registration.workshop_id):
            got_a_seat = selfservice.correct(registration, form.cleaned_data, now=now)
            selfservice.verify(registration, now=now)
        saved = _("Your details are saved.")
        if got_a_seat:
            saved = _(
                "Your details are saved, and you have a seat: an email with the invite is on its "
                "way."
            )
        messages.success(request, saved)
        return redirect("registrations:manage", token)
    # The form has put refused values into its own copy: the heading shows the stored ones.
    registration = registration_or_404(manage_token=token)
    context = {"registration": registration, "workshop": registration.workshop, "form": form}
    return render(request, "registrations/edit.html", context)


@private
@require_safe
def invite(request, token):
    """The invite of the confirmation, for a calendar that did not take it from the mail."""
    registration = registration_or_404(manage_token=token)
    comes = registration.is_confirmed and registration.erased_at is None
    was_invited = registration.sequence is not None
    if not comes or not was_invited or not registration.workshop.is_published:
        return gone(request, registration)
    with translation.override(registration.language):
        content = invites.download(registration, stamp=timezone.now())
    headers = {"Content-Disposition": 'attachment; filename="invitation.ics"'}
    return HttpResponse(
        content, content_type="text/calendar; charset=utf-8; method=REQUEST", headers=headers
    )
