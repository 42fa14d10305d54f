"""What the desk says of one workshop: its seats, its room, its mails, who came."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import cached_property

from events.models import Community, Workshop
from registrations.domain import status
from registrations.domain.seats import Seats
from registrations.mail import reminders
from registrations.mail.kinds import Kind
from registrations.models import Headcount, OutgoingMail

MailState = OutgoingMail.State
NOBODY = ""  # the name and the colour of those who belong to no host


@dataclass(frozen=True)
class HostSeats:
    """How many people of a host's community are confirmed and wait, and its reserved seats left."""

    name: str
    colour: str
    confirmed: int
    waiting: int
    kept: int


@dataclass(frozen=True)
class Reminder:
    """A reminder of a workshop: when it is due on the first host's clock, how many have left, and
    how many are on their way.
    """

    kind: Kind
    due_at: datetime
    sent: int = 0
    leaving: int = 0


@dataclass(frozen=True)
class Session:
    """The figures of one `workshop` at `now`.

    `outdated` are the Outdated groups of people who hold something old. `failed` mails could not
    leave, and `overdue` ones should have left. `came` is None before the door opens.
    """

    workshop: Workshop
    now: datetime
    headcount: Headcount
    outdated: list = field(default_factory=list)
    failed: int = 0
    overdue: int = 0
    reminders: list = field(default_factory=list)
    came: int | None = None

    @cached_property
    def seats(self):
        return Seats(self.workshop, now=self.now, headcount=self.headcount)

    @cached_property
    def status(self):
        """The Status, as the public page has it."""
        return status.get_status(self.workshop, now=self.now, seats=self.seats)

    @property
    def confirmed(self):
        return self.headcount.confirmed

    @property
    def waiting(self):
        return self.headcount.waiting

    @property
    def has_started(self):
        return self.workshop.has_started(self.now)

    @property
    def has_ended(self):
        return self.workshop.has_ended(self.now)

    @property
    def has_door_opened(self):
        return self.workshop.door_opens_at <= self.now

    @property
    def is_today(self):
        """Does the workshop begin within a day, or is it under way?"""
        return not self.has_ended and self.workshop.starts_at - self.now < timedelta(days=1)

    @property
    def lacks_room(self):
        """Is there no address to which the people of a published, coming workshop could go?"""
        workshop = self.workshop
        return workshop.is_published and not workshop.meeting_url and not self.has_ended

    @property
    def uninformed(self):
        """How many people hold something that is not true any more."""
        return sum(group.count for group in self.outdated)

    @property
    def by_host(self):
        """A HostSeats for each host in order, then one for everybody else, if there is anybody."""
        hosts = [
            HostSeats(
                name=host.name,
                colour=colour,
                confirmed=self.headcount.confirmed_of.get(str(host.pk), 0),
                waiting=self.headcount.waiting_of.get(str(host.pk), 0),
                kept=min(self.seats.unfilled(host.pk), self.seats.free or 0),
            )
            for host, colour in hosts_and_colours(self.workshop)
        ]
        confirmed = self.confirmed - sum(host.confirmed for host in hosts)
        waiting = self.waiting - sum(host.waiting for host in hosts)
        if confirmed or waiting:
            hosts.append(HostSeats(NOBODY, NOBODY, confirmed, waiting, 0))
        return hosts


def hosts_and_colours(workshop):
    """(community, name of its colour) of each host, in order."""
    hosts = workshop.communities
    return list(zip(hosts, Community.colours_of(hosts), strict=True))


def groups_of(workshop):
    """(pk, name, colour) of each host, then (None, NOBODY, NOBODY) for all other people."""
    hosts = [(host.pk, host.name, colour) for host, colour in hosts_and_colours(workshop)]
    return [*hosts, (None, NOBODY, NOBODY)]


def reminders_of(workshop, mails):
    """The Reminders that `workshop` is to have, in order.

    `mails` maps (kind, state) to how many mails there are.
    """
    found = []
    for kind in reminders.MARKS:
        due_at = reminders.due_at(kind, workshop, "")
        if due_at is not None:
            leaving = mails.get((kind, MailState.QUEUED), 0) + mails.get(
                (kind, MailState.SENDING), 0
            )
            sent = mails.get((kind, MailState.SENT), 0)
            found.append(Reminder(kind, due_at, sent, leaving))
    return found
