"""The acts behind the manage link, apart from cancelling and its undoing."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from registrations.domain import waiting_list
from registrations.domain.seats import lock_workshop_of, locked_seats
from registrations.mail import daily_limits, queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from registrations.models.search import SEARCHED, search_text

State = Registration.State
# The kind of mail that tells a person the state of their registration.
TELLS = {State.CONFIRMED: Kind.CONFIRMATION, State.WAITING: Kind.WAITING}


def verify(registration, *, now):
    """Note that a secret link was used, and let the mails leave that a daily limit delays.

    Only the owner of the mailbox can have the link. The daily limit protects mailboxes from
    strangers who type their address, so it need not hold the mails of this one any longer.
    """
    unverified = Registration.objects.filter(pk=registration.pk, verified_at=None)
    if unverified.update(verified_at=now, network_key=""):
        delayed = OutgoingMail.objects.filter(
            registration__email_key=registration.email_key,
            state=OutgoingMail.State.QUEUED,
            attempts=0,
            due_at__gt=now,
        )
        delayed.update(due_at=F("created_at"), due_since=now)


def send_again(registration, *, now, by_desk=False):
    """Enqueue the mail that says what this person has, once more; it says that it comes again.

    No daily limit delays it where an organiser asks for it (`by_desk`).

    False if such a mail left a moment ago, or if there is nothing to say: no seat and no place on
    a waiting list that still moves, or a workshop that is over or not published.
    """
    if queue.has_just_told(registration, now=now):
        return False
    with transaction.atomic():
        due_at = now
        if not by_desk:
            email, about = registration.email, registration.workshop
            due_at = daily_limits.when_due(email, Kind.CONFIRMATION, about, now=now)
        workshop = lock_workshop_of(registration)
        kind = TELLS.get(registration.state)
        if kind is None or not workshop.is_published or workshop.has_ended(now):
            return False
        if registration.waits_in_vain(now) or queue.has_just_told(registration, now=now):
            return False
        mail = queue.enqueue(registration, kind, now=now, due_at=due_at)
        registration.mails.filter(pk=mail.pk).update(is_resent=True)
        return True


def why_not_sent(registration, *, now):
    """Why send_again() sends nothing to this person at `now`, as the desk says it."""
    workshop = registration.workshop
    if workshop.has_ended(now):
        return _("No mail has left: the workshop is over.")
    if not workshop.is_published:
        return _("No mail has left: the workshop isn’t published.")
    if queue.has_just_told(registration, now=now):
        return _("This mail has just left: wait two minutes before sending it again.")
    return _("No mail has left: there is nothing to say any more.")


def correct(registration, typed, *, now):
    """Write the fields in `typed` ({name: value}) and no others. True if that gave a seat.

    A waiting person who names a community with a reserved seat is promoted at once. The community
    of a person who does not wait stays as it is. The other fields stay as another process may have
    written them meanwhile, and an erased person stays erased.
    """
    with transaction.atomic():
        workshop = lock_workshop_of(registration)
        waited = registration.is_waiting
        if not waited:
            typed = {name: value for name, value in typed.items() if name != "community"}
        elif "community" in typed:
            seats = locked_seats(workshop, now=now)
            seats.change(registration, community=typed["community"])
            seats.save()
        write_details(registration, typed)
        waiting_list.promote_batch(workshop, now=now)
        registration.refresh_from_db()
        return waited and registration.is_confirmed


def write_details(registration, typed):
    """Write the fields in `typed` ({name: value}) and no others, and what the desk searches.

    An erased person stays erased.
    """
    person = Registration.objects.filter(pk=registration.pk, erased_at=None)
    with transaction.atomic():
        is_written = person.update(**typed)
        if is_written and not typed.keys().isdisjoint(SEARCHED):
            # The row is locked by now: what it holds is what was written last, by whomever.
            person.update(search_text=search_text(person.get()))


def withdraw_newsletter(registration):
    """Withdraw the person's consent to the newsletter, on each registration of the address."""
    registration.siblings.update(newsletter_consent_at=None, newsletter_consent_text="")
