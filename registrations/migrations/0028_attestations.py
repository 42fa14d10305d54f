"""The public keys of attestations, and the list of those that are taken back."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("events", "0010_the_day"), ("registrations", "0027_ballots")]
    operations = [
        migrations.CreateModel(
            name="AttestationKey",
            fields=[
                ("key_id", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("public", models.BinaryField()),
                ("first_used_at", models.DateTimeField()),
                ("distrusted_at", models.DateTimeField(null=True)),
            ],
            options={"ordering": ["first_used_at", "key_id"], "default_permissions": []},
        ),
        migrations.AddField(
            model_name="registration",
            name="attestation_revoked_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="RevokedAttestation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "digest",
                    models.CharField(max_length=64, unique=True, verbose_name="hash (SHA-256)"),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("absent", "the person did not take part"),
                            ("replaced", "another one has taken its place"),
                            ("other", "another reason"),
                        ],
                        max_length=10,
                        verbose_name="why",
                    ),
                ),
                ("revoked_at", models.DateTimeField(verbose_name="revoked on")),
                (
                    "workshop",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="events.workshop",
                        verbose_name="workshop",
                    ),
                ),
            ],
            options={
                "verbose_name": "revoked attestation",
                "verbose_name_plural": "revoked attestations",
                "ordering": ["-pk"],
                "default_permissions": [],
            },
        ),
    ]
