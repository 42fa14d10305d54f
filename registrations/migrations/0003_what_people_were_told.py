"""What people were told was a digest; now it can be read. What was not true any more stays unknown: "{}"."""

import hashlib
import json
from datetime import UTC

from django.db import migrations
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat


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


def digest(told):
    """What the first release kept of facts that it had told, in 64 characters; "" for none."""
    if not told:
        return ""
    facts = [told[name] for name in ("title", "start", "end", "place", "workshop", "registration")]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def write_digests(apps, schema_editor):
    """Make the rows fit the tables of the first release, as far as they can."""
    Registration = apps.get_model("registrations", "Registration")
    OutgoingMail = apps.get_model("registrations", "OutgoingMail")
    for registration in Registration.objects.exclude(told="").iterator():
        registration.told = digest(json.loads(registration.told))
        registration.save(update_fields=["told"])
    OutgoingMail.objects.filter(sequence=None).update(sequence=0)
    # Erased people have no address, of which a workshop had one each.
    erased = Registration.objects.filter(erased_at__isnull=False)
    erased.update(email_key=Concat(Value("erased-"), Cast("pk", CharField())))


class Migration(migrations.Migration):
    dependencies = [("registrations", "0002_nobody_lost")]
    operations = [migrations.RunPython(read_digests, write_digests)]
