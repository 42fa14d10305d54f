from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0006_announced_start")]
    operations = [
        migrations.AddField(
            "workshop",
            f"translated_{name}",
            models.TextField(blank=True, db_default="", default="", verbose_name=label),
        )
        for name, label in [
            ("consent_text", "consent to ask for"),
            ("afterwards", "what stays afterwards"),
        ]
    ]
