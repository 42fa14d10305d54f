"""Acts on very many people: stored at once, done by a worker, once for each person."""

import threading

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from registrations import worker
from registrations.domain import bulk_acts, signup
from registrations.models import BulkAct, BulkActPart, Registration
from tests.helpers.mails import kinds_stored
from tests.helpers.seats import kept, truly

Kind = BulkAct.Kind


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    monkeypatch.setattr(bulk_acts, "PART", 2)


@pytest.fixture
def begin(admin_user, now):
    def act(kind, people=None, **options):
        people = Registration.objects.all() if people is None else people
        return bulk_acts.begin(kind, people, by=admin_user, now=now, **options)

    return act


def numbers(act):
    act.refresh_from_db()
    return act.state, act.total, act.done, act.skipped, act.failed


def states():
    return [person.state for person in Registration.objects.order_by("pk")]


def test_a_worker_does_it_to_each_person_and_says_so_in_the_history(
    make_workshop, crowd, now, begin, admin_user
):
    one, other = make_workshop(), make_workshop()
    people = [*crowd(one, 3), *crowd(other, 2, first=3)]
    act = begin(Kind.CANCEL)

    tally = worker.run_once(now=now)

    assert numbers(act) == ("ended", 5, 5, 0, 0)
    assert (tally["people acted upon"], states()) == (5, ["cancelled"] * 5)
    assert kinds_stored()[5:] == ["cancellation"] * 5
    assert [kept(each) for each in (one, other)] == [truly(each) for each in (one, other)]
    entries = LogEntry.objects.order_by("pk").values_list(
        "object_id", "object_repr", "change_message", "user"
    )
    assert list(entries) == [
        (
            str(person.pk),
            f"N°\u00a0{person.pk}, Données culturelles",
            "Inscription annulée.",
            admin_user.pk,
        )
        for person in people
    ]
    assert not BulkActPart.objects.exists()


@pytest.mark.parametrize(
    ("kind", "then"), [(Kind.CONFIRM, ["confirmed"] * 4), (Kind.ERASE, ["cancelled"] * 4)]
)
def test_waiting_people_are_confirmed_and_people_are_erased(
    kind, then, make_workshop, crowd, now, begin
):
    crowd(make_workshop(capacity=1), 4)
    act = begin(kind)

    worker.run_once(now=now)

    erased = Registration.objects.exclude(erased_at=None).count()
    assert (states(), erased) == (then, 4 if kind == Kind.ERASE else 0)
    assert numbers(act) == ("ended", 4, *((4, 0) if kind == Kind.ERASE else (3, 1)), 0)


@pytest.mark.one_database
def test_whoever_comes_after_the_choice_is_not_concerned(workshop, crowd, now, begin):
    crowd(workshop, 2)
    begin(Kind.CANCEL)
    crowd(workshop, 1, first=2)

    worker.run_once(now=now)

    assert states() == ["cancelled", "cancelled", "confirmed"]


def test_whoever_has_left_meanwhile_is_left_as_they_were(workshop, crowd, now, begin):
    people = crowd(workshop, 3)
    act = begin(Kind.CANCEL)
    signup.cancel(people[1], now=now)

    worker.run_once(now=now)

    assert numbers(act) == ("ended", 3, 2, 1, 0)
    assert kinds_stored()[3:] == ["cancellation"] * 3


@pytest.mark.one_database
def test_it_can_be_stopped_and_what_is_done_stays_done(workshop, crowd, now, begin):
    crowd(workshop, 5)
    act = begin(Kind.CANCEL)
    bulk_acts.do_next_part(now=now)

    stopped = [bulk_acts.stop(act, now=now) for _ in range(2)]
    worker.run_once(now=now)

    assert stopped == [True, False]
    assert numbers(act) == ("stopped", 5, 2, 0, 0)
    assert states() == ["cancelled"] * 2 + ["confirmed"] * 3


def test_a_part_that_breaks_off_is_done_anew_as_a_whole(workshop, crowd, now, begin, monkeypatch):
    crowd(workshop, 4)
    act = begin(Kind.CANCEL)
    monkeypatch.setattr(bulk_acts, "log", broken)
    with pytest.raises(OperationalError):
        bulk_acts.do_next_part(now=now)
    after = states(), numbers(act)

    monkeypatch.undo()
    worker.run_once(now=now)

    assert after == (["confirmed"] * 4, ("running", 4, 0, 0, 0))
    assert (numbers(act), kinds_stored()[4:]) == (("ended", 4, 4, 0, 0), ["cancellation"] * 4)


def broken(*args):
    raise OperationalError


def test_a_person_at_whom_it_fails_does_not_keep_the_others_from_their_turn(
    workshop, crowd, now, begin, caplog
):
    people = crowd(workshop, 3)
    # No act takes this argument for one of them: the last release may have stored it.
    act = begin(Kind.CANCEL, Registration.objects.filter(pk=people[0].pk), unknown=1)
    other = begin(Kind.CANCEL, Registration.objects.exclude(pk=people[0].pk))

    worker.run_once(now=now)

    assert [numbers(each) for each in (act, other)] == [
        ("ended", 1, 0, 0, 1),
        ("ended", 2, 2, 0, 0),
    ]
    assert f"the cancel of registration {people[0].pk} failed (TypeError)" in caplog.text


def test_those_at_whom_it_failed_are_tried_again_when_an_organiser_says_so(
    workshop, crowd, now, begin
):
    people = crowd(workshop, 3)
    act = begin(Kind.ERASE, unknown=1)
    worker.run_once(now=now)
    before, too_early = numbers(act), BulkActPart.objects.filter(has_failed=False).exists()

    BulkAct.objects.update(options={})
    worker.run_once(now=now)
    untouched = Registration.objects.filter(erased_at=None).count()
    tried = [bulk_acts.try_again(act) for _ in range(2)]
    worker.run_once(now=now)

    assert (before, too_early, untouched) == (("ended", 3, 0, 0, 3), False, len(people))
    assert (tried, numbers(act)) == ([True, False], ("ended", 3, 3, 0, 0))
    assert not Registration.objects.filter(erased_at=None).exists()
    assert not BulkActPart.objects.exists()


def test_nothing_is_tried_again_while_the_act_runs(workshop, crowd, now, begin):
    crowd(workshop, 3)
    act = begin(Kind.ERASE, unknown=1)
    bulk_acts.do_next_part(now=now)

    assert bulk_acts.try_again(act) is False

    worker.run_once(now=now)
    assert numbers(act) == ("ended", 3, 0, 0, 3)


def test_a_failure_undoes_what_was_begun_of_that_person_alone(
    workshop, crowd, now, begin, monkeypatch
):
    people = crowd(workshop, 2)

    def half_done(registration, *, now):
        Registration.objects.filter(pk=registration.pk).update(organisation="half done")
        if registration.pk == people[0].pk:
            raise ValueError
        return True

    monkeypatch.setitem(bulk_acts.ACTS, Kind.CANCEL, (half_done, "Cancelled the registration."))
    act = begin(Kind.CANCEL)
    worker.run_once(now=now)

    assert numbers(act) == ("ended", 2, 1, 0, 1)
    found = Registration.objects.order_by("pk").values_list("organisation", flat=True)
    assert list(found) == [people[0].organisation, "half done"]


@pytest.mark.parametrize("has_begun", [False, True])
def test_a_button_pressed_thrice_begins_one_act(has_begun, workshop, crowd, now, begin):
    crowd(workshop, 5)
    coming = Registration.objects.filter(state="confirmed")
    act = begin(Kind.CANCEL, coming)
    if has_begun:
        bulk_acts.do_next_part(now=now)

    again = [begin(Kind.CANCEL, coming) for _ in range(2)]

    assert again == [act, act]
    assert BulkAct.objects.count() == 1


@pytest.mark.one_database
def test_another_kind_other_people_and_another_organiser_begin_another_act(
    make_workshop, crowd, now, begin, make_organiser
):
    one, other = make_workshop(), make_workshop()
    crowd(one, 3)
    begin(Kind.CANCEL)
    crowd(other, 1, first=3)

    acts = [begin(Kind.CANCEL), begin(Kind.ERASE)]
    people = Registration.objects.all()
    acts.append(bulk_acts.begin(Kind.CANCEL, people, by=make_organiser("lea"), now=now))
    worker.run_once(now=now)
    acts.append(begin(Kind.CANCEL))

    assert len({act.pk for act in acts}) == 4
    assert BulkAct.objects.count() == 5


@pytest.mark.one_database
def test_a_round_goes_on_for_some_seconds_and_work_once_to_the_end(
    workshop, crowd, now, begin, monkeypatch
):
    crowd(workshop, 5)
    act = begin(Kind.ERASE)
    monkeypatch.setattr(bulk_acts, "SECONDS", 0)

    worker.run_once(now=now, act_at_most=0)
    before = numbers(act)
    call_command("work", "--once")

    assert (before, numbers(act)) == (("running", 5, 0, 0, 0), ("ended", 5, 5, 0, 0))


def test_a_round_without_an_act_asks_once_and_writes_nothing(workshop, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        bulk_acts.go_on(clock=timezone.now)

    assert asked.captured_queries[0]["sql"].startswith("SELECT")


@pytest.mark.real_time
@pytest.mark.django_db(transaction=True)
def test_two_workers_do_it_once_to_each_person(soon, crowd, admin_user):
    workshop = soon()
    now = timezone.now()
    for number in range(12):
        signup.register(
            workshop, email=f"p{number}@example.org", first_name="A", last_name="B", now=now
        )
    act = bulk_acts.begin(Kind.CANCEL, Registration.objects.all(), by=admin_user, now=now)

    def work():
        bulk_acts.go_on(clock=timezone.now, seconds=30)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    bulk_acts.go_on(clock=timezone.now)

    assert numbers(act) == ("ended", 12, 12, 0, 0)
    assert kinds_stored()[12:] == ["cancellation"] * 12
    assert LogEntry.objects.count() == 12
