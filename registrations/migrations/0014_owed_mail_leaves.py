"""Earlier releases put a mail off for hours where the mail server was away. Each that waits is tried once more now."""

from django.db import migrations
from django.db.models import F


def try_once_more(apps, schema_editor):
    # A refusal and a server that was away look alike in these rows: both are tried.
    OutgoingMail = apps.get_model("registrations", "OutgoingMail")
    put_off = OutgoingMail.objects.filter(state="queued", attempts__gt=0)
    # One attempt stays: the mail may have arrived.
    put_off.update(due_at=F("due_since"), attempts=1)


class Migration(migrations.Migration):
    dependencies = [("registrations", "0013_lists")]
    operations = [migrations.RunPython(try_once_more, migrations.RunPython.noop)]
