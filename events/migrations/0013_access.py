import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0012_embedding_sites")]
    operations = [
        migrations.AddField(
            "workshop",
            "spoken_language",
            models.CharField(
                blank=True,
                choices=[
                    (None, "not known yet"),
                    ("fr", "French"),
                    ("en", "English"),
                    ("both", "French and English"),
                ],
                db_default="",
                default="",
                max_length=4,
                verbose_name="language spoken",
            ),
        ),
        migrations.AddField(
            "workshop",
            "captions",
            models.CharField(
                blank=True,
                choices=[
                    (None, "none, or not known yet"),
                    ("human", "by a person"),
                    ("automatic", "automatic"),
                ],
                db_default="",
                default="",
                max_length=9,
                verbose_name="captions",
            ),
        ),
        migrations.AddField(
            "workshop",
            "interpretation",
            models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                verbose_name="interpretation",
            ),
        ),
        migrations.AddField(
            "workshop",
            "interpretation_url",
            models.URLField(
                blank=True,
                db_default="",
                default="",
                help_text=(
                    "Only where the interpretation has a room of its own. Secret, as the meeting’s "
                    "address: a second button behind each confirmed person’s link leads there."
                ),
                max_length=500,
                validators=[
                    django.core.validators.URLValidator(
                        code="insecure",
                        message="Write a secure address, beginning with https://.",
                        schemes=["https"],
                    )
                ],
                verbose_name="address of the interpretation",
            ),
        ),
        migrations.AddField(
            "workshop",
            "is_recorded",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text=(
                    "The page says so. If people must agree to it, write it below, in "
                    "“consent to ask for”."
                ),
                verbose_name="the session is recorded",
            ),
        ),
        migrations.AddField(
            "workshop",
            "asks_needs",
            models.BooleanField(
                db_default=True,
                default=True,
                help_text=(
                    "An optional field of the form. You read the answers on this workshop’s page "
                    "“Needs”; they are erased a week after the end."
                ),
                verbose_name="ask people what they need to take part",
            ),
        ),
        migrations.AddField(
            "workshop", "needs_until", models.DateTimeField(blank=True, null=True)
        ),
    ]
