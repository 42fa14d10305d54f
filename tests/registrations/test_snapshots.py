"""Snapshots: what people were told, and that a field added since then outdates nobody."""

import json
from datetime import timedelta

import pytest

from events.models import Workshop
from registrations import worker
from registrations.domain import announcements, signup
from registrations.mail import invites, reminders, snapshots
from registrations.mail.kinds import Kind
from registrations.models import Registration
from tests.helpers.mails import a_while_passes, entry, plain, text
from tests.helpers.workshops import change


def told_without_the_place():
    """Make all that was told as old as if the place had become a fact only now."""
    for registration in Registration.objects.all():
        told = json.loads(registration.told)
        del told["place"]
        registration.told = json.dumps(told, ensure_ascii=False, sort_keys=True)
        registration.save(update_fields=["told"])


def standing(registration):
    """What the person has been told, and the SEQUENCE of their invite."""
    registration.refresh_from_db()
    return registration.told, registration.sequence


def said(workshop):
    return [
        (group.count, [change.old for change in group.changes])
        for group in announcements.outdated(workshop)
    ]


def test_nobody_is_outdated_for_want_of_a_fact_that_is_new(make_workshop, crowd, now):
    workshop = make_workshop(capacity=1)
    crowd(workshop, 2)
    told_without_the_place()

    assert (said(workshop), announcements.announce(workshop, now=now)) == ([], 0)


@pytest.mark.parametrize("told", ["", "{}"])
def test_whoever_was_told_nothing_is_not_up_to_date(told, workshop, register):
    register(workshop)
    Registration.objects.update(told=told)

    assert said(workshop) == [(1, [])]


def test_a_move_outdates_those_alike_who_were_told_the_new_fact_and_who_were_not(workshop, crowd):
    crowd(workshop, 2)
    told_without_the_place()
    crowd(workshop, 1, first=2)

    moved = change(workshop, starts_at=workshop.starts_at - timedelta(hours=1))

    assert said(moved) == [(3, ["l’ancien horaire"])]


@pytest.mark.one_database
def test_the_announcement_of_a_move_leaves_though_the_place_was_never_told(
    workshop, register, smtp, now
):
    registration = register(workshop)
    worker.run_once(now=now)
    told_without_the_place()
    moved = change(workshop, starts_at=workshop.starts_at - timedelta(hours=1))

    announcements.announce(moved, now=now)
    worker.run_once(now=now)

    assert [entry(message)["SEQUENCE"] for message in smtp.messages] == [0, 1]
    assert standing(registration) == (snapshots.snapshot(moved, "confirmed"), 1)


@pytest.mark.one_database
def test_a_mail_that_says_the_new_fact_notes_it_and_keeps_the_sequence(
    workshop, register, smtp, now
):
    registration = register(workshop)
    told_without_the_place()
    a_while_passes()

    register(workshop)
    worker.run_once(now=now)

    assert [entry(message)["SEQUENCE"] for message in smtp.messages] == [0, 0]
    assert standing(registration) == (snapshots.snapshot(workshop, "confirmed"), 0)


@pytest.mark.one_database
def test_a_mail_that_was_stored_before_the_fact_existed_leaves_with_its_sequence(
    workshop, register, smtp, now
):
    registration = register(workshop)
    told_without_the_place()

    worker.run_once(now=now)

    assert entry(smtp.messages[0])["SEQUENCE"] == 0
    assert standing(registration) == (snapshots.snapshot(workshop, "confirmed"), 0)


def test_a_new_title_raises_the_sequence_though_the_place_was_never_told(
    workshop, register, smtp, now
):
    registration = register(workshop)
    told_without_the_place()
    retitled = change(workshop, title="Données ouvertes")

    worker.run_once(now=now)

    assert entry(smtp.messages[0])["SEQUENCE"] == 1
    assert standing(registration) == (snapshots.snapshot(retitled, "confirmed"), 1)


def test_two_copies_of_a_registration_that_tell_the_new_fact_keep_the_sequence(workshop, register):
    registration = register(workshop)
    told_without_the_place()
    copies = [
        Registration.objects.select_related("workshop").get(pk=registration.pk)
        for _twice in range(2)
    ]

    for copy in copies:
        snapshots.record(copy, Kind.CONFIRMATION)

    assert standing(registration) == (snapshots.snapshot(workshop, "confirmed"), 0)


@pytest.mark.one_database
def test_a_snapshot_that_lacks_facts_is_told_of_and_cancelled_all_the_same(
    workshop, register, smtp, now
):
    registration = register(workshop)
    worker.run_once(now=now)
    Registration.objects.update(told=json.dumps({"title": "Un ancien titre"}))

    announcements.announce(change(workshop, place="Jitsi"), now=now)
    worker.run_once(now=now)
    Registration.objects.update(told=json.dumps({"place": "Jitsi"}))
    signup.cancel(registration, now=now)
    worker.run_once(now=now)

    assert "Avant : Un ancien titre" in plain(text(smtp.messages[1]))
    assert entry(smtp.messages[2]).start == workshop.starts_at


@pytest.mark.one_database
def test_a_reminder_tells_no_fact_and_leaves_all_the_same(workshop, register, smtp, now):
    registration = register(workshop)
    worker.run_once(now=now)
    told_without_the_place()
    before = standing(registration)

    reminders.write_due(now=workshop.starts_at - timedelta(hours=24))
    worker.run_once(now=workshop.starts_at - timedelta(hours=24))

    subjects = [str(message["Subject"]).partition("\u00a0")[0] for message in smtp.messages]
    assert [subject.partition("\u202f?")[0] for subject in subjects[1:]] == ["Toujours des nôtres"]
    assert standing(registration) == before


def test_the_invite_to_download_keeps_its_sequence(workshop, register, now):
    registration = register(workshop)
    told_without_the_place()
    registration.refresh_from_db()

    invite = invites.download(registration, stamp=now)

    assert invite.count(b"SEQUENCE:0\r\n") == 1


def test_a_mail_of_what_another_process_told_first_bears_its_sequence(workshop, register):
    registration = register(workshop)
    first, second = Registration.objects.get(), Registration.objects.get()
    change(workshop, place="Jitsi")

    snapshots.record(first, Kind.UPDATE)
    snapshots.record(second, Kind.UPDATE)

    assert (first.sequence, second.sequence, second.told) == (1, 1, first.told)
    assert registration.sequence == 0


def test_a_move_untold_before_a_cancellation_is_news_where_the_workshop_takes_place_after_all(
    workshop, register, now
):
    register(workshop)
    week = timedelta(days=7)
    moved = {"starts_at": workshop.starts_at + week, "ends_at": workshop.ends_at + week}
    cancelled = change(workshop, state=Workshop.State.CANCELLED, **moved)
    announcements.announce(cancelled, now=now)
    after_the_cancellation = said(cancelled)
    worker.run_once(now=now)

    revived = change(workshop, state=Workshop.State.PUBLISHED)

    assert (after_the_cancellation, said(revived)) == ([], [(1, ["l’ancien horaire"])])


@pytest.mark.one_database
def test_who_was_told_nothing_hears_that_the_workshop_is_cancelled(workshop, register, smtp, now):
    register(workshop)
    worker.run_once(now=now)
    Registration.objects.update(told="{}")
    announcements.announce(change(workshop, state=Workshop.State.CANCELLED), now=now)

    worker.run_once(now=now)

    assert [entry(message)["SEQUENCE"] for message in smtp.messages] == [0, 1]
