"""The ready roles are there after migrations, on a new database and on one that is upgraded."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from registrations.domain.roles import ROLES, update_roles
from tests.helpers import roles
from tests.helpers.images import Image
from tests.helpers.roles import rights_of_groups

BEFORE = [("registrations", "0015_attendance"), ("events", "0006_announced_start")]


@pytest.fixture(scope="module")
def images(django_db_setup, django_db_blocker):
    """The database (before roles, with all migrations), empty: the way back is gone once."""
    with django_db_blocker.unblock():
        newest = Image("newest")
        MigrationExecutor(connection).migrate(BEFORE)
        before = Image("before_roles")
        newest.restore()
    yield before, newest
    with django_db_blocker.unblock():
        before.drop()
        newest.drop()


@pytest.fixture
def old_database(transactional_db, images):
    """A database as the release before roles left it: {name: model} as they were there."""
    before, newest = images
    before.restore()
    Group.objects.all().delete()
    Permission.objects.filter(codename="use_board").delete()
    yield MigrationExecutor(connection).loader.project_state(BEFORE).apps.get_model
    newest.restore()


def known(rights):
    """Of these rights, those that this release knows."""
    stored = Permission.objects.values_list("content_type__app_label", "codename")
    return rights & {f"{app}.{codename}" for app, codename in stored}


def test_a_new_database_has_the_roles(db):
    assert {role.name: known(role.rights) for role in ROLES} == roles.AT_FIRST
    assert "registrations.use_board" in roles.AT_FIRST["Accueille"]


@pytest.mark.long_walk
def test_an_upgraded_database_has_the_roles_and_nobody_loses_sight(old_database):
    user_model, community = get_user_model(), old_database("events", "Community")
    here = {"zone": "Europe/Paris"}
    both = [community.objects.create(name=name, place=name, **here) for name in ("A", "B")]
    organiser = user_model.objects.create_user("organiser", is_staff=True)
    user_model.objects.create_superuser("keeper")
    user_model.objects.create_user("visitor")

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    assert rights_of_groups() == {role.name: known(role.rights) for role in ROLES}
    kept = organiser.memberships.model.objects.values_list("user", "community")
    assert set(kept) == {(organiser.pk, each.pk) for each in both}


@pytest.mark.long_walk
def test_a_group_that_an_operator_named_as_a_role_keeps_its_rights_and_its_people(old_database):
    for name in ("Organise", "Organise (ancien)"):
        Group.objects.create(name=name)
    own = Group.objects.get(name="Organise")
    own.permissions.set(Permission.objects.filter(codename="view_workshop"))
    organiser = get_user_model().objects.create_user("organiser")
    organiser.groups.add(own)

    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    assert [group.name for group in organiser.groups.all()] == ["Organise (ancien 2)"]
    assert rights_of_groups()["Organise (ancien 2)"] == {"events.view_workshop"}
    ours = {role.name: known(role.rights) for role in ROLES}
    assert {name: rights_of_groups()[name] for name in ours} == ours


def test_updating_the_roles_twice_changes_nothing_and_mends_what_was_changed(db):
    update_roles(apps)
    before = rights_of_groups()
    Group.objects.get(name="Consulte").permissions.clear()
    Group.objects.get(name="Accueille").delete()

    update_roles(apps)

    assert rights_of_groups() == before
