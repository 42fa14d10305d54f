"""What people need to take part, apart from their registrations."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0024_agenda_entries")]
    operations = [
        migrations.CreateModel(
            "Need",
            [
                (
                    "registration",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="need",
                        serialize=False,
                        to="registrations.registration",
                    ),
                ),
                ("text", models.TextField()),
                ("said_at", models.DateTimeField()),
            ],
        ),
    ]
