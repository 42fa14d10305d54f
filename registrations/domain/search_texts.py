"""The search texts that the release before this one left untrue, mended by the worker."""

from django.db import transaction

from registrations.models import Registration
from registrations.models.search import search_text

BATCH = 500


def mend():
    """Write up to BATCH search texts that are missing, or should have been erased; how many.

    While a new release starts, one that knows no search texts registers and erases people.
    """
    untrue = Registration.objects.without_true_text().order_by("pk")
    if not untrue.exists():
        return 0
    with transaction.atomic():
        # Rows that another process holds come in the next round, so that nobody waits in a circle.
        people = list(untrue.select_for_update(skip_locked=True, no_key=True)[:BATCH])
        for person in people:
            person.search_text = search_text(person)
        return Registration.objects.bulk_update(people, ["search_text"])
