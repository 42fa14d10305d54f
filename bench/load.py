"""Sign-ups per minute on one workshop with many clients at once, and the web workers' memory."""

import http.client
import time
from collections import Counter

from bench import processes
from bench.clients import THINK, Wrong, all_at_once, expect
from bench.sites import Site
from bench.table import Row

CLIENTS = 50


def measure(server, quick):
    """Rows for sign-ups per minute and for memory.

    Two runs have no limit of seats, the last has half as many seats as people.
    """
    goal = 1200 if server else 600
    count = CLIENTS if quick else CLIENTS * 10
    with Site(server) as site:
        forms, posts = rush(site, count)
        honest = stroll(site, count)
        site.inside("limit", seats=count // 2)
        _forms, full = rush(site, count)
        memory = [processes.memory_mib(pid) for pid in processes.children(site.web_pid)]
    return [
        Row(f"forms read per minute, {CLIENTS} clients", forms.per_minute, "/min"),
        posts.row(f"forms sent per minute, {CLIENTS} clients", at_least=goal),
        # People who think that long can send no more than this, on any server.
        honest.row(
            f"form, {THINK} s of thought, POST, page after it (at most {CLIENTS / THINK * 60:.0f})",
            at_least=goal,
        ),
        full.row("forms sent per minute, seats for half of them"),
        Row(
            "memory of the largest web worker, Pss",
            max(pss for pss, _rss in memory),
            "MiB",
            at_most=90,
        ),
        Row(
            "memory of the largest web worker, Rss",
            max(rss for _pss, rss in memory),
            "MiB",
            at_most=90,
        ),
    ]


class Crowd:
    """The statuses that `acts` returned when CLIENTS threads called them, and how many a minute.

    Raises Wrong if any was 5xx, or no answer at all.
    """

    def __init__(self, acts):
        started = time.monotonic()
        statuses = all_at_once([lambda act=act: guarded(act) for act in acts], CLIENTS)
        self.per_minute = 60 * len(statuses) / (time.monotonic() - started)
        self.statuses = Counter(statuses)
        broken = {status: number for status, number in self.statuses.items() if status >= 500}
        if broken:
            raise Wrong(f"answers under load, by status: {broken} (599 is none at all)")

    def row(self, what, **target):
        counts = ", ".join(
            f"{number} x {status}" for status, number in sorted(self.statuses.items())
        )
        return Row(f"{what}: {counts}", self.per_minute, "/min", **target)


def guarded(act):
    """The status that `act` returns; 599 where there is no answer."""
    try:
        return act()
    except (OSError, http.client.HTTPException):
        return 599


def rush(site, count):
    """Let `count` people read the form, think, and send it in one rush: two Crowds.

    The first is of those who read, the second of those who send.
    """
    people = site.visitors(count)
    forms = Crowd([person.read_form for person in people])
    expect(200, forms.statuses, "form")
    time.sleep(THINK)
    return forms, Crowd([person.send_form for person in people])


def stroll(site, count):
    """Let `count` people read the form, think, send it and read the page after it: a Crowd.

    The clients begin one after another, as people do. If they began at once, they would all think
    at once, and then all send.
    """
    people = site.visitors(count)
    late = {person: THINK * place / CLIENTS for place, person in enumerate(people[:CLIENTS])}

    def whole(person):
        time.sleep(late.get(person, 0))
        person.read_form()
        time.sleep(THINK)
        status = person.send_form()
        expect(200, [person.read_thanks()], "page after the form")
        return status

    return Crowd([lambda person=person: whole(person) for person in people])
