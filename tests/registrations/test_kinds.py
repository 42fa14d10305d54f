"""Each field of each row of mail/kinds.py, by what it does."""

from datetime import timedelta

import pytest

from events.models import Workshop
from registrations.mail import daily_limits, delivery, kinds, queue, snapshots
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration, allowance

pytestmark = pytest.mark.one_database

State = Registration.State
ANSWERS = {"confirmation": "later", "waiting": "later", "already_registered": None, "links": None}
HELD = set(Kind) - {"links", "cancellation", "organisers_cancelled", "workshop_cancelled"}
TRUE_FOR = {
    "confirmation": {"confirmed"},
    "already_registered": {"confirmed", "waiting"},
    "waiting": {"waiting"},
    "promotion": {"confirmed"},
    "cancellation": {"cancelled", "waiting"},
    "organisers_cancelled": {"cancelled", "waiting"},
    "hour_reminder": {"confirmed"},
    "day_reminder": {"confirmed"},
    "update": {"confirmed", "waiting"},
}
each_kind = pytest.mark.parametrize("kind", Kind)


@pytest.fixture
def sent_now(workshop, register, now):
    """Store a mail of a kind to somebody in a state and send what is due; what became of it."""

    def act(kind, state, moment, workshop_state="published"):
        person = register(workshop)
        person.mails.all().delete()
        marks = {"day_reminder_for": workshop.starts_at, "hour_reminder_for": workshop.starts_at}
        Registration.objects.filter(pk=person.pk).update(state=state, **marks)
        mail = queue.new_mail(person, kind, now=now, before=person.told)
        mail.save()
        Workshop.objects.filter(pk=workshop.pk).update(state=workshop_state)
        delivery.deliver_due(now=moment)
        return OutgoingMail.objects.get(pk=mail.pk).state

    return act


def moment_of(kind, workshop):
    """A moment at which a mail of `kind` is timely."""
    leads = {"day_reminder": 20, "hour_reminder": 1}
    return workshop.starts_at - timedelta(hours=leads.get(kind, 48))


def test_the_kinds_leave_in_this_order(workshop, crowd, now):
    people = crowd(workshop, len(Kind))
    mails = [
        queue.new_mail(person, kind, now=now) for person, kind in zip(people, Kind, strict=True)
    ]
    first = {"confirmation", "already_registered", "waiting", "links"}
    turns = [first, {"promotion", "cancellation", "organisers_cancelled"}, {"hour_reminder"}]
    turns.append({"day_reminder", "update", "workshop_cancelled"})
    assert [{m.kind for m in mails if m.priority == turn} for turn in range(4)] == turns


@each_kind
def test_what_may_become_true_again_waits_for_the_workshop(kind, sent_now, workshop):
    state = (
        "waiting"
        if kind == "waiting"
        else "cancelled"
        if kind.rules.ends_registration
        else "confirmed"
    )
    left_as = sent_now(kind, state, moment_of(kind, workshop), "draft")
    expected = "queued" if kind in HELD else "sent"
    assert left_as == ("dropped" if kind == "workshop_cancelled" else expected)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", TRUE_FOR)
def test_a_mail_leaves_in_the_states_alone_for_which_it_is_true(kind, state, sent_now, workshop):
    left_as = sent_now(kind, state, moment_of(kind, workshop))
    assert left_as == ("sent" if state in TRUE_FOR[kind] else "dropped")


@each_kind
def test_only_lost_links_overtake_an_earlier_mail(kind, workshop, register, now):
    person = register(workshop)
    person.mails.update(due_at=now + timedelta(hours=1))
    queue.new_mail(person, kind, now=now).save()
    assert queue.due_in_order(now).exists() == (kind == "links")


@each_kind
def test_a_mail_counts_as_the_one_asked_for_if_it_says_all_a_person_has(
    kind, workshop, register, now
):
    person = register(workshop)
    person.mails.update(kind=kind)
    says_all = {"confirmation", "already_registered", "waiting", "promotion"}
    assert queue.has_just_told(person, now=now) == (kind in says_all)


@each_kind
@pytest.mark.parametrize("used_up", ["mail", "links"])
def test_a_days_limit_puts_off_or_leaves_out_what_anybody_can_cause(
    kind, used_up, workshop, register, now
):
    person = register(workshop)
    for _each in range(5):
        allowance.take(used_up, "zoe@example.org", most=99, period=timedelta(days=1), now=now)
    due_at = daily_limits.when_due(person.email, kind, workshop, now=now)
    outcome = due_at and ("now" if due_at == now else "later")
    counted = used_up == ("links" if kind == "links" else "mail")
    assert outcome == (ANSWERS.get(kind, "now") if counted else "now")


@each_kind
def test_who_waits_knows_what_a_mail_said_unless_it_repeats_nothing(kind, workshop, register):
    person = register(workshop)
    Registration.objects.update(state="waiting", sequence=None, told="")
    person.refresh_from_db()
    snapshots.record(person, kind)
    repeats_nothing = {"links", "hour_reminder", "day_reminder", "afterwards"}
    assert bool(Registration.objects.get().told) == (kind not in repeats_nothing)


@each_kind
@pytest.mark.parametrize(("state", "sequence"), [("confirmed", 0), ("waiting", None)])
def test_the_method_of_each_kinds_invite(kind, state, sequence, workshop):
    brings = {"confirmation", "already_registered", "promotion", "update"}
    takes = {"cancellation", "organisers_cancelled", "workshop_cancelled"}
    method = kinds.invite_method(kind, Registration(state=state, sequence=sequence))
    has_seat = state == "confirmed"
    assert method == ("REQUEST" * (kind in brings) + "CANCEL" * (kind in takes)) * has_seat
