"""What an agenda at OpenAgenda has of each workshop, and what it is to have."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0023_subjects")]
    operations = [
        migrations.CreateModel(
            "AgendaEntry",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True)),
                ("wanted", models.CharField(blank=True, default="", max_length=64)),
                ("taken", models.CharField(blank=True, default="", max_length=64)),
                ("taken_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("last_error", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
    ]
