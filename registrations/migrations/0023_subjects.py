"""The subject with which a mail has left, and whether it tells of a restored registration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0022_failed_acts")]
    operations = [
        migrations.AddField(
            "outgoingmail",
            "is_restored",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            "outgoingmail",
            "subject",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=200,
                verbose_name="subject",
            ),
        ),
    ]
