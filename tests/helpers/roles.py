"""The ready roles as the database has them."""

from django.contrib.auth.models import Group

AT_FIRST = {}  # once conftest.py has seen what migrations made


def rights_of_groups():
    """{name of a group: the set of its rights}, as "app.codename"."""
    return {
        group.name: {f"{p.content_type.app_label}.{p.codename}" for p in group.permissions.all()}
        for group in Group.objects.all()
    }
