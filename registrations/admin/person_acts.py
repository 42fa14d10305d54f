"""What organisers do to one person, from the person's page and from the board.

Those of ACTS ask on a page of their own before; those of AT_ONCE are done as they are pressed.
"""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from registrations.admin.base import workshop_and_day
from registrations.admin.people_acts import question_of_one, what_cancelling_does
from registrations.domain import (
    addresses,
    attendance,
    restoration,
    selfservice,
    signup,
    waiting_list,
)
from registrations.domain.figures import person as figures
from registrations.domain.refused import Refused
from registrations.forms.desk import AddressForm, BeyondForm, WordForm


class PersonAct:
    """One act about `registration` at `now`. `logged` is what the log says once it is done.

    `name` is how its address ends; `label` stands on the button that leads to the question.
    """

    name = label = title = button = logged = ""

    def __init__(self, registration, *, now):
        self.registration, self.now = registration, now

    @property
    def is_possible(self):
        """Does the person's page offer the act?"""
        workshop = self.registration.workshop
        return workshop.is_published and not workshop.has_ended(self.now)

    def form(self, data):
        """The form beside the question, bound to `data` unless that is None."""
        return forms.Form(data)

    def question(self):
        """More of the page that asks, as template context."""
        return {}

    def do(self, form=None):
        """Do the act as the valid `form` says; the sentence that says so. Raises Refused."""
        raise NotImplementedError


class Come(PersonAct):
    name = "come"
    label = gettext_lazy("Mark as come")
    logged = gettext_noop("Marked as come.")

    def do(self, form=None):
        if not attendance.mark_come(self.registration, now=self.now):
            words = _("%s is noted already, or the room is not open yet.")
            raise Refused(words % self.registration)
        return _("%s is there: noted.") % self.registration


class Undo(PersonAct):
    name = "undo"
    label = gettext_lazy("Not there after all")
    logged = gettext_noop("No longer marked as come.")

    def do(self, form=None):
        if not attendance.unmark_come(self.registration):
            raise Refused(_("%s was not noted as being there.") % self.registration)
        return _("%s is not there after all: noted.") % self.registration


class Resend(PersonAct):
    name = "resend"
    label = gettext_lazy("Send the links again")
    title = gettext_lazy("Send the mail with the links again?")
    button = gettext_lazy("Send it")
    logged = gettext_noop("Sent the mail with the links again.")

    @property
    def is_possible(self):
        person = self.registration
        is_active = not person.is_cancelled and not person.waits_in_vain(self.now)
        return is_active and super().is_possible

    def question(self):
        words = _("The mail with the person’s links leaves at once, for %(address)s.")
        return {"text": words % {"address": self.registration.email}}

    def do(self, form=None):
        if not selfservice.send_again(self.registration, now=self.now, by_desk=True):
            raise Refused(selfservice.why_not_sent(self.registration, now=self.now))
        # A door-keeper reads this, who sees nobody's address.
        return _("Mail sent again to %s.") % self.registration


class Confirm(PersonAct):
    name = "confirm"
    label = gettext_lazy("Give a seat")
    title = gettext_lazy("Give this person a seat?")
    button = gettext_lazy("Confirm and tell them")
    logged = gettext_noop("Confirmed, beyond the number of seats if need be.")

    @property
    def is_possible(self):
        return self.registration.is_waiting and super().is_possible

    def question(self):
        seating = figures.seating([self.registration], workshop_and_day)
        return {"seating": seating, **question_of_one(any(each.beyond for each in seating))}

    def do(self, form):
        if not waiting_list.confirm(self.registration, now=self.now):
            raise Refused(_("Nothing was done: this person does not wait any more."))
        return _("The person has a seat; a mail with the invite is leaving.")


class Restore(PersonAct):
    name = "restore"
    label = gettext_lazy("Restore the registration")
    title = gettext_lazy("Restore this registration?")
    button = gettext_lazy("Restore and tell them")
    logged = gettext_noop("Restored the registration.")

    @property
    def is_possible(self):
        try:
            restoration.require_restorable(self.registration, now=self.now)
        except Refused:
            return False
        return True

    @property
    def has_room(self):
        return restoration.has_room(self.registration, now=self.now)

    def form(self, data):
        # Ticked or not, the box says nothing as long as a seat is free.
        return BeyondForm(data) if data is not None or not self.has_room else forms.Form()

    def question(self):
        if self.has_room:
            count = _("A seat is free.")
            text = _("The confirmation leaves at once and puts the workshop back in the calendar.")
        else:
            count = _("No seat is free.")
            text = _(
                "The person takes the place on the waiting list from before, unless you tick the "
                "box below. A mail says at once what is theirs."
            )
        return {"count": count, "text": text}

    def do(self, form):
        beyond = form.cleaned_data["beyond"]
        state = restoration.restore(self.registration, now=self.now, beyond=beyond)
        if state == self.registration.State.WAITING:
            return _("The person is back on the waiting list; a mail that says so is leaving.")
        return _("The person has the seat back; a mail with the invite is leaving.")


class CorrectAddress(PersonAct):
    name = "address"
    label = gettext_lazy("Correct the address")
    title = gettext_lazy("Correct the address of this person?")
    button = gettext_lazy("Correct it and send the mail")
    logged = gettext_noop("Corrected the address.")

    @property
    def is_possible(self):
        try:
            addresses.require_correctable(self.registration, now=self.now)
        except Refused:
            return False
        return True

    def form(self, data):
        return AddressForm(data)

    def question(self):
        words = _(
            "Until now it is %(address)s. The mail with new links leaves at once for the right "
            "address; the links that went to the old one open nothing any more."
        )
        address = self.registration.email
        return {"text": words % {"address": address}, "shown": address}

    def do(self, form):
        address, shown = form.cleaned_data["address"], form.data.get("shown")
        addresses.correct_address(self.registration, address, now=self.now, shown=shown)
        return _("The address is corrected; the mail with the new links is leaving.")


class Cancel(PersonAct):
    name = "cancel"
    label = gettext_lazy("Cancel the registration")
    title = gettext_lazy("Cancel this registration?")
    button = gettext_lazy("Cancel and tell them")
    logged = gettext_noop("Cancelled the registration.")

    @property
    def is_possible(self):
        has_ended = self.registration.workshop.has_ended(self.now)
        return not self.registration.is_cancelled and not has_ended

    def form(self, data):
        return WordForm(data)

    def question(self):
        return {"text": what_cancelling_does(self.registration)}

    def do(self, form):
        word = form.cleaned_data["word"]
        if not signup.cancel(self.registration, now=self.now, by_desk=True, word=word):
            raise Refused(_("Nothing was cancelled: it was already, or the workshop is over."))
        return _("The registration is cancelled; a mail is leaving for the person.")


# In the order in which the person's page offers them.
ACTS = {act.name: act for act in (Resend, Confirm, Restore, CorrectAddress, Cancel)}
AT_ONCE = {act.name: act for act in (Come, Undo)}
