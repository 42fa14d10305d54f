from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0015_attendance")]
    operations = [
        migrations.AddField(
            "registration",
            "cancelled_by_desk",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.AddField(
            "registration",
            "organisers_word",
            models.TextField(blank=True, db_default="", default="", editable=False),
        ),
        migrations.AddField(
            "registration",
            "address_corrected_at",
            models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            "outgoingmail",
            "is_resent",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
