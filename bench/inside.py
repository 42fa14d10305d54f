"""The acts of the benchmark that run inside Praxis.

`python -m bench.inside ACT '{"argument": …}'` calls the function ACT, and prints what it returns
as JSON in its last line.
"""

import json
import os
import re
import sys
import time

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "praxis.settings"
django.setup()

# Models can be imported only after setup().
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import announcing, clients, crowd, desk  # noqa: E402
from events.models import Workshop  # noqa: E402
from registrations.domain import signup  # noqa: E402

BRACKET = re.compile("BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE")


def coming():
    """The session that load_praxis opened."""
    return Workshop.objects.coming(timezone.now()).get()


def paths():
    """The addresses of the session's page and of its form, by name."""
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


def queue(count, first=0):
    """Register `count` people, from the number `first` on, so that a mail waits for each."""
    workshop = coming()
    for number in range(first, first + count):
        person = {"first_name": "Maëlle", "last_name": "Tremblay", "language": "fr"}
        signup.register(
            workshop, email=f"queued-{number}@example.org", now=timezone.now(), **person
        )


class Counted:
    """Counts the SQL statements of a `with` block.

    `brackets` are those that only begin or end a transaction, `statements` are the others.
    """

    def __enter__(self):
        self.capture = CaptureQueriesContext(connection).__enter__()
        return self

    def __exit__(self, *error):
        self.capture.__exit__(*error)
        asked = [query["sql"] for query in self.capture.captured_queries]
        brackets = [sql for sql in asked if BRACKET.match(sql)]
        self.brackets = len(brackets)
        self.statements = len(asked) - self.brackets


def statements():
    """[statements, brackets] of each step of a sign-up, by its name.

    The worker's are those of one mail: those of a round without mails are taken off.
    """
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
    page = step("form", lambda: client.get(where["form"])).content.decode()
    form = dict(clients.FormFields(page).fields)
    time.sleep(clients.THINK)
    form |= {"first_name": "Maëlle", "last_name": "Tremblay", "email": "maelle@example.org"}
    thanks = step("POST", lambda: client.post(where["form"], form), status=302)
    step("thanks", lambda: client.get(thanks["Location"]))
    step("worker", lambda: call_command("work", "--once"), status=None)
    found["worker"] = [busy - quiet for busy, quiet in zip(found["worker"], idle, strict=True)]
    return found


def sweeps(sizes, due):
    """What a sweep costs as registrations grow in number: bench.crowd.sweeps()."""
    return crowd.sweeps(sizes, due)


def lists(people, workshops, times):
    """How long the desk's lists take with so many people: bench.desk.lists()."""
    return desk.lists(people, workshops, times)


def announced(sizes, times):
    """What the public list and calendar cost with so many workshops: bench.announcing."""
    return announcing.announced(sizes, times)


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
