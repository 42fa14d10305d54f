"""What has to happen inside Praxis: `python -m bench.inside ACT '{"fact": …}'` prints what ACT returns, as JSON, last."""

import json
import os
import re
import sys
import time

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bench import clients


def coming():
    """The session that load_praxis opened."""
    from events.models import Workshop

    return Workshop.objects.coming(timezone.now()).get()


def paths():
    slug = coming().slug
    return {
        "page": reverse("events:workshop", args=[slug]),
        "form": reverse("registrations:sign_up", args=[slug]),
    }


def limit(seats):
    """Leave `seats` free at the coming session."""
    workshop = coming()
    workshop.capacity = workshop.registrations.confirmed().count() + seats
    workshop.save()


def queue(count):
    """Register `count` people, each owed a mail."""
    from registrations.domain import signup

    workshop = coming()
    for number in range(count):
        person = {"first_name": "Maëlle", "last_name": "Tremblay", "language": "fr"}
        signup.register(
            workshop, email=f"queued-{number}@example.org", now=timezone.now(), **person
        )


class Counted:
    """The SQL statements of the context: `.statements`, and those that only begin or end a transaction, `.brackets`."""

    def __enter__(self):
        self.capture = CaptureQueriesContext(connection).__enter__()
        return self

    def __exit__(self, *error):
        self.capture.__exit__(*error)
        asked = [query["sql"] for query in self.capture.captured_queries]
        self.brackets = sum(
            bool(re.match("BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE", sql)) for sql in asked
        )
        self.statements = len(asked) - self.brackets


def statements():
    """[statements, brackets] of each step of a sign-up; the worker's are those of one mail, without those of having none."""
    client, where, found = Client(SERVER_NAME="127.0.0.1"), paths(), {}

    def step(name, act, status=200):
        with Counted() as counted:
            answer = act()
        if status and answer.status_code != status:
            raise clients.Wrong(f"{name}: {answer.status_code}")
        found[name] = [counted.statements, counted.brackets]
        return answer

    call_command("work", "--once")
    step("worker", lambda: call_command("work", "--once"), status=None)
    idle = found["worker"]
    step("page", lambda: client.get(where["page"]))
    form = dict(
        clients.FormFields(step("form", lambda: client.get(where["form"])).content.decode()).fields
    )
    time.sleep(clients.THINK)
    form |= {"first_name": "Maëlle", "last_name": "Tremblay", "email": "maelle@example.org"}
    thanks = step("POST", lambda: client.post(where["form"], form), status=302)
    step("thanks", lambda: client.get(thanks["Location"]))
    step("worker", lambda: call_command("work", "--once"), status=None)
    found["worker"] = [busy - quiet for busy, quiet in zip(found["worker"], idle, strict=True)]
    return found


def sweeps(sizes, due):
    """What a sweep costs as registrations grow in number: bench.crowd.sweeps."""
    from bench import crowd

    return crowd.sweeps(sizes, due)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "praxis.settings"
    django.setup()
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
