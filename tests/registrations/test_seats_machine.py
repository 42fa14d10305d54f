"""A state machine: any sequence of acts leaves seats, waiting list and mails as a model says."""

from datetime import timedelta

import django
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from events.models import Community, Hosting, Workshop
from praxis.compiled import Compiled
from registrations.domain import restoration, signup, status, waiting_list
from registrations.domain.refused import Refused
from registrations.models import OutgoingMail, Registration
from tests.helpers.clock import NOW
from tests.helpers.seats import counted, kept

HOSTS = ["Québec", "France"]
START = NOW + timedelta(days=30)
RELEASE = START - timedelta(hours=48)
# What is asked after each act.
ROWS = Compiled(
    lambda workshop: (
        Registration.objects.filter(workshop=workshop)
        .order_by("pk")
        .values_list("pk", "email", "state", "community")
    )
)
IN_LINE = Compiled(
    lambda workshop: Registration.objects.filter(workshop=workshop).waiting().values_list("pk")
)
TOLD = Compiled(
    lambda: (
        OutgoingMail.objects.exclude(kind="already_registered")
        .order_by("registration", "pk")
        .values_list("kind")
    )
)
COMMUNITIES = st.sampled_from([None, "Martinique", *HOSTS, *HOSTS])


class Person:
    def __init__(self, address, community):
        self.address, self.community = address, community
        self.state, self.has_sat, self.told = "waiting", False, []
        self.left_lately = 0

    def sit(self, word):
        self.state, self.has_sat = "confirmed", True
        self.told.append(word)

    def wait(self):
        self.state, self.has_sat = "waiting", False
        self.told.append("waiting")

    def leave(self):
        self.state = "cancelled"
        self.told.append("cancellation")
        self.left_lately += 1


class Model:
    """The rules about seats in plain Python. `people` stand in the order in which they came."""

    def __init__(self, capacity, reserved):
        self.capacity, self.reserved, self.people = capacity, reserved, []
        self.released = self.begun = False

    def those(self, state):
        return [person for person in self.people if person.state == state]

    def has_room_for(self, community):
        if self.capacity is None:
            return True
        sitting = [person.community for person in self.those("confirmed")]
        free = self.capacity - len(sitting)
        if self.released:
            return free > 0
        unfilled = {
            host: max(0, seats - sitting.count(host)) for host, seats in self.reserved.items()
        }
        own = unfilled.pop(community, 0)
        return free > 0 and (own > 0 or free > sum(unfilled.values()))

    def serve_the_line(self):
        """One seat at a time, to whoever is the first that one is for; how many."""
        served = 0
        while not self.begun:
            fitting = [
                person for person in self.those("waiting") if self.has_room_for(person.community)
            ]
            if not fitting:
                break
            fitting[0].sit("promotion")
            served += 1
        return served

    def register(self, address, community):
        """The rank of somebody new, None with a seat, "no_seat_left" where there is neither."""
        self.serve_the_line()
        room = self.has_room_for(community)
        if self.begun and not room:
            return "no_seat_left"
        rank = None if room else len(self.those("waiting")) + 1
        known = next(
            (
                person
                for person in self.people
                if person.address == address and person.state != "cancelled"
            ),
            None,
        )
        if known and known.state == "waiting" and self.begun:
            known.sit("promotion")  # nobody is promoted any more, but whoever asks is let in
        if not known:
            person = Person(address, community)
            self.people.append(person)
            if room:
                person.sit("confirmation")
            else:
                person.told.append("waiting")
        return rank

    def has(self, address):
        return any(
            person.address == address and person.state != "cancelled" for person in self.people
        )

    def cancel(self, person):
        if person.state == "cancelled":
            return False
        person.leave()
        self.serve_the_line()
        return True

    def reinstate(self, person):
        self.serve_the_line()
        gone = person.state == "cancelled" and person.has_sat and not self.has(person.address)
        if self.begun or not gone or not self.has_room_for(person.community):
            return False
        if person.left_lately > signup.UNDO_AN_HOUR:
            return False
        person.sit("confirmation")
        return True

    def restore(self, person, *, beyond):
        """The state that an organiser gives back, None where that is refused."""
        if self.has(person.address):
            return None
        self.serve_the_line()
        if beyond or self.has_room_for(person.community):
            person.sit("confirmation")
        elif self.begun:
            return None
        else:
            person.wait()
        return person.state

    def confirm(self, person):
        if person.state != "waiting":
            return False
        person.sit("promotion")
        return True


class Seats(RuleBasedStateMachine):
    """Does each act to the rows and to the model."""

    def __init__(self):
        super().__init__()
        self.undone_at_the_end = transaction.atomic()
        self.undone_at_the_end.__enter__()
        self.now = NOW

    def teardown(self):
        transaction.set_rollback(True)
        self.undone_at_the_end.__exit__(None, None, None)

    @initialize(
        capacity=st.integers(1, 5),
        reserved=st.tuples(st.integers(0, 2), st.integers(0, 2)),
        crowd=st.lists(COMMUNITIES, min_size=3, max_size=8),
    )
    def announce(self, capacity, reserved, crowd):
        self.communities = {None: None}
        for place in [*HOSTS, "Martinique"]:
            self.communities[place] = Community.objects.create(
                name=f"À {place}", place=place, zone="Europe/Paris"
            )
        ends = START + timedelta(hours=2)
        facts = {
            "slug": "a",
            "title": "A",
            "state": "published",
            "starts_at": START,
            "ends_at": ends,
        }
        self.workshop = Workshop.objects.create(**facts, capacity=capacity)
        for position, place in enumerate(HOSTS):
            Hosting.objects.create(
                workshop=self.workshop, community=self.communities[place], position=position
            )
        self.model = Model(capacity, {})
        for place, seats in zip(HOSTS, reserved, strict=True):
            self.reserve(place, seats)
        for number, community in enumerate(crowd):
            self.register(number, community)

    def reserve(self, place, seats):
        self.workshop.hostings.filter(community__place=place).update(reserved_seats=seats or None)
        self.model.reserved[place] = seats

    def compare(self, answer, expected):
        """The same answer, and the same rows once the sweep has come by."""
        assert answer == expected
        assert waiting_list.promote(self.workshop, now=self.now) == self.model.serve_the_line()

    def chosen(self, which, *states):
        """One of the people in these states: the row and the person of the model."""
        numbers = [
            number for number, person in enumerate(self.model.people) if person.state in states
        ]
        number = numbers[which % len(numbers)]
        return self.workshop.registrations.order_by("pk")[number], self.model.people[number]

    def seated(self):
        states = [state for _pk, _email, state, _community in ROWS.all(self.workshop.pk)]
        return states.count("confirmed")

    def is_full_with(self, seated):
        return self.model.capacity is not None and seated >= self.model.capacity

    @rule(number=st.integers(0, 9), community=COMMUNITIES)
    def register(self, number, community):
        before, address = self.seated(), f"p{number}@example.org"
        was_full = self.is_full_with(before)
        person = {
            "first_name": "P",
            "last_name": "Q",
            "email": address,
            "community": self.communities[community],
        }
        try:
            rank = signup.register(self.workshop, now=self.now, **person)
        except status.RegistrationRefused as refusal:
            rank = refusal.status
        assert not was_full or self.seated() == before
        self.compare(rank, self.model.register(address, community))

    @precondition(lambda self: self.model.those("confirmed"))
    @rule(which=st.integers(0, 30))
    def give_a_seat_back(self, which):
        self.cancel(*self.chosen(which, "confirmed"))

    @rule(which=st.integers(0, 30))
    def cancel_anything(self, which):
        self.cancel(*self.chosen(which, "confirmed", "waiting", "cancelled"))

    def cancel(self, row, person):
        self.compare(signup.cancel(row, now=self.now), self.model.cancel(person))

    @precondition(lambda self: self.model.those("cancelled"))
    @rule(which=st.integers(0, 30))
    def reinstate(self, which):
        before = self.seated()
        was_full = self.is_full_with(before)
        row, person = self.chosen(which, "cancelled")
        answer = signup.reinstate(row, now=self.now)
        assert not was_full or self.seated() == before
        self.compare(answer, self.model.reinstate(person))

    @precondition(lambda self: self.model.those("cancelled"))
    @rule(which=st.integers(0, 30), beyond=st.booleans())
    def an_organiser_restores(self, which, beyond):
        row, person = self.chosen(which, "cancelled")
        try:
            answer = restoration.restore(row, now=self.now, beyond=beyond)
        except Refused:
            answer = None
        self.compare(answer, self.model.restore(person, beyond=beyond))

    @precondition(lambda self: self.model.those("waiting"))
    @rule(which=st.integers(0, 30))
    def an_organiser_confirms(self, which):
        row, person = self.chosen(which, "waiting", "waiting", "cancelled")
        self.compare(waiting_list.confirm(row, now=self.now), self.model.confirm(person))

    @rule(capacity=st.one_of(st.integers(1, 6), st.none()))
    def change_the_capacity(self, capacity):
        before = self.seated()
        Workshop.objects.update(capacity=capacity)
        self.model.capacity = capacity
        promoted = waiting_list.promote(self.workshop, now=self.now)
        assert self.seated() == before + promoted
        assert promoted == 0 or capacity is None or self.seated() <= capacity
        self.compare(promoted, self.model.serve_the_line())

    @rule(place=st.sampled_from(HOSTS), seats=st.integers(0, 3))
    def reserve_other_seats(self, place, seats):
        self.reserve(place, seats)
        self.compare(waiting_list.promote(self.workshop, now=self.now), self.model.serve_the_line())

    @precondition(lambda self: not self.model.released)
    @rule()
    def release_the_seats_and_sweep(self):
        self.release_the_seats_unseen()
        self.compare(waiting_list.promote_everywhere(now=self.now), self.model.serve_the_line())

    @precondition(lambda self: not self.model.released)
    @rule()
    def release_the_seats_unseen(self):
        """Somebody acts before the sweep comes by."""
        self.now, self.model.released = RELEASE, True
        self.hours_pass()

    def hours_pass(self):
        for person in self.model.people:
            person.left_lately = 0

    @precondition(
        lambda self: self.model.released and not self.model.begun and len(self.model.people) > 8
    )
    @rule()
    def begin(self):
        self.now, self.model.begun = START, True
        self.hours_pass()

    @invariant()
    def the_rows_are_as_the_model_says(self):
        rows = ROWS.all(self.workshop.pk)
        assert [(email, state) for _pk, email, state, _community in rows] == [
            (p.address, p.state) for p in self.model.people
        ]
        in_line = [pk for (pk,) in IN_LINE.all(self.workshop.pk)]
        assert in_line == [pk for pk, _email, state, _community in rows if state == "waiting"]
        states = [(state, community) for _pk, _email, state, community in rows]
        assert kept(self.workshop) == counted(states)

    @invariant()
    def each_was_told_of_each_change_once(self):
        expected = [word for person in self.model.people for word in person.told]
        assert [kind for (kind,) in TOLD.all()] == expected


def examples():
    """How many sequences to play: fewer on a second database and on the next Django."""
    first_run = connection.vendor == "sqlite" and django.VERSION < (6,)
    return 80 if first_run else 25


@pytest.mark.long_walk
def test_any_sequence_of_acts_leaves_the_seats_as_a_simple_model_says(db):
    run_state_machine_as_test(
        Seats,
        settings=settings(
            max_examples=examples(),
            stateful_step_count=20,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to shrink a sequence takes minutes; it is short as it is
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
