"""The mail about what stays of a workshop: who has it."""

from django.db import migrations, models
from django.db.models import Q

from praxis.indexes import AddIndexUnlocked


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("registrations", "0025_needs"),
        # It sees to it that nobody gets the mail about a workshop that was over before.
        ("events", "0014_afterwards"),
    ]
    operations = [
        migrations.AddField(
            "registration", "afterwards_mail_at", models.DateTimeField(editable=False, null=True)
        ),
        AddIndexUnlocked(
            "registration",
            models.Index(
                fields=["workshop", "state"],
                condition=Q(afterwards_mail_at__isnull=True),
                name="afterwards_mail",
            ),
        ),
    ]
