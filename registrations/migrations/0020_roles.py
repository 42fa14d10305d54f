"""The right to the board of the day, and the ready roles."""

from django.db import migrations

from registrations.domain.roles import update_roles


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
        migrations.RunPython(update_roles, migrations.RunPython.noop),
    ]
