"""« I lost my link »: people ask for it in the browser and are answered by mail alone."""

from datetime import timedelta

from django.db import transaction

from praxis.compiled import Compiled
from registrations.mail import queue
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration, used_stamp
from registrations.models.registration_queries import email_key

ANSWER_AT_MOST_EVERY = timedelta(minutes=10)
ASKED = Compiled(lambda: those_who_asked().values_list("pk")[:1])  # asked each second


def ask(email, *, now, stamp=""):
    """Note that somebody asks for the links of `email`; False if the form's `stamp` has served.

    It is one statement, so that its duration does not show whether the address is known, and the
    one that notes the stamp, in the caller's transaction.
    """
    if stamp and not used_stamp.use(stamp, f"links {email_key(email)}", now=now):
        return False
    Registration.objects.active().of_address(email).update(links_asked_at=now)
    return True


def answer(*, now):
    """Enqueue one mail, with the links of all its registrations, for each address that asked.

    An address whose last such mail is on its way, or has just left, gets no other. How many mails.
    """
    if not ASKED.all():
        return 0
    answered, asked = 0, those_who_asked()
    for address in dict.fromkeys(asked.values_list("email_key", flat=True)):
        # Claim, then act: of two workers only one answers. The claim is a transaction by itself,
        # so that nobody waits for the row while enqueue_links() waits for the row of a limit.
        is_ours = asked.of_address(address).update(links_asked_at=None)
        if not is_ours or has_answer(address, now=now):
            continue
        if enqueue_links(address, now=now):
            answered += 1
    return answered


def those_who_asked():
    """The registrations of addresses that wait for an answer, the longest waiting first.

    The order is that of their index: for another one SQLite would read all registrations, and a
    worker asks each second.
    """
    people = Registration.objects.filter(links_asked_at__isnull=False)
    return people.order_by("links_asked_at", "pk")


def has_answer(address, *, now):
    """Is a mail with the links of `address` on its way, or has one just left?"""
    mails = OutgoingMail.objects.filter(registration__email_key=address, kind=Kind.LINKS)
    return is_answered(mails, now=now)


def is_answered(mails, *, now):
    """Is one of the queryset `mails`, which answer one request, on its way, or has one just left?

    One on its way that waits to be tried again is made due at once.
    """
    if mails.unsettled().exists():
        mails.filter(state=OutgoingMail.State.QUEUED, due_at__gt=now).update(due_at=now)
        return True
    return mails.filter(sent_at__gt=now - ANSWER_AT_MOST_EVERY).exists()


def enqueue_links(address, *, now):
    """The mail with the links of `address`, enqueued.

    None if the address has no registration, or had as many such mails today as it may have.
    """
    with transaction.atomic():
        first = Registration.objects.coming_of(address, now).first()
        if first is None:
            return None
        return queue.enqueue(first, Kind.LINKS, now=now)
