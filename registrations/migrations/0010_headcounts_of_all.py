"""A headcount for each workshop that has none, so that the desk's list need not count people.

The worker compares those of coming workshops with the rows as it starts.
"""

from django.db import migrations
from django.db.models import Count
from django.utils import timezone


def count(apps, schema_editor):
    Registration = apps.get_model("registrations", "Registration")
    Headcount = apps.get_model("registrations", "Headcount")
    found, now = {}, timezone.now()
    people = Registration.objects.filter(workshop__headcount=None, state__in=["confirmed", "waiting"])
    groups = people.order_by().values_list("workshop", "state", "community")
    for workshop, state, community, number in groups.annotate(number=Count("pk")):
        headcount = found.setdefault(workshop, Headcount(workshop_id=workshop, checked_at=now))
        if state == "waiting":
            headcount.waiting += number
            of = headcount.waiting_of
        else:
            headcount.confirmed += number
            of = headcount.confirmed_of
        if community:
            of[str(community)] = number
    # A sign-up at this very moment may have stored one.
    Headcount.objects.bulk_create(found.values(), ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("registrations", "0009_heartbeat_and_owed_mails")]
    operations = [migrations.RunPython(count, migrations.RunPython.noop)]
