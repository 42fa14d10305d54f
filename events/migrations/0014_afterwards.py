"""What stays of a workshop, who may see it, and when a mail tells of it."""

import django.core.validators
from django.db import migrations, models
from django.utils import timezone


def no_mail_about_what_is_over(apps, schema_editor):
    """Their people were told that no mail follows: their organisers may choose otherwise."""
    over = apps.get_model("events", "Workshop").objects.filter(ends_at__lte=timezone.now())
    over.update(afterwards_mail="never")


class Migration(migrations.Migration):
    dependencies = [("events", "0013_access")]
    operations = [
        migrations.AddField(
            model_name="workshop",
            name="afterwards_changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="workshop",
            name="afterwards_is_public",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Ticked: it stands on the workshop’s page after the end. Unticked: only behind the own link of each person who had a seat.",
                verbose_name="everybody may see what stays",
            ),
        ),
        migrations.AddField(
            model_name="workshop",
            name="afterwards_mail",
            field=models.CharField(
                choices=[
                    ("once", "once something stays"),
                    ("third_day", "three days after the end, at the same hour"),
                    ("never", "no mail"),
                ],
                db_default="once",
                default="once",
                help_text="One mail to each person who had a seat, and never a second one. It also leads to the three questions and, for who came, to the certificate. It leaves an hour after your last change at the earliest: until then you may change your mind. The overview says when it leaves, and shows it.",
                max_length=10,
                verbose_name="mail about what stays",
            ),
        ),
        migrations.AddField(
            model_name="workshop",
            name="replay_url",
            field=models.URLField(
                blank=True,
                db_default="",
                default="",
                help_text="The page on which the recording can be watched.",
                max_length=500,
                validators=[
                    django.core.validators.URLValidator(
                        code="insecure",
                        message="Write a secure address, beginning with https://.",
                        schemes=["https"],
                    )
                ],
                verbose_name="address of the replay",
            ),
        ),
        migrations.AddField(
            model_name="workshop",
            name="slides_url",
            field=models.URLField(
                blank=True,
                db_default="",
                default="",
                help_text="The page on which they can be read.",
                max_length=500,
                validators=[
                    django.core.validators.URLValidator(
                        code="insecure",
                        message="Write a secure address, beginning with https://.",
                        schemes=["https"],
                    )
                ],
                verbose_name="address of the slides",
            ),
        ),
        migrations.AlterField(
            model_name="workshop",
            name="afterwards",
            field=models.TextField(
                blank=True,
                help_text="*word* is set in italics, [text](https://…) makes a link.",
                verbose_name="further links, or a word",
            ),
        ),
        migrations.AlterField(
            model_name="workshop",
            name="translated_afterwards",
            field=models.TextField(
                blank=True, db_default="", default="", verbose_name="further links, or a word"
            ),
        ),
        migrations.RunPython(no_mail_about_what_is_over, migrations.RunPython.noop),
    ]
