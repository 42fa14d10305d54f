"""load_demo: invented people, of whom nobody gets a mail, and who leave no trace."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command

from events.models import Community, PreviousAddress, Workshop
from registrations import worker
from registrations.domain import announcements, bulk_acts, demo, privacy, signup, waiting_list
from registrations.models import BulkAct, OutgoingMail, Registration
from tests.helpers.seats import kept, truly
from tests.helpers.workshops import move

pytestmark = pytest.mark.one_database


def run(*words):
    said = StringIO()
    call_command("load_demo", *words, stdout=said)
    return said.getvalue()


def rows():
    """How many rows each table has."""
    return {model.__name__: model.objects.count() for model in apps.get_models()}


@pytest.fixture
def loaded(db):
    return run()


def test_three_hundred_people_over_four_months_in_two_languages_and_three_zones(loaded, now):
    people = Registration.objects.select_related("workshop")

    assert loaded.startswith("306 invented people loaded")
    starts = sorted(demo.workshops().values_list("starts_at", flat=True))
    assert [(now - starts[0]).days, (starts[-1] - now).days] == [58, 55]
    assert {person.state for person in people} == {"confirmed", "waiting", "cancelled"}
    assert {person.language for person in people} == {"fr", "en"}
    assert len({person.zone for person in people} - {""}) == 3
    assert {community.place for community in Community.objects.all()} == {
        "Québec",
        "France",
        "La Réunion",
    }
    assert {person.workshop.has_ended(now) for person in people if person.came} == {True}
    assert {person.email.partition("@")[2] for person in people} == {"demo.example.org"}
    for workshop in demo.workshops():
        assert (kept(workshop), workshop.capacity is None or kept(workshop)[0] <= 60) == (
            truly(workshop),
            True,
        )


def test_again_changes_nothing_and_the_same_people_come_each_time(loaded):
    before = rows(), sorted(Registration.objects.values_list("email", "state", "created_at"))

    again = run()
    after = rows(), sorted(Registration.objects.values_list("email", "state", "created_at"))
    run("--remove")
    run()
    anew = sorted(Registration.objects.values_list("email", "state"))

    assert again.startswith("already there, left as it is")
    assert after == before
    assert anew == [(email, state) for email, state, _created_at in before[1]]


def test_remove_takes_all_of_it_out_and_what_became_of_it(praxis, now, admin_user, admin_client):
    admin_client.get("/admin/")
    before = rows()
    run()
    person = Registration.objects.confirmed().filter(workshop__starts_at__gt=now).first()
    admin_client.post(
        "/admin/registrations/registration/",
        {"action": "cancel_registrations", "_selected_action": [person.pk], "sure": "yes"},
    )
    assert LogEntry.objects.count() == 1

    said = run("--remove")

    assert said == "306 invented people removed, with their workshops\n"
    assert rows() == before


def test_no_mail_leaves_for_somebody_invented(loaded, smtp, now):
    """Neither by itself at any time, nor by what an organiser does."""
    tomorrow = demo.workshops().filter(starts_at__gt=now, state="published").earliest("starts_at")
    for hours in (0, 2, 48):
        worker.run_once(now=now + timedelta(hours=hours))
    quiet = OutgoingMail.objects.exclude(state__in=["sent", "failed"]).count()

    full = Workshop.objects.get(import_key="demo-7")
    waiting = full.registrations.waiting().first()
    waiting_list.confirm(waiting, now=now)
    first = full.registrations.confirmed().first()
    signup.cancel(first, now=now)
    privacy.erase(full.registrations.confirmed().last(), now=now)
    moved = move(full, timedelta(hours=1))
    announcements.announce(moved, now=now)
    worker.run_once(now=moved.starts_at - timedelta(hours=20))

    assert (quiet, tomorrow.has_started(now)) == (0, False)
    assert smtp.messages == []
    states = OutgoingMail.objects.exclude(state__in=["sent", "failed"]).values_list("state")
    assert {state for (state,) in states} == {"dropped"}


def test_whoever_registers_in_earnest_at_an_invented_workshop_gets_mail_and_is_not_removed(
    loaded, register, smtp, now
):
    workshop = Workshop.objects.get(import_key="demo-8")
    register(workshop)

    worker.run_once(now=now)

    assert [message["To"] for message in smtp.messages] == ["zoe@example.org"]
    with pytest.raises(CommandError, match="1 people have registered"):
        run("--remove")
    assert Registration.objects.count() == 307


def test_where_people_are_registered_nobody_invented_is_put_among_them(workshop, crowd):
    crowd(workshop, 2)

    with pytest.raises(CommandError, match="2 people are registered already"):
        run()

    assert not demo.workshops().exists()


def test_a_community_that_holds_another_workshop_by_now_stays(loaded, make_workshop):
    community = Community.objects.get(place="La Réunion", name__contains="démo")
    make_workshop().hostings.create(community=community, position=3)

    said = run("--remove")

    assert said.splitlines()[1:] == [
        "kept, since other workshops or people name it: Lakaz Kiltir (démo)"
    ]
    assert Community.objects.filter(name__contains="démo").count() == 1


def test_a_community_that_speaks_at_another_workshop_stays(loaded, make_workshop):
    community = Community.objects.get(place="La Réunion", name__contains="démo")
    make_workshop().presentations.create(community=community, title="Mesurer")

    run("--remove")

    assert list(Community.objects.filter(name__contains="démo")) == [community]


def test_nothing_is_removed_under_an_act_that_runs(loaded, workshop, crowd, admin_user, now):
    [real] = crowd(workshop, 1)
    invented = Registration.objects.confirmed().filter(workshop__in=demo.workshops())
    some = Registration.objects.filter(pk__in=[real.pk, *invented.values_list("pk", flat=True)[:5]])
    act = bulk_acts.begin(BulkAct.Kind.CANCEL, some, by=admin_user, now=now)

    with pytest.raises(CommandError, match="being done to some of them"):
        run("--remove")
    kept = BulkAct.objects.filter(pk=act.pk).exists(), demo.workshops().exists()
    bulk_acts.go_on(clock=lambda: now, seconds=60)
    run("--remove")

    assert kept == (True, True)
    # What was done to real people as well is remembered.
    assert list(BulkAct.objects.values_list("state", "workshops")) == [("ended", workshop.pk)]
    real.refresh_from_db()
    assert real.is_cancelled


def test_addresses_that_others_have_or_had_are_left_to_them(db, make_workshop):
    make_workshop(slug="demo-1")
    PreviousAddress.objects.create(slug="demo-2", workshop=make_workshop(slug="demo-3"))

    run()

    slugs = set(demo.workshops().values_list("slug", flat=True))
    assert {"demo-1-2", "demo-2-2", "demo-3-2"} < slugs
    assert not {"demo-1", "demo-2", "demo-3"} & slugs


def test_each_page_of_the_desk_and_the_public_list_opens(loaded, admin_client):
    paths = ["/", "/admin/", "/admin/registrations/registration/", "/admin/events/workshop/"]
    paths += [workshop.get_absolute_url() for workshop in demo.workshops().exclude(state="draft")]

    assert {admin_client.get(path).status_code for path in paths} == {200}


def test_no_search_engine_and_no_harvester_takes_them_for_real(loaded, client):
    invented = demo.workshops().exclude(state="draft")
    pages = [client.get(each.get_absolute_url()).content.decode() for each in invented]
    sitemap = client.get("/sitemap.xml").content.decode()

    assert len(pages) > 5
    assert all('<meta name="robots" content="noindex">' in page for page in pages)
    assert not any("application/ld+json" in page for page in pages)
    assert not any(each.get_absolute_url() in sitemap for each in invented)
