"""`manage.py load_praxis`: loads the announced workshop of events/praxis.toml."""

import tomllib
from datetime import datetime
from pathlib import Path

from dateutil.rrule import MO, YEARLY, rrule
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from events import clocks
from events.models import Community, Hosting, Partner, Presentation, Workshop

ANNOUNCEMENT = Path(__file__).resolve().parents[2] / "praxis.toml"


class Command(BaseCommand):
    help = "Loads the PRAXIS workshop as announced, 27 March 2023. Again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--upcoming",
            action="store_true",
            help="also open a session on the next last Monday of March, "
            "same hours on the first clock",
        )

    @transaction.atomic
    def handle(self, *, upcoming, **options):
        announcement = tomllib.loads(ANNOUNCEMENT.read_text(encoding="utf-8"))
        start, end = announcement["start"], announcement["end"]
        self.load(announcement, announcement["key"], announcement["slug"], start, end)
        if upcoming:
            zone = announcement["communities"][0]["zone"]
            day = next_last_monday_of_march(start, zone, timezone.now())
            slug = f"{announcement['upcoming_slug']}-{day.year}"
            start = datetime.combine(day, start.time())
            end = datetime.combine(day, end.time())
            self.load(announcement, f"praxis-{day}", slug, start, end)

    def load(self, announcement, key, slug, start, end):
        """Create the workshop, unless `key` was loaded before: organisers may have changed it."""
        if Workshop.objects.filter(import_key=key).exists():
            self.stdout.write(f"{key}: already there, left as it is")
            return
        zone = announcement["communities"][0]["zone"]
        names = ("banner", "title", "place", "audience", "spoken_language")
        fields = {name: announcement[name] for name in names}
        workshop = Workshop.objects.create(
            import_key=key,
            slug=slug,
            starts_at=clocks.instant(start, zone),
            ends_at=clocks.instant(end, zone),
            description=announcement["description"].strip(),
            state=Workshop.State.PUBLISHED,
            **fields,
        )
        for position, entry in enumerate(announcement["communities"], start=1):
            self.add_host(workshop, position, entry)
        for entry in announcement["partners"]:
            partner, _created = Partner.objects.get_or_create(name=entry["name"], defaults=entry)
            workshop.partners.add(partner)
        self.stdout.write(f"{key}: loaded as {workshop.get_absolute_url()}")

    def add_host(self, workshop, position, entry):
        columns = ("place", "time_label", "zone", "site", "colour")
        defaults = {name: entry[name] for name in columns}
        community, _created = Community.objects.get_or_create(name=entry["name"], defaults=defaults)
        # One that was there before keeps the colour that was chosen for it.
        Community.objects.filter(pk=community.pk, colour="").update(colour=entry["colour"])
        Hosting.objects.create(workshop=workshop, community=community, position=position)
        for number, title in enumerate(entry["presentations"], start=1):
            Presentation.objects.create(
                workshop=workshop, community=community, title=title, position=number
            )


def next_last_monday_of_march(first, zone, now):
    """The date of the next last Monday of March on which the hour of `first` is after `now`.

    `first` is naive, in `zone`; `now` is aware.
    """
    today = clocks.wall(now, zone)
    mondays = rrule(
        YEARLY,
        bymonth=3,
        byweekday=MO(-1),
        dtstart=datetime.combine(today.date().replace(month=1, day=1), first.time()),
    )
    return mondays.after(today).date()
