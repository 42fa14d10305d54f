"""`manage.py load_demo`: invented workshops and people, so that the desk has something to show."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registrations.domain import demo


class Command(BaseCommand):
    help = "Loads invented workshops and people around today. Again changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--remove", action="store_true", help="take all of it out again")

    def handle(self, *, remove, **options):
        if remove:
            self.remove()
            return
        try:
            people = demo.load(now=timezone.now())
        except demo.RealPeople as error:
            raise CommandError(
                f"{error} people are registered already: invented ones would mix with them. "
                "Nothing was loaded."
            ) from error
        done = f"{people} invented people loaded" if people else "already there, left as it is"
        self.stdout.write(f"{done}; manage.py load_demo --remove takes them out")

    def remove(self):
        try:
            people, kept = demo.remove()
        except demo.RealPeople as error:
            raise CommandError(
                f"{error} people have registered at the invented workshops themselves. Erase them "
                "at the desk first. Nothing was removed."
            ) from error
        except demo.ActRuns as error:
            raise CommandError(
                "An act on many people is being done to some of them. Wait until it has ended, or "
                "stop it at the desk. Nothing was removed."
            ) from error
        self.stdout.write(f"{people} invented people removed, with their workshops")
        for community in kept:
            self.stdout.write(f"kept, since other workshops or people name it: {community.name}")
