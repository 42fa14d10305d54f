"""Workers killed at random moments while 500 mails leave: everybody gets one."""

import random
import time
from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from registrations.domain import signup
from registrations.models import OutgoingMail
from tests.helpers.network import wait_for

PEOPLE = 500
KILLS = 8
CONNECTIONS = 5
PERSON = {"first_name": "Zoé", "last_name": "Tremblay"}

pytestmark = pytest.mark.real_time


@pytest.fixture
def people(request, transactional_db, make_workshop):
    """The addresses of PEOPLE, or as many as the test asks for, who have just registered."""
    count, now = getattr(request, "param", PEOPLE), timezone.now()
    workshop = make_workshop(start=(now + timedelta(days=70)).replace(tzinfo=None))
    addresses = [f"p{number}@example.org" for number in range(count)]
    with transaction.atomic():
        for address in addresses:
            signup.register(workshop, **PERSON, email=address, now=now)
    return addresses


def test_workers_killed_at_random_moments_leave_nobody_without_a_mail(people, start_worker, smtp):
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # which pytest shows when the test fails
    dice = random.Random(seed)

    def start():
        arguments = {"port": smtp.controller.port, "WORK_CONNECTIONS": str(CONNECTIONS)}
        return start_worker("--sweep-every", "1", **arguments)

    workers = [start(), start()]
    for number, arrived in enumerate(sorted(dice.sample(range(5, PEOPLE - 50), KILLS))):
        victim = workers[number % 2]
        wait_for(
            lambda arrived=arrived, victim=victim: len(smtp.messages) >= arrived and victim.lines
        )
        time.sleep(dice.uniform(0, 0.05))
        victim.kill()
        last_kill = time.monotonic()
        workers[number % 2] = start()
    wait_for(lambda: not OutgoingMail.objects.unsettled().exists(), patience=300)
    last_arrival = time.monotonic()
    for worker in workers:
        worker.tell_to_end()
    codes = [worker.wait() for worker in workers]

    ids = defaultdict(list)
    for (_sender, [address]), message in zip(smtp.envelopes, smtp.messages, strict=True):
        ids[address].append(message["Message-ID"])
    copies = sum(len(each) for each in ids.values())
    states = Counter(OutgoingMail.objects.values_list("state", flat=True))
    kept = dict(OutgoingMail.objects.values_list("registration__email", "message_id"))
    assert sorted(ids) == sorted(people)
    assert {address: set(each) for address, each in ids.items()} == {
        address: {kept[address]} for address in people
    }
    assert copies - PEOPLE <= KILLS * CONNECTIONS
    assert states == {"sent": PEOPLE}
    assert last_arrival - last_kill < 300
    assert codes == [0, 0]


@pytest.mark.parametrize("people", [200], indirect=True)
def test_one_kill_doubles_no_more_mails_than_there_are_connections(people, start_worker, server):
    def keep_and_kill(dialogue, message):
        dialogue.keep(message)
        worker.kill()

    server.script["BODY"] = ["250 kept"] * 100 + [keep_and_kill] + ["250 kept"] * 900
    arguments = {"port": server.port, "WORK_CONNECTIONS": str(CONNECTIONS)}
    worker = start_worker("--sweep-every", "1", **arguments)
    worker.process.wait()
    start_worker("--sweep-every", "1", **arguments)
    wait_for(lambda: not OutgoingMail.objects.unsettled().exists(), patience=120)

    copies = Counter(server.arrived)
    assert sorted(copies) == sorted(OutgoingMail.objects.values_list("message_id", flat=True))
    assert 1 <= len(server.arrived) - len(people) <= CONNECTIONS
