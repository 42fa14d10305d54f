"""Who answered what cannot be found: not by rows, order or times, nor in the database's files."""

import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import DateField
from django.test import Client

from registrations import worker
from registrations.domain import ballots, sealed_answers
from registrations.models import BallotBox, Registration
from registrations.models.ballot_box import TookPart, Useful
from tests.helpers.ballots import ANSWERS, ballot_path
from tests.helpers.database import every_row

TABLE = BallotBox._meta.db_table
# As no table, no catalogue and no other person has them.
REMARKS = [f"{word} à {word}" for word in ("zyzomys", "yapock", "xerus", "wapiti", "vontsira")]


@pytest.fixture
def people(workshop, crowd, time_machine):
    """Eleven people; the workshop is over since an hour."""
    people = crowd(workshop, 11)
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    return people


def give(person, **answers):
    """Answer as a browser does."""
    answer = Client().post(ballot_path(person), ANSWERS | answers)
    assert answer.status_code == 302


def closed_box(workshop):
    worker.run_once(now=workshop.ends_at + ballots.OPEN_FOR)
    return BallotBox.objects.get(pk=workshop.pk)


def test_an_answer_changes_one_row_that_all_share_and_no_other(people):
    give(people[0])
    before = every_row()
    for count, person in enumerate(people[1:4], start=2):
        give(person, remark=REMARKS[count])
        after = every_row()
        changed = {table for table in after if after[table] != before[table]}
        assert (changed, len(after[TABLE])) == ({TABLE}, 1)
        assert [row for rows in after.values() for row in rows if REMARKS[count][:7] in row] == []
        before = after


def test_the_row_holds_no_time_and_no_key_of_a_registration():
    fields = BallotBox._meta.get_fields()

    assert [field.name for field in fields if isinstance(field, DateField)] == []
    related = {field.related_model for field in fields if field.is_relation}
    assert Registration not in related
    assert not any("ballot" in field.name for field in Registration._meta.get_fields())


def test_the_order_in_which_people_answer_leaves_no_trace(people, make_workshop, crowd):
    """The same answers, given once forwards and once backwards, by others at another workshop."""
    choices = list(zip(Useful.values, TookPart.values[::-1], REMARKS, strict=True))
    other = make_workshop()
    others = crowd(other, 5, first=20)
    for answered, order in ((people[:5], choices), (others, choices[::-1])):
        for person, (useful, took_part, remark) in zip(answered, order, strict=True):
            give(person, useful=useful, took_part=took_part, remark=remark)

    [one, two] = BallotBox.objects.all()
    assert (repr(one.counts), one.remarks) == (repr(two.counts), two.remarks)
    assert one.remarks == sorted(REMARKS)
    assert [box.marks == sorted(box.marks) for box in (one, two)] == [True, True]
    lists = sealed_answers.unseal(one.sealed, one.secret, ballots.QUESTIONS)
    assert lists == {"useful": [], "took_part": [], "remark": []}


def test_copies_taken_before_and_after_an_answer_tell_nothing_but_that_one_more_came(
    people, settings
):
    copies = []
    for person, remark in zip(people, ["", "é" * 500, "💚" * 500, "\\" * 500], strict=False):
        give(person, remark=remark)
        copies.append(BallotBox.objects.get())

    assert {len(box.sealed) for box in copies} == {sealed_answers.SIZE + 28}
    assert [(box.counts, box.remarks) for box in copies] == [({}, [])] * 4
    # Whoever has the database, but not the site's SECRET_KEY, opens nothing and knows no mark.
    settings.SECRET_KEY = "another-key-0123456789-0123456789-0123456789"
    nothing = {"useful": [], "took_part": [], "remark": []}
    for box in copies:
        assert sealed_answers.unseal(box.sealed, box.secret, ballots.QUESTIONS) == nothing
        marks = {ballots.mark_of(person, box) for person in people}
        assert marks & set(box.marks) == set()


def test_what_waits_does_not_keep_two_answers_of_a_person_together(people):
    for person, useful, took_part in zip(people, ["very", "not"], ["not", "fully"], strict=False):
        give(person, useful=useful, took_part=took_part, remark=useful)

    box = BallotBox.objects.get()
    assert sealed_answers.unseal(box.sealed, box.secret, ballots.QUESTIONS) == {
        "useful": ["not", "very"],
        "took_part": ["fully", "not"],
        "remark": ["not", "very"],
    }


def test_whoever_looks_twice_sees_five_answers_more_or_none():
    lost = {}
    for total in range(41):
        box, waiting, shown = BallotBox(), {name: [] for name in ballots.QUESTIONS}, [0]
        for number in range(total):
            for name, answer in {"useful": "very", "took_part": "not", "remark": ""}.items():
                waiting[name].append(answer)
            waiting = ballots.gather(box, waiting)
            shown.append(box.shown)
            assert box.shown + len(waiting["useful"]) == number + 1
        ballots.gather(box, waiting, is_last=True)
        shown.append(box.shown)
        steps = {after - before for before, after in pairwise(shown)}
        assert all(step == 0 or step >= 5 for step in steps), (total, shown)
        lost[total] = total - box.shown

    expected = {1: 1, 2: 2, 3: 3, 4: 4, 6: 1, 7: 2, 8: 3, 9: 4}
    assert {total: few for total, few in lost.items() if few} == expected


def test_which_answers_are_held_back_is_drawn_by_lot():
    """Else the last to answer would be known as the last to be shown."""
    held = set()
    for _ in range(60):
        box = BallotBox(counts={"useful": {"very": 5}})
        waiting = {"useful": ["very"] * 10, "took_part": ["not"] * 10, "remark": list("abcdefghij")}
        held.update(ballots.gather(box, waiting)["remark"])

    assert held == set("abcdefghij")


def test_once_closed_nothing_says_who_has_answered(people):
    for person in people[:7]:
        give(person)

    box = closed_box(people[0].workshop)

    assert (box.secret, box.marks, bytes(box.sealed)) == ("", [], b"")
    assert (box.answers, box.shown) == (7, 5)


def test_the_words_are_erased_after_a_year_and_the_numbers_stay(people):
    for person, remark in zip(people, REMARKS, strict=False):
        give(person, remark=remark)
    end = people[0].workshop.ends_at
    found = []
    for age in (timedelta(days=365, seconds=-1), timedelta(days=365)):
        worker.run_once(now=end + age)
        box = BallotBox.objects.get()
        found.append((len(box.remarks), box.shown))

    assert found == [(5, 5), (0, 5)]


@pytest.mark.django_db(transaction=True)
def test_the_files_of_the_database_hold_no_word_before_five_and_no_mark_once_closed(people):
    """Read as bytes, the pages that are free and the log of writes among them."""
    # Other words than above: PostgreSQL keeps those of a test that was rolled back.
    remarks = [f"{word} ici" for word in ("okapi", "nilgaut", "margay", "lycaon", "kinkajou")][::-1]
    for person, remark in zip(people, remarks[:4], strict=False):
        give(person, remark=remark)
    box = BallotBox.objects.get()
    secrets = [box.secret, *box.marks]
    assert found_in_files(remarks) == []
    assert found_in_files(secrets) == secrets
    give(people[4], remark=remarks[4])
    assert found_in_files(remarks) == remarks

    end = people[0].workshop.ends_at
    until_gone(secrets, now=end + ballots.OPEN_FOR)
    assert (found_in_files(secrets), found_in_files(remarks)) == ([], remarks)

    until_gone(remarks, now=end + ballots.REMARKS_STAY)
    assert found_in_files(remarks) == []


def until_gone(words, *, now):
    """Let the worker go round until the files hold none of `words`, for some seconds at most.

    Where PostgreSQL has another transaction that may see the old row, a later round drops it.
    """
    for _ in range(30):
        worker.run_once(now=now)
        if not found_in_files(words):
            return
        time.sleep(0.2)


def found_in_files(words):
    """Those of `words` that the database's files hold: all of SQLite's, those of the table else."""
    if connection.vendor == "sqlite":
        main = Path(connection.settings_dict["NAME"])
        files = [path.read_bytes() for path in main.parent.glob(f"{main.name}*")]
    else:
        files = []
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
            cursor.execute("SELECT reltoastrelid::regclass FROM pg_class WHERE relname=%s", [TABLE])
            for table in (TABLE, cursor.fetchone()[0]):
                cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [table])
                files.append(bytes(cursor.fetchone()[0]))
    # JSON may write é as \u00e9.
    return [w for w in words if any(w.partition(" ")[0].encode() in each for each in files)]
