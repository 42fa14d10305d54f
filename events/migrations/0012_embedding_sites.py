from django.db import migrations, models

from events.models.embedding import origins


class Migration(migrations.Migration):
    dependencies = [("events", "0011_same_as")]
    operations = [
        migrations.AddField(
            "community",
            "embedding_sites",
            models.TextField(
                blank=True,
                db_default="",
                default="",
                validators=[origins],
                verbose_name="sites that may show its workshops",
                help_text=(
                    "One address a line, such as https://example.org. Pages there may show the card "
                    "of a workshop in a frame; those of other sites may not."
                ),
            ),
        )
    ]
