"""Headcounts: kept as people come and go, and compared with the rows by the worker."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command

from events.models import Workshop
from registrations import worker
from registrations.domain import headcounts, privacy, selfservice, signup, waiting_list
from registrations.models import Headcount, Registration
from tests.helpers.seats import kept, truly


@pytest.fixture
def busy(make_workshop, register, communities):
    """Two seats, one of them kept for Québec: two people confirmed, two waiting."""
    workshop = make_workshop(capacity=2)
    workshop.hostings.filter(community__place="Québec").update(reserved_seats=1)
    for name, place in (("ada", "France"), ("bo", "Québec"), ("cy", "France"), ("di", None)):
        register(workshop, email=f"{name}@example.org", community=communities.get(place))
    return workshop


def of(workshop, name):
    return workshop.registrations.get(email=f"{name}@example.org")


def test_each_act_keeps_the_headcount(busy, communities, now):
    workshop = busy
    seen = [kept(workshop)]

    for act in (
        lambda: signup.cancel(of(workshop, "ada"), now=now),
        lambda: signup.reinstate(of(workshop, "ada"), now=now),
        lambda: waiting_list.confirm(of(workshop, "di"), now=now),
        lambda: selfservice.correct(
            of(workshop, "cy"), {"community": communities["Québec"]}, now=now
        ),
        lambda: privacy.erase(of(workshop, "bo"), now=now),
    ):
        act()
        assert kept(workshop) == truly(workshop)
        seen.append(kept(workshop))

    assert seen[0][:2] == (2, 2)
    assert len(set(map(str, seen))) > 3


def test_who_waits_and_names_another_community_is_counted_there(busy, communities, now):
    typed = {"community": communities["Martinique"]}
    selfservice.correct(of(busy, "cy"), typed, now=now)

    assert kept(busy) == truly(busy)
    assert kept(busy)[3] == {str(communities["Martinique"].pk): 1}


def test_who_is_erased_after_the_end_is_of_no_community_any_more(busy):
    privacy.erase(of(busy, "ada"), now=busy.ends_at + timedelta(hours=1))

    assert (
        kept(busy)
        == truly(busy)
        == (2, 2, {str(busy.communities[0].pk): 1}, {str(busy.communities[1].pk): 1})
    )


def test_a_workshop_without_a_headcount_is_counted_when_it_is_needed(busy, register):
    Headcount.objects.all().delete()
    assert kept(busy) == truly(busy)

    register(busy, email="ed@example.org")

    assert kept(busy) == truly(busy)
    assert Headcount.objects.get().waiting == 3


def test_the_sweep_corrects_a_headcount_that_is_wrong_and_says_so(busy, now, caplog):
    Headcount.objects.update(confirmed=7, waiting=0, confirmed_of={}, waiting_of={})
    worker.run_once(now=now + timedelta(minutes=9))
    early = kept(busy)

    worker.run_once(now=now + timedelta(minutes=10))

    assert (early[0], kept(busy)) == (7, truly(busy))
    assert caplog.messages == [
        f"workshop {busy.pk}: 2 confirmed and 2 waiting were kept as 7 and 0, and are corrected"
    ]


def test_a_sweep_checks_one_workshop_the_one_that_waited_longest(make_workshop, register, now):
    later = now + timedelta(hours=1)
    workshops = [make_workshop() for _number in range(3)]
    for workshop in workshops:
        register(workshop)
    Headcount.objects.update(confirmed=7)

    left = []
    for _round in range(4):
        worker.run_once(now=later)
        left.append(Headcount.objects.filter(confirmed=7).count())

    assert left == [2, 1, 0, 0]


def test_no_headcount_of_a_workshop_that_is_over_is_checked(busy):
    Headcount.objects.update(confirmed=7)
    worker.run_once(now=busy.ends_at)
    assert kept(busy)[0] == 7


def test_a_seat_that_a_wrong_headcount_hid_is_given_after_the_check(busy, now):
    Registration.objects.filter(email="ada@example.org").update(state="cancelled")

    worker.run_once(now=now + timedelta(hours=1))
    worker.run_once(now=now + timedelta(hours=2))

    assert of(busy, "cy").is_confirmed
    assert kept(busy) == truly(busy)


def test_headcounts_are_all_checked_at_once(make_workshop, register, now):
    for _number in range(3):
        register(make_workshop())
    Headcount.objects.update(confirmed=7)

    assert headcounts.check_all(now=now) == 3
    assert set(Headcount.objects.values_list("confirmed", flat=True)) == {1}


def test_a_deleted_draft_takes_its_headcount_along(make_workshop, admin_client):
    workshop = make_workshop(state="draft")
    headcounts.read_locked(workshop, now=workshop.starts_at)

    admin_client.post(f"/admin/events/workshop/{workshop.pk}/delete/", {"post": "yes"})

    assert not Headcount.objects.exists()
    call_command("work", "--once")


def test_the_list_of_workshops_reads_headcounts_and_counts_nobody(workshop, crowd, admin_client):
    crowd(workshop, 2)
    Headcount.objects.update(confirmed=41, waiting=7)

    html = admin_client.get("/admin/events/workshop/").content.decode()

    assert re.findall(r'<td [^>]*class="field-people">(.*?)</td>', html) == ["41, 7 en attente"]


def test_a_workshop_without_a_headcount_is_counted_in_the_list(workshop, crowd, admin_client):
    crowd(workshop, 2)
    Headcount.objects.all().delete()

    html = admin_client.get("/admin/events/workshop/").content.decode()

    assert re.findall(r'<td [^>]*class="field-people">(.*?)</td>', html) == ["2"]


def test_the_desk_counts_the_rows_only_where_no_headcount_is_kept(
    busy, make_workshop, django_assert_num_queries
):
    empty = make_workshop()
    with django_assert_num_queries(1):
        stored = headcounts.of_each(headcounts.with_counts(Workshop.objects.all()))
    Headcount.objects.all().delete()
    with django_assert_num_queries(2):
        counted = headcounts.of_each(headcounts.with_counts(Workshop.objects.all()))

    numbers = [
        {pk: [getattr(each, name) for name in headcounts.NUMBERS] for pk, each in found.items()}
        for found in (stored, counted)
    ]
    assert numbers[0] == numbers[1]
    assert numbers[0].keys() == {busy.pk, empty.pk}
