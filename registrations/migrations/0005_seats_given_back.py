"""Whoever had given a seat back before seats were dated had one: the invite, whose SEQUENCE they hold, says so."""

from django.db import migrations
from django.db.models import F


def date_seats(apps, schema_editor):
    Registration = apps.get_model("registrations", "Registration")
    undated = Registration.objects.filter(state="cancelled", sequence__isnull=False, confirmed_at=None)
    undated.update(confirmed_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("registrations", "0004_mail_kinds_in_one_table")]
    operations = [migrations.RunPython(date_seats, migrations.RunPython.noop)]
