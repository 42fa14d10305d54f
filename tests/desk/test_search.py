"""The desk's search: what it finds, and that it finds what is true now and nobody erased."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registrations import worker
from registrations.domain import privacy, search_texts, selfservice
from registrations.models import OutgoingMail, Registration
from tests.helpers.desk import edit_person


@pytest.fixture
def search(admin_client):
    """The rows (pk) that the desk's list of `name` shows for what is typed into its search."""

    def act(typed, name="registration"):
        page = admin_client.get(reverse(f"admin:registrations_{name}_changelist"), {"q": typed})
        return [row.pk for row in page.context["cl"].result_list]

    return act


@pytest.fixture
def zoe(workshop, register):
    register(workshop, first_name="Ada", last_name="Roy", email="ada@example.org")
    return register(workshop, first_name="Zoé", last_name="Côté", email="z@example.org")


@pytest.mark.parametrize("typed", ["ot", "OTE zO", "z@", "é c"])
def test_parts_of_words_are_found(typed, zoe, search):
    assert search(typed) == [zoe.pk]


@pytest.mark.parametrize("typed", ["%", "_", "z%e", "\\", "cote ada"])
def test_what_a_database_takes_for_a_pattern_is_searched_as_it_is(typed, zoe, search):
    assert search(typed) == []


def test_a_person_who_corrects_their_name_is_found_by_the_new_one_alone(zoe, client, search):
    typed = {"first_name": "Zoé", "last_name": "Müller", "organisation": "Théâtre"}
    typed |= {"community": "", "language": "fr", "zone": ""}

    client.post(reverse("registrations:edit", args=[zoe.manage_token]), typed)

    found = [search(word) for word in ("cote", "muller", "theatre zoe")]
    assert found == [[], [zoe.pk], [zoe.pk]]


def test_a_name_corrected_at_the_desk_is_found_by_the_new_one_alone(zoe, admin_client, search):
    edit_person(admin_client, zoe, first_name="Zoé", last_name="Müller")

    assert [search("cote"), search("muller")] == [[], [zoe.pk]]


def test_two_corrections_at_once_are_both_found(zoe, meanwhile, search):
    meanwhile(lambda: selfservice.write_details(zoe, {"last_name": "Müller"}))

    selfservice.write_details(zoe, {"first_name": "Zénaïde"})

    assert search("zenaide muller") == [zoe.pk]


def test_who_is_erased_is_found_by_nothing(zoe, search, now):
    privacy.erase(zoe, now=now)

    zoe.refresh_from_db()
    assert (zoe.search_text, search("cote"), search("none")) == (None, [], [])


def test_who_is_erased_stays_erased_when_a_correction_comes_late(zoe, now):
    stale = Registration.objects.get(pk=zoe.pk)
    privacy.erase(zoe, now=now)

    selfservice.write_details(stale, {"last_name": "Müller"})

    zoe.refresh_from_db()
    assert (zoe.last_name, zoe.search_text) == ("", None)


def test_whom_the_last_release_registered_is_found_after_a_round_of_the_worker(zoe, search, now):
    Registration.objects.filter(pk=zoe.pk).update(search_text=None)
    before = search("cote")

    worker.run_once(now=now)

    assert (before, search("cote")) == ([], [zoe.pk])


def test_what_the_last_release_left_of_the_erased_is_gone_after_a_round_of_the_worker(zoe, now):
    Registration.objects.filter(pk=zoe.pk).update(erased_at=now, first_name="", last_name="")

    worker.run_once(now=now)

    zoe.refresh_from_db()
    assert zoe.search_text is None


def test_where_all_is_true_one_statement_says_so_by_an_index(zoe):
    with CaptureQueriesContext(connection) as statements:
        assert search_texts.mend() == 0

    [sql] = [each["sql"] for each in statements]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert "without_true_text" in str(cursor.fetchall())


def test_very_long_names_are_stored_and_found(workshop, register, search):
    facts = {"first_name": "Éa" * 75, "last_name": "日本" * 75, "organisation": "ﷺ" * 150}

    person = register(workshop, **facts)

    assert len(person.search_text) == 600
    assert search("日本日 eaea") == [person.pk]


def test_a_mail_is_found_by_how_its_message_id_begins(zoe, search):
    mail = zoe.mails.get()
    local = mail.message_id.strip("<>").partition("@")[0]

    typed = [mail.message_id, mail.message_id[1:-1], f"<{local[:12]}", local[:12].upper()]

    assert [search(each, "outgoingmail") for each in typed] == [[mail.pk]] * 4
    assert search(local[4:], "outgoingmail") == []


def test_a_mail_to_somebody_erased_is_found_by_its_message_id(zoe, search, now):
    mail = zoe.mails.get()
    OutgoingMail.objects.filter(pk=mail.pk).update(state=OutgoingMail.State.SENDING)
    privacy.erase(zoe, now=now)

    assert search(mail.message_id, "outgoingmail") == [mail.pk]
    assert search("cote", "outgoingmail") == []
