"""Acts on very many people at the desk: the question, the bar that fills, who sees it."""

import pytest

from registrations import worker
from registrations.admin import acts_on_rows
from registrations.models import BulkAct, Registration
from tests.helpers.pages import page_text

PEOPLE = "/admin/registrations/registration/"
ACTS = "/admin/registrations/bulkact/"


@pytest.fixture
def many(workshop, crowd, monkeypatch):
    """Thirteen people, where three are too many for one request."""
    monkeypatch.setattr(acts_on_rows, "MOST_AT_ONCE", 2)
    return crowd(workshop, 13)


def ask(client, path=PEOPLE, **more):
    """Choose all people of the list for an action; the answer."""
    chosen = {"action": "cancel_registrations", "select_across": "1", "_selected_action": ["1"]}
    return client.post(path, chosen | more, follow=True)


@pytest.mark.one_database
def test_the_question_names_ten_people_and_holds_no_more_fields_than_one_needs(many, admin_client):
    page = ask(admin_client)

    html, text = page.content.decode(), page_text(page)
    assert (html.count("<li>Zoé"), "et 3 autres" in text) == (10, True)
    assert html.count('name="_selected_action"') == 1
    assert 'name="select_across" value="1"' in html
    assert f'name="newest" value="{many[-1].pk}"' in html
    assert not BulkAct.objects.exists()


def test_whoever_registers_after_the_question_is_not_concerned(
    many, workshop, crowd, now, admin_client
):
    newest = ask(admin_client).context["newest"]
    [late] = crowd(workshop, 1, first=50)

    ask(admin_client, sure="yes", newest=newest)
    worker.run_once(now=now)

    assert Registration.objects.filter(state="cancelled").count() == 13
    late.refresh_from_db()
    assert late.is_confirmed


@pytest.mark.one_database
def test_a_confirmed_act_on_many_leads_to_its_page_whose_bar_fills(many, now, admin_client):
    first = ask(admin_client, sure="yes")
    act = BulkAct.objects.get()
    worker.run_once(now=now)
    last = admin_client.get(f"{ACTS}{act.pk}/")

    assert first.redirect_chain == [(f"{ACTS}{act.pk}/", 302)]
    assert [page.get("Refresh") for page in (first, last)] == ["5", None]
    for page, done in ((first, 0), (last, 13)):
        assert f'<progress max="13" value="{done}"' in page.content.decode()
    assert "Annulation de 13 inscriptions" in page_text(first)
    assert "0 %, en cours" in page_text(first)
    assert "100 %, terminée C’est fait pour 13 personnes" in page_text(last)
    begun = "Lancée par admin, 15 janvier 2027, 7 h 00 (heure du Québec)."
    assert begun in page_text(first)


@pytest.mark.one_database
def test_the_page_does_not_reload_where_one_asks_it_not_to(many, admin_client):
    page = ask(admin_client, sure="yes")

    still = admin_client.get(f"{page.request['PATH_INFO']}?stay")

    assert "Refresh" not in still
    assert "Cette page ne se recharge pas d’elle-même." in page_text(still)


@pytest.mark.one_database
def test_those_at_whom_it_failed_are_counted_apart_and_tried_again(many, now, admin_client):
    ask(admin_client, action="erase_people", which="one", sure="yes")
    BulkAct.objects.update(options={"unknown": 1})
    worker.run_once(now=now)
    path = f"{ACTS}{BulkAct.objects.get().pk}/"

    failed = page_text(admin_client.get(path))
    BulkAct.objects.update(options={})
    again = admin_client.post(f"{path}again/", follow=True)
    worker.run_once(now=now)

    assert "13 personnes n’ont pas été effacées : une erreur l’a empêché." in failed
    assert "il n’y avait plus rien à faire" not in failed
    assert "Un nouvel essai est en cours." in page_text(again)
    assert "Réessayer" not in page_text(again)
    assert "C’est fait pour 13 personnes" in page_text(admin_client.get(path))
    assert not Registration.objects.filter(erased_at=None).exists()


def test_a_question_answered_twice_leads_to_the_act_that_runs(many, admin_client):
    pages = [ask(admin_client, sure="yes").redirect_chain for _ in range(3)]

    assert pages == [[(f"{ACTS}{BulkAct.objects.get().pk}/", 302)]] * 3


def test_other_organisers_see_it_on_the_list_and_stop_it(many, now, admin_client):
    ask(admin_client, sure="yes")
    act = BulkAct.objects.get()

    lists = [page_text(admin_client.get(path)) for path in (PEOPLE, ACTS)]
    stopped = admin_client.post(f"{ACTS}{act.pk}/stop/", follow=True)
    worker.run_once(now=now)

    assert "L’annulation de 13 inscriptions est en cours : 0 %." in lists[0]
    assert "Annulation de 13 inscriptions" in lists[1]
    assert "0 %, arrêtée" in page_text(stopped)
    assert Registration.objects.filter(state="confirmed").count() == 13
    assert "est en cours" not in page_text(admin_client.get(PEOPLE))


@pytest.mark.parametrize("action", ["erase_people", "confirm_registrations"])
def test_erasing_and_confirming_many_are_the_workers_too(
    action, make_workshop, crowd, monkeypatch, admin_client
):
    monkeypatch.setattr(acts_on_rows, "MOST_AT_ONCE", 2)
    crowd(make_workshop(capacity=1), 5)

    ask(admin_client, action=action, sure="yes")

    act = BulkAct.objects.get()
    assert (act.kind, act.total) == (("erase", 5) if "erase" in action else ("confirm", 4))


def test_few_people_are_seen_to_at_once(workshop, crowd, admin_client):
    crowd(workshop, 3)

    ask(admin_client, sure="yes")

    assert Registration.objects.filter(state="cancelled").count() == 3
    assert not BulkAct.objects.exists()


@pytest.mark.parametrize(
    ("verbs", "seen", "stopped"),
    [([], 403, 403), (["view"], 200, 403), (["view", "change"], 200, 302)],
)
def test_who_sees_people_sees_the_act_and_who_changes_them_stops_it(
    verbs, seen, stopped, many, admin_client, make_organiser, client
):
    ask(admin_client, sure="yes")
    path = f"{ACTS}{BulkAct.objects.get().pk}/"
    client.force_login(make_organiser("lea", *(f"{verb}_registration" for verb in verbs)))

    page = client.get(path)
    answers = {client.post(f"{path}{act}/").status_code for act in ("stop", "again")}

    assert (page.status_code, answers) == (seen, {stopped})
    assert ("Arrêter là" in page.content.decode()) == ("change" in verbs)


@pytest.mark.one_database
def test_odd_addresses_find_nothing(db, admin_client):
    paths = [f"{ACTS}999/", f"{ACTS}x/change/", f"{ACTS}999/stop/", f"{ACTS}{'9' * 30}/"]

    answers = [admin_client.get(path, follow=True).status_code for path in paths]

    assert answers == [404, 404, 404, 404]
