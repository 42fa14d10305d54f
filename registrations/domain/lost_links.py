"""« I lost my link »: asked in the browser, answered by mail alone."""

from datetime import timedelta

from django.db import transaction

from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

ANSWER_AT_MOST_EVERY = timedelta(minutes=10)


def ask(email, *, now):
    """Note that somebody asks for the links of `email`: one statement, whether the address is known or not."""
    Registration.objects.active().of_address(email).update(links_asked_at=now)


def answer(*, now):
    """Owe each address that was asked for one mail with the links of all its registrations, unless one is on its way or
    left just now; how many mails.
    """
    answered = 0
    asked = Registration.objects.filter(links_asked_at__isnull=False).order_by("pk")
    for address in dict.fromkeys(asked.values_list("email_key", flat=True)):
        # Claim, then act: of two workers one answers. By itself, so that nobody waits for the row while we wait for a limit.
        is_ours = asked.of_address(address).update(links_asked_at=None)
        if is_ours and not is_on_its_way(address, now=now) and owe_links(address, now=now):
            answered += 1
    return answered


def is_on_its_way(address, *, now):
    """Does a mail with the links of `address` wait to leave, or has one left just now? One that was put off, because it
    could not leave, is tried at once.
    """
    mails = OutgoingMail.objects.filter(registration__email_key=address, kind=Kind.LINKS)
    if mails.unsettled().exists():
        mails.filter(state=OutgoingMail.State.QUEUED, due_at__gt=now).update(due_at=now)
        return True
    return mails.filter(sent_at__gt=now - ANSWER_AT_MOST_EVERY).exists()


def owe_links(address, *, now):
    """Owe the mail; None where `address` has no links, or had as many such mails as it may have in a day."""
    with transaction.atomic():
        first = Registration.objects.coming_of(address, now).first()
        return first and queue.enqueue(first, Kind.LINKS, now=now)
