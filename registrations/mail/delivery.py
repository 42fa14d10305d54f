"""Sends the mails that are due, while the mail server is there."""

import time
from collections import Counter
from datetime import timedelta

from django.core.mail import get_connection
from django.db import transaction

from registrations.mail import compose, mime, obsolete, outcomes, queue, snapshots
from registrations.mail.server import MailServer, is_of_server
from registrations.models import OutgoingMail, Registration

MailState = OutgoingMail.State
SEND_TOGETHER = 1  # seconds, however many mails are claimed together
WAITING = "waiting for the mail server"


def deliver_due(*, now, server=None, stop=lambda: False):
    """Send the mails that are due, the most urgent first; a Counter of the states they are in then.

    It ends when no mail is due, when the mail server is away, or after the mail in hand once
    `stop()` is true. Without the MailServer `server` nothing is known of it yet.
    """
    server = server or MailServer()
    clock, tally, misses, was_away = running_clock(now), Counter(), server.misses, server.is_away
    # One connection serves all mails. It opens when there is something to send.
    connection, held_by_others = get_connection(), set()
    means = {"clock": clock, "connection": connection, "server": server, "stop": stop}
    try:
        while not stop() and server.may_be_tried(now=clock()):
            at = clock()
            urgent = queue.next_to_leave(now=at, without=held_by_others)
            if not urgent:
                break
            # Where nobody knows whether the server takes mail, one mail finds out.
            chosen = urgent if server.sure else urgent[:1]
            claimed = queue.claim(chosen, now=at)
            held_by_others |= {*chosen} - {mail.pk for mail in claimed}
            tally.update(deliver(claimed, **means))
    finally:
        connection.close()
    if server.misses > misses:
        waiting = queue.say_why_they_wait(server.why, now=clock())
        if not was_away:
            tally[WAITING] = waiting
    return tally


def deliver(claimed, *, clock, connection, server, stop=lambda: False):
    """Send the claimed mails on `connection`, which stays open; a Counter of their states then.

    Mails that are not sent within SEND_TOGETHER are released, since a more urgent one may be due.
    """
    began, tally = time.monotonic(), Counter()
    for position, mail in enumerate(claimed):
        is_late = stop() or time.monotonic() - began > SEND_TOGETHER
        if position and (is_late or not server.sure):
            queue.release(claimed[position:])
            break
        state = deliver_one(mail, clock=clock, connection=connection, server=server)
        if state is None:
            queue.release(claimed[position:])
            break
        tally[state] += 1
    return tally


def deliver_one(mail, *, clock, connection, server):
    """Send a mail that this process has claimed; the state it is in then.

    None if the mail server is away, so that the mail was not tried.
    """
    now = clock()
    try:
        reason = obsolete.why_obsolete(mail, now=now)
        if reason:
            return queue.drop(mail, reason)
        if obsolete.is_on_hold(mail):
            return outcomes.on_hold(mail, now=now)
        message = composed(mail)
        if message is None:
            return queue.drop(mail, obsolete.ERASED)
    # Whatever is wrong with one mail must not stop the others.
    except Exception as error:  # noqa: BLE001
        return outcomes.refused(mail, error, now=now)
    try:
        connection.open()
    # Whatever prevents it, it is no fault of any mail.
    except Exception as error:  # noqa: BLE001
        server.missed(error, now=clock())
        return None
    return send(mail, message, now=now, connection=connection, server=server)


def send(mail, message, *, now, connection, server):
    """Send the `message` of `mail`; the state of the mail then."""
    try:
        connection.send_messages([message])
    except Exception as error:  # noqa: BLE001
        if not is_of_server(error):
            server.took(now=now)
            return outcomes.refused(mail, error, now=now)
        server.broke_off(error, now=now)
        return outcomes.broken_off(
            mail,
            error,
            may_have_arrived=getattr(connection, "may_have_arrived", False),
            others_leave=server.has_taken_lately(now=now),
            now=now,
        )
    server.took(now=now)
    return outcomes.sent(mail, now=now)


def composed(mail):
    """The message of `mail`, from the rows as they are now; None where the person is erased.

    An organiser may have edited the workshop since the mail was stored. The snapshot and SEQUENCE
    then become those of what the mail says now.
    """
    if mail.content:
        return mime.ReadyMessage(mail.content)
    told = snapshots.told_by(mail.kind, mail.registration)
    if (mail.registration.told, mail.registration.sequence) == (told, mail.sequence):
        return compose.compose(mail)
    with transaction.atomic():
        person = Registration.objects.select_for_update()
        if not person.filter(pk=mail.registration_id, erased_at=None).exists():
            # The final mail has the highest SEQUENCE already.
            return None
        snapshots.record(mail.registration, mail.kind)
        if mail.sequence != mail.registration.sequence:
            mail.sequence = mail.registration.sequence
            mail.save(update_fields=["sequence"])
    return compose.compose(mail)


def running_clock(now):
    """A function that returns the present, in whole seconds, if it is `now` at this moment.

    On a fixed `now` the later leases of a slow round would begin in the past.
    """
    started = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - started))
