"""The ready roles: what each may do at the desk, as groups of Django's.

A later release that changes a role changes ROLES, and calls update_roles() in a migration.
"""

from dataclasses import dataclass

from django.contrib.auth.management import create_permissions
from django.utils.translation import gettext_lazy as _


def rights(app, models, verbs):
    """« events.view_workshop » … for each of these models and verbs."""
    return {f"{app}.{verb}_{model}" for model in models.split() for verb in verbs.split()}


@dataclass(frozen=True)
class Role:
    """What a person does at the desk.

    `name` is the name of the group in the database: it is never translated, and never changed.
    `rights` are names of permissions, "app.codename".
    """

    name: str
    label: str
    sentence: str
    rights: frozenset


ORGANISES = Role(
    "Organise",
    _("Organises"),
    _("Prepares the workshops of their communities, their people and their mails."),
    frozenset(
        rights("events", "workshop hosting presentation partner", "view add change delete")
        | rights("events", "community", "view add change")
        | rights("registrations", "registration outgoingmail", "view change")
        | {"registrations.use_board", "registrations.export_registration"}
    ),
)
READS = Role(
    "Consulte",
    _("Looks"),
    _("Reads the workshops and who comes. Changes nothing, and sees no address of a meeting."),
    frozenset(
        rights("events", "workshop hosting presentation partner community", "view")
        | rights("registrations", "registration", "view")
    ),
)
WELCOMES = Role(
    "Accueille",
    _("Welcomes"),
    _("On the day alone: the board that says who is there, and nothing else."),
    frozenset({"registrations.use_board"}),
)
ROLES = (ORGANISES, READS, WELCOMES)
APPS = ("events", "registrations")


def update_roles(apps, schema_editor=None):
    """Give each role's group exactly the rights it has in ROLES, and make the groups not there yet.

    Django stores permissions only after all migrations of a run (ticket 29843): those of the models
    in `apps`, as they are at this migration, are stored here first. A right that a later migration
    brings is given by the update there.
    """
    for app in APPS:
        store_permissions(apps, app)
    group_model, permission = (apps.get_model("auth", name) for name in ("Group", "Permission"))
    stored = permission.objects.filter(content_type__app_label__in=APPS)
    stored = stored.select_related("content_type")
    by_name = {f"{p.content_type.app_label}.{p.codename}": p for p in stored}
    for role in ROLES:
        group, _is_new = group_model.objects.get_or_create(name=role.name)
        group.permissions.set([by_name[name] for name in role.rights & by_name.keys()])


def store_permissions(apps, app):
    """Store the permissions of an app's models, whether `apps` are a migration's or the real."""
    config = apps.get_app_config(app)
    if not hasattr(config, "models_module"):
        config.models_module = True  # a migration's has none, and would be passed over
    create_permissions(config, apps=apps, verbosity=0)
