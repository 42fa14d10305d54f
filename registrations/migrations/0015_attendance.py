from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0014_owed_mail_leaves")]
    operations = [
        migrations.AddField(
            "registration",
            "attended_at",
            models.DateTimeField(editable=False, null=True, verbose_name="marked as come"),
        ),
        migrations.AddField(
            "registration",
            "group_size",
            models.PositiveSmallIntegerField(
                db_default=1, default=1, editable=False, verbose_name="people behind the screen"
            ),
        ),
    ]
