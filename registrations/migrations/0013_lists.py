"""The indexes by which the desk's lists of people and mails find their newest rows."""

from django.db import migrations, models
from django.db.models import Q

from praxis.indexes import AddIndexUnlocked


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registrations", "0012_search_text_filled")]
    operations = [
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(fields=["workshop", "state", "id"], name="registration_in_line"),
        ),
        migrations.RemoveIndex(model_name="registration", name="registration_by_state"),
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(fields=["state", "id"], name="registration_newest_by_state"),
        ),
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(
                condition=Q(("newsletter_consent_at__isnull", False)),
                fields=["id"],
                name="registration_newsletter",
            ),
        ),
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(
                condition=Q(("verified_at__isnull", False)),
                fields=["email_key"],
                name="verified_address",
            ),
        ),
        AddIndexUnlocked(
            model_name="outgoingmail",
            index=models.Index(fields=["state", "id"], name="mail_newest_by_state"),
        ),
        AddIndexUnlocked(
            model_name="outgoingmail",
            index=models.Index(fields=["kind", "id"], name="mail_newest_by_kind"),
        ),
    ]
