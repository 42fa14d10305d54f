"""manage.py attestation_keys: the public keys of attestations."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registrations.domain import attestation_keys


class Command(BaseCommand):
    help = (
        "Lists the public keys with which certificates of attendance are checked (id, key in "
        "base64, since when, state), the oldest first, and keeps that of today."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--distrust",
            metavar="ID",
            help="believe no certificate of this key any more: its secret was stolen",
        )

    def handle(self, *args, distrust=None, **options):
        now = timezone.now()
        attestation_keys.record(now=now)
        if distrust and not attestation_keys.distrust(distrust, now=now):
            raise CommandError(f"No trusted key is called {distrust}.")
        today = attestation_keys.present().id
        for key in attestation_keys.known():
            state = "distrusted" if key.distrusted_at else "trusted"
            if key.key_id == today:
                state += ", signs today"
            since = f"{key.first_used_at:%Y-%m-%d}"
            self.stdout.write(f"{key.key_id}  {key.as_text}  {since}  {state}")
