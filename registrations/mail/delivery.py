"""Sends the mails that are due, on several connections at once, while the mail server is there."""

import time
from collections import Counter
from datetime import timedelta

from django.core.mail import get_connection
from django.db import transaction

from registrations.mail import (
    compose,
    mime,
    obsolete,
    outcomes,
    queue,
    snapshots,
    subscriber_mails,
)
from registrations.mail.senders import Senders
from registrations.mail.server import MailServer, is_of_server
from registrations.models import OutgoingMail, Registration

MailState = OutgoingMail.State
SEND_TOGETHER = 1  # seconds within which a claimed mail is being sent, or is released
LOOK_EVERY = 0.1  # seconds between two looks whether to stop
# Seconds in which outcomes are gathered, to be written together.
GATHER = 0.02
WAITING = "waiting for the mail server"


def deliver_due(*, now, server=None, stop=lambda: False):
    """Send the mails that are due, the most urgent first; a Counter of the states they are in then.

    It ends when no mail is due, when the mail server is away, or after the mails in hand once
    `stop()` is true. Without the MailServer `server` nothing is known of it yet.
    """
    server = server or MailServer()
    misses, was_away = server.misses, server.is_away
    delivery = Delivery(running_clock(now), server)
    try:
        while server.may_be_tried(now=delivery.clock()):
            found = 0 if stop() else delivery.claim()
            if not found and not delivery.in_hand:
                break
            delivery.note(wait=LOOK_EVERY, gather=GATHER)
    finally:
        delivery.end()
    if server.misses > misses:
        waiting = queue.say_why_they_wait(server.why, now=delivery.clock())
        if not was_away:
            delivery.tally[WAITING] = waiting
    return delivery.tally


class Delivery:
    """One round of sending. `tally` counts the states in which mails are then.

    A mail is claimed when a connection is free for it. So what is in hand is at most one mail a
    connection: a more urgent one soon follows, and whoever kills the process doubles no more.
    """

    def __init__(self, clock, server):
        self.clock, self.server, self.tally = clock, server, Counter()
        self.held_by_others, self.senders, self.has_failed = set(), None, False

    @property
    def in_hand(self):
        """How many mails are being sent, or are sent and not noted yet."""
        return self.senders.in_hand if self.senders else 0

    @property
    def room(self):
        """How many more mails may be in hand.

        Where nobody knows whether the server takes mail, one mail finds out.
        """
        limit = self.senders.limit if self.senders else self.server.connections(now=self.clock())
        return (limit if self.server.sure else 1) - self.in_hand

    def claim(self):
        """Claim the mails that leave next, and hand them over; how many were found."""
        if self.room <= 0:
            return 0
        now = self.clock()
        found = queue.next_to_leave(self.room, now=now, without=self.held_by_others)
        claimed = queue.claim(found, now=now) if found else []
        self.held_by_others |= {*found} - {mail.pk for mail in claimed}
        self.hand_over(claimed)
        return len(found)

    def hand_over(self, claimed):
        """Give the claimed mails to the senders, but for those that must not leave now."""
        for position, mail in enumerate(claimed):
            message = self.prepared(mail)
            if message is None:
                continue
            if not self.is_open():
                queue.release(claimed[position:])
                return
            self.senders.give(mail, message)

    def prepared(self, mail):
        """The message of a claimed mail; None if it does not leave now, which is noted."""
        now = self.clock()
        try:
            reason = obsolete.why_obsolete(mail, now=now)
            if not reason and obsolete.is_on_hold(mail, now=now):
                self.tally[outcomes.on_hold(mail, now=now)] += 1
                return None
            message = None if reason else composed(mail, now=now)
            if message is None:
                self.tally[queue.drop(mail, reason or obsolete.ERASED)] += 1
        # Whatever is wrong with one mail must not stop the others.
        except Exception as error:  # noqa: BLE001
            self.tally[outcomes.refused(mail, error, now=now)] += 1
            return None
        if message is not None:
            mail.subject = message.words
        return message

    def is_open(self):
        """Whether mails can be handed over: the first connection is open.

        It opens when there is something to send. If that took long, the lease has become short.
        """
        if self.senders:
            return True
        began, connection = time.monotonic(), get_connection()
        try:
            connection.open()
        # Whatever prevents it, it is no fault of any mail.
        except Exception as error:  # noqa: BLE001
            self.server.missed(error, now=self.clock())
            return False
        self.senders = Senders(connection, self.server.connections(now=self.clock()))
        return time.monotonic() - began < SEND_TOGETHER

    def note(self, *, wait, gather=0):
        """Write how mails in hand ended, and release those that no connection is free for."""
        if not self.senders:
            return
        ended = self.senders.ended(wait=wait, gather=gather)
        self.note_sent([outcome.mail for outcome in ended if not outcome.error])
        for outcome in ended:
            if outcome.error:
                self.note_error(outcome)
        for mail in self.senders.take_back(after=SEND_TOGETHER):
            queue.release([mail])

    def note_sent(self, mails):
        if mails:
            self.server.took(now=self.clock())
            outcomes.sent(mails, now=self.clock())
            self.tally[MailState.SENT] += len(mails)

    def note_error(self, outcome):
        """Write why a mail did not leave, and what that says of the mail server."""
        now, error, mail = self.clock(), outcome.error, outcome.mail
        self.has_failed |= outcome.is_unreached or is_of_server(error)
        if outcome.is_unreached:
            self.server.missed(error, now=now)
            queue.release([mail])
            return
        if not is_of_server(error):
            self.server.took(now=now)
            self.tally[outcomes.refused(mail, error, now=now)] += 1
            return
        self.server.broke_off(error, now=now)
        state = outcomes.broken_off(
            mail,
            error,
            may_have_arrived=outcome.may_have_arrived,
            others_leave=self.server.has_taken_lately(now=now),
            now=now,
        )
        self.tally[state] += 1

    def end(self):
        """Note what is still in hand, give back what nobody has begun, close all connections."""
        if not self.senders:
            return
        unbegun = self.senders.take_back()
        while self.in_hand:
            self.note(wait=LOOK_EVERY)
        self.senders.close()
        # A server that restarts refuses connections, too.
        if not self.has_failed:
            self.server.takes(self.senders.limit, now=self.clock())
        for mail in unbegun:
            queue.release([mail])


def composed(mail, *, now):
    """The message of `mail`, from the rows as they are at `now`; None where the person is erased.

    An organiser may have edited the workshop since the mail was stored. The snapshot and SEQUENCE
    then become those of what the mail says now.
    """
    if mail.content:
        return mime.ReadyMessage(mail.content)
    if mail.subscription_id:
        return subscriber_mails.compose(mail)
    told = snapshots.told_by(mail.kind, mail.registration)
    if (mail.registration.told, mail.registration.sequence) == (told, mail.sequence):
        return compose.compose(mail, now=now)
    with transaction.atomic():
        person = Registration.objects.select_for_update()
        if not person.filter(pk=mail.registration_id, erased_at=None).exists():
            # The final mail has the highest SEQUENCE already.
            return None
        snapshots.record(mail.registration, mail.kind)
        if mail.sequence != mail.registration.sequence:
            mail.sequence = mail.registration.sequence
            mail.save(update_fields=["sequence"])
    return compose.compose(mail, now=now)


def running_clock(now):
    """A function that returns the present, in whole seconds, if it is `now` at this moment.

    On a fixed `now` the later leases of a slow round would begin in the past.
    """
    started = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - started))
