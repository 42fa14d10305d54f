"""« I lost my link »: asked in the browser, answered by mail alone."""

from datetime import timedelta

from django.db import transaction

from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration

ANSWER_AT_MOST_EVERY = timedelta(hours=1)


def ask(email, *, now):
    """Note that somebody asks for the links of `email`: one statement, whether the address is known or not."""
    Registration.objects.active().of_address(email).update(links_asked_at=now)


def answer(*, now):
    """Owe each address that was asked for one mail with the links of all its registrations, once an hour; how many mails."""
    answered = 0
    asked = Registration.objects.filter(links_asked_at__isnull=False).order_by("pk")
    for address in dict.fromkeys(asked.values_list("email_key", flat=True)):
        # Claim, then act: of two workers one answers. By itself, so that nobody waits for the row while we wait for a limit.
        if asked.of_address(address).update(links_asked_at=None) and not answered_lately(
            address, now=now
        ):
            with transaction.atomic():
                first = Registration.objects.coming_of(address, now).first()
                answered += bool(first and queue.enqueue(first, Kind.LINKS, now=now))
    return answered


def answered_lately(address, *, now):
    mails = OutgoingMail.objects.filter(registration__email_key=address, kind=Kind.LINKS)
    return mails.filter(created_at__gt=now - ANSWER_AT_MOST_EVERY).exists()
