"""Marks what organisers cancelled under the last release, which told the desk's log alone of it.

Each batch is a transaction of its own, while people register.
"""

from datetime import timedelta

from django.db import migrations, transaction

BATCH = 1000
# What the log says, in the language of whoever cancelled.
CANCELLED = ["Cancelled the registration.", "Inscription annulée."]
CLOCKS_APART = timedelta(minutes=1)


def mark(apps, schema_editor):
    alias = schema_editor.connection.alias
    entries = apps.get_model("admin", "LogEntry").objects.using(alias)
    entries = entries.filter(
        content_type__app_label="registrations",
        content_type__model="registration",
        change_message__in=CANCELLED,
    )
    last = 0
    while batch := list(entries.filter(pk__gt=last).order_by("pk")[:BATCH]):
        mark_batch(apps, alias, batch)
        last = batch[-1].pk


def mark_batch(apps, alias, entries):
    """Mark whom these entries of the log cancelled, unless they came back and left themselves."""
    logged = {
        int(entry.object_id): entry.action_time + CLOCKS_APART
        for entry in entries
        if entry.object_id and entry.object_id.isdecimal()
    }
    people = apps.get_model("registrations", "Registration").objects.using(alias)
    people = people.filter(pk__in=logged, state="cancelled", cancelled_by_desk=False)
    with transaction.atomic(using=alias):
        found = people.select_for_update(no_key=True).values_list("pk", "cancelled_at")
        by_desk = [pk for pk, cancelled_at in found if cancelled_at and cancelled_at < logged[pk]]
        people.filter(pk__in=by_desk).update(cancelled_by_desk=True)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("registrations", "0020_roles"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]
    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
