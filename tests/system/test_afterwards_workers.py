"""The mail about what stays, written and sent by several workers at once."""

from collections import Counter
from functools import partial

import pytest

from registrations import worker
from registrations.mail import afterwards, snapshots
from registrations.models import OutgoingMail
from tests.helpers.database import at_once
from tests.system.test_reminder_workers import HOUR, enrol, once_each, sent_to


@pytest.mark.django_db(transaction=True)
def test_three_workers_at_once_write_and_send_it_once_to_each(make_workshop, smtp, monkeypatch):
    monkeypatch.setattr(afterwards, "BATCH", 5)
    workshop = make_workshop(replay_url="https://video.example/1")
    names = enrol(workshop, 24, told=snapshots.snapshot(workshop, "confirmed"), sequence=0)
    at = workshop.ends_at + HOUR

    at_once(*[partial(worker.run_once, now=at)] * 3)
    # Whoever met another's lock may have left a rest to the next minute.
    worker.run_once(now=at)

    stored = Counter(OutgoingMail.objects.values_list("kind", "registration__email"))
    assert stored == once_each("afterwards", names)
    assert sent_to(smtp) == once_each("afterwards", names)
