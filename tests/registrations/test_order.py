"""The order in which mails leave, and that nobody who registers waits for the mail server."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registrations import worker
from registrations.domain import announcements, waiting_list
from registrations.mail import delivery, reminders
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from tests.helpers.database import at_once
from tests.helpers.people import typed
from tests.helpers.scripted_smtp import PATIENCE

Kind, State = Kind, OutgoingMail.State


def kinds_arrived(server):
    """The kinds of the mails that arrived, in their order."""
    kind_of = dict(OutgoingMail.objects.values_list("message_id", "kind"))
    return [kind_of[message_id] for message_id in server.arrived]


def test_what_somebody_waits_for_leaves_before_what_was_stored_earlier(
    make_workshop, register, server, now
):
    moved, tomorrow, soon, full = [make_workshop() for _each in range(4)]
    for workshop in (moved, tomorrow, soon):
        register(workshop)
    full.capacity = 0
    full.save()
    waiting = register(full, email="waiting@example.org")
    delivery.deliver_due(now=now)
    for workshop, hours in [(tomorrow, 20), (soon, 1)]:
        workshop.starts_at, workshop.ends_at = (
            now + timedelta(hours=hours),
            now + timedelta(hours=hours + 2),
        )
        workshop.save()
    moved.starts_at += timedelta(days=1)
    moved.ends_at += timedelta(days=1)
    moved.save()
    server.arrived.clear()

    announcements.announce(moved, now=now)
    reminders.write_due(now=now)
    waiting_list.confirm(waiting, now=now)
    register(moved, email="last@example.org")
    delivery.deliver_due(now=now)

    stored = list(
        OutgoingMail.objects.filter(message_id__in=server.arrived)
        .order_by("pk")
        .values_list("kind", flat=True)
    )
    assert stored == ["update", "day_reminder", "hour_reminder", "promotion", "confirmation"]
    assert kinds_arrived(server) == [
        "confirmation",
        "promotion",
        "hour_reminder",
        "update",
        "day_reminder",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_confirmation_overtakes_the_bulk_that_is_leaving(
    transactional_db, workshop, register, server, now
):
    for number in range(4):
        register(workshop, email=f"p{number}@example.org")
    worker.run_once(now=now)
    workshop.title = "Données ouvertes"
    workshop.save()
    announcements.announce(workshop, now=now)
    server.arrived.clear()

    def keep_while_somebody_registers(dialogue, message):
        register(workshop, email="late@example.org")
        connection.close()
        dialogue.keep(message)
        dialogue.say("250 kept")

    server.script["BODY"] = ["250 kept", keep_while_somebody_registers]
    worker.run_once(now=now)

    assert kinds_arrived(server) == ["update", "update", "confirmation", "update", "update"]


@pytest.mark.django_db(transaction=True)
def test_twenty_people_register_while_the_mail_server_thinks_about_one_mail(
    transactional_db, workshop, register, server, now
):
    register(workshop)
    taken, all_answered, happened = threading.Event(), threading.Event(), []

    def keep_when_all_are_answered(dialogue, message):
        taken.set()
        all_answered.wait(PATIENCE)
        happened.append("a mail arrived")
        dialogue.keep(message)
        dialogue.say("250 kept")

    def sign_up(number):
        address = reverse("registrations:sign_up", args=[workshop.slug])
        response = Client().post(address, typed(email=f"p{number}@example.org"))
        happened.append(response.status_code)

    def sweep():
        worker.run_once(now=timezone.now())
        connection.close()

    server.script["BODY"] = [keep_when_all_are_answered] * 21
    sweeping = threading.Thread(target=sweep)
    sweeping.start()
    taken.wait(PATIENCE)
    at_once(*[partial(sign_up, number) for number in range(20)])
    stored = Registration.objects.count()
    all_answered.set()
    sweeping.join()
    worker.run_once(now=timezone.now())

    assert happened == [302] * 20 + ["a mail arrived"] * 21
    assert stored == 21
    assert sorted(server.arrived) == sorted(
        OutgoingMail.objects.values_list("message_id", flat=True)
    )
    assert OutgoingMail.objects.filter(state=State.SENT).count() == 21
