"""The right to the board of the day, and the ready roles; a group of such a name keeps its rights."""

from django.db import migrations

from registrations.domain.roles import ROLES, update_roles


def rename_own_groups(apps, schema_editor):
    """Give each group that an operator has named as a ready role another name: « … (ancien) ».

    One that has just the rights of the role is the role, from before the way back and forth.
    """
    groups = apps.get_model("auth", "Group").objects
    for role in ROLES:
        group = groups.filter(name=role.name).first()
        if group is None or rights_of(group) == role.rights:
            continue
        names = [f"{role.name} (ancien)", *(f"{role.name} (ancien {n})" for n in range(2, 100))]
        taken = set(groups.filter(name__in=names).values_list("name", flat=True))
        group.name = next(name for name in names if name not in taken)
        group.save(update_fields=["name"])


def rights_of(group):
    stored = group.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in stored}


class Migration(migrations.Migration):
    dependencies = [
        ("registrations", "0018_export_filters_and_bulk_acts"),
        ("events", "0008_membership"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [
        migrations.AlterModelOptions(
            "registration",
            {
                "ordering": ["created_at", "pk"],
                "permissions": [
                    ("use_board", "may use the board of the day"),
                    ("export_registration", "may take out registrations as a file"),
                ],
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
            },
        ),
        migrations.RunPython(rename_own_groups, migrations.RunPython.noop),
        migrations.RunPython(update_roles, migrations.RunPython.noop),
    ]
