"""« I lost my link »: asked in the browser, answered by mail alone."""

from django.db import transaction

from registrations import outbox
from registrations.models import OutgoingMail, Registration


def ask(email, *, now):
    """Note that somebody asks for the links of `email`: one statement, whether the address is known or not."""
    Registration.objects.active().of_address(email).update(links_asked_at=now)


def answer(*, now):
    """Owe each address that was asked for one mail with the links of all its registrations; how many mails."""
    answered = 0
    asked = Registration.objects.filter(links_asked_at__isnull=False).order_by("pk")
    for address in dict.fromkeys(asked.values_list("email_key", flat=True)):
        with transaction.atomic():
            # Claim, then act: of two workers one answers.
            if asked.of_address(address).update(links_asked_at=None):
                first = Registration.objects.coming_of(address, now).first()
                answered += bool(first and outbox.owe(first, OutgoingMail.Kind.LINKS, now=now))
    return answered
