"""The right to export, the indexes of the filters by attendance, and acts on very many people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from praxis.indexes import AddIndexUnlocked

KEY = models.BigAutoField(
    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("events", "0009_addresses_and_reasons"),
        ("registrations", "0017_what_the_desk_does"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AlterModelOptions(
            name="registration",
            options={
                "ordering": ["created_at", "pk"],
                "permissions": [("export_registration", "may take out registrations as a file")],
                "verbose_name": "registration",
                "verbose_name_plural": "registrations",
            },
        ),
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(
                condition=Q(("joined_at__isnull", False), ("attended_at__isnull", False), _connector="OR"),
                fields=["id"],
                name="registration_came",
            ),
        ),
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(
                condition=Q(("attended_at__isnull", True), ("joined_at__isnull", True)),
                fields=["id", "state", "workshop"],
                name="registration_absent",
            ),
        ),
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", KEY),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("cancel", "cancellation"),
                            ("confirm", "confirmation"),
                            ("erase", "erasure"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "in progress"),
                            ("ended", "finished"),
                            ("stopped", "stopped"),
                        ],
                        default="running",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("options", models.JSONField(default=dict, editable=False)),
                ("total", models.PositiveIntegerField(verbose_name="registrations")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="done")),
                (
                    "skipped",
                    models.PositiveIntegerField(default=0, verbose_name="left as they were"),
                ),
                ("created_at", models.DateTimeField(verbose_name="begun on")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended on")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "workshops",
                    models.ManyToManyField(
                        related_name="+", to="events.workshop", verbose_name="workshops"
                    ),
                ),
            ],
            options={
                "verbose_name": "group act",
                "verbose_name_plural": "group acts",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="BulkActPart",
            fields=[
                ("id", KEY),
                ("people", models.JSONField()),
                (
                    "act",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="registrations.bulkact",
                    ),
                ),
            ],
        ),
    ]
