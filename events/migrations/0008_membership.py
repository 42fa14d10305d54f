import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def keep_sight(apps, schema_editor):
    """Every organiser so far saw everything: each becomes a member of each community."""
    user_model = apps.get_model(settings.AUTH_USER_MODEL)
    membership = apps.get_model("events", "Membership")
    organisers = user_model.objects.filter(is_staff=True, is_superuser=False)
    communities = list(apps.get_model("events", "Community").objects.all())
    membership.objects.bulk_create(
        membership(user=user, community=community)
        for user in organisers
        for community in communities
    )


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0007_consent_in_two_languages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "community",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="events.community",
                        verbose_name="community",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="organiser",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "community"), name="a_member_once")
                ],
            },
        ),
        migrations.RunPython(keep_sight, migrations.RunPython.noop),
    ]
