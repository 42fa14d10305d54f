"""The right to export, the indexes of the filters by attendance, and acts on very many people."""

from django.db import migrations, models
from django.db.models import Q

from praxis.indexes import AddIndexUnlocked


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registrations", "0015_attendance")]
    operations = [
        migrations.AlterModelOptions(
            name="registration",
            options={
                "ordering": ["created_at", "pk"],
                "permissions": [("export_registration", "Can take out registrations as a file")],
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
    ]
