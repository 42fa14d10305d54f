"""A host's clock is corrected: who was told other hours on it can be told the true ones."""

from django.db import transaction

from events.models import Workshop
from registrations.domain.seats import lock_workshop
from registrations.mail import told_hours


def keep_told_hours(community, *, now):
    """Note in each snapshot what the clock of `community` shows, whose zone is about to change.

    It concerns the workshops that are not over at `now`. Snapshots hold instants, and the clocks
    that people were told are the hosts'. Whoever calls this stores the new zone in the same
    transaction.
    """
    workshops = Workshop.objects.coming(now).filter(hosts=community).order_by("pk")
    with transaction.atomic():
        for key in list(workshops.values_list("pk", flat=True)):
            people = lock_workshop(key).registrations.active().filter(erased_at=None).order_by()
            # However many people there are, they hold few different snapshots.
            for told in list(people.values_list("told", flat=True).distinct()):
                people.filter(told=told).update(told=told_hours.with_hours(told, community))
