"""Fills in what the desk searches, and indexes it, while people register.

Each batch is a transaction of less than half a second. What the last release registers or erases
meanwhile is mended by the worker.
"""

from django.db import migrations, models, transaction
from django.db.models import Q

from praxis.indexes import AddIndexUnlocked
from praxis.text import folded

BATCH = 1000
SEARCHED = ("first_name", "last_name", "email", "organisation")


def fill(apps, schema_editor):
    Registration = apps.get_model("registrations", "Registration")
    last = 0
    while True:
        with transaction.atomic(using=schema_editor.connection.alias):
            people = Registration.objects.filter(pk__gt=last, erased_at=None).order_by("pk")
            batch = list(people.select_for_update(no_key=True).only(*SEARCHED)[:BATCH])
            if not batch:
                return
            for person in batch:
                text = " ".join(getattr(person, name) for name in SEARCHED)
                person.search_text = folded(text)[:600]
            Registration.objects.bulk_update(batch, ["search_text"], batch_size=250)
        last = batch[-1].pk


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("registrations", "0011_search_text")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(fields=["search_text", "id"], name="registration_by_text"),
        ),
        AddIndexUnlocked(
            model_name="registration",
            index=models.Index(
                fields=["id"],
                condition=Q(
                    Q(("erased_at__isnull", True), ("search_text__isnull", True)),
                    Q(("erased_at__isnull", False), ("search_text__isnull", False)),
                    _connector="OR",
                ),
                name="without_true_text",
            ),
        ),
    ]
