"""What people were told was a digest; now it can be read. What was not true any more stays unknown: "{}"."""

import hashlib
import json
from datetime import UTC

from django.db import migrations
from django.db.models import F


def read_digests(apps, schema_editor):
    Registration = apps.get_model("registrations", "Registration")
    OutgoingMail = apps.get_model("registrations", "OutgoingMail")
    OutgoingMail.objects.update(due_since=F("created_at"))
    Registration.objects.filter(state="confirmed").update(confirmed_at=F("created_at"))
    for registration in Registration.objects.exclude(told="").select_related("workshop").iterator():
        workshop = registration.workshop
        start, end = (at.astimezone(UTC).isoformat() for at in (workshop.starts_at, workshop.ends_at))
        facts = [workshop.title, start, end, workshop.place, workshop.state, registration.state]
        told = {"title": workshop.title, "start": start, "end": end, "place": workshop.place}
        told |= {"workshop": workshop.state, "registration": registration.state}
        is_true = hashlib.sha256(json.dumps(facts).encode()).hexdigest() == registration.told
        registration.told = json.dumps(told if is_true else {}, ensure_ascii=False, sort_keys=True)
        registration.save(update_fields=["told"])


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_nobody_lost")]
    operations = [migrations.RunPython(read_digests, migrations.RunPython.noop)]
