"""The people at whom an act on many has failed: counted apart, and kept to be tried again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registrations", "0021_who_cancelled")]
    operations = [
        migrations.AddField(
            "bulkact",
            "failed",
            models.PositiveIntegerField(db_default=0, default=0, verbose_name="failures"),
        ),
        migrations.AddField(
            "bulkactpart", "has_failed", models.BooleanField(db_default=False, default=False)
        ),
    ]
