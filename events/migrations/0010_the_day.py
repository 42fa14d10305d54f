from django.db import migrations, models

import praxis.fields


class Migration(migrations.Migration):
    dependencies = [("events", "0009_addresses_and_reasons")]
    operations = [
        migrations.AddField(
            "workshop",
            "keyword",
            praxis.fields.SingleLineField(
                blank=True,
                db_default="",
                default="",
                max_length=40,
                verbose_name="word said in the room",
                help_text=(
                    "Who comes by phone, or beside a colleague, hears this word and types it on their own page: "
                    "that notes them as come. Say it, and write it nowhere. Left blank: nothing is asked."
                ),
            ),
        ),
        migrations.AddField(
            "workshop", "late_start_at", models.DateTimeField(editable=False, null=True)
        ),
    ]
