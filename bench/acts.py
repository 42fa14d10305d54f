"""CPU per act: what a page and a whole sign-up cost, beside a bare view and a bare insert."""

import time
from collections import Counter

from bench.clients import THINK, Visitor, all_at_once, expect
from bench.processes import cpu_seconds
from bench.sites import WEB_WORKERS, Bare, Site
from bench.table import Row

# Both sides of a ratio take turns, so that whatever else the machine does falls on both.
ROUNDS = 3
QUIET = 0.5  # seconds over which processes are watched
IDLE = 0.06  # the share of a processor below which they are at rest


def measure(server, quick):
    """Rows for CPU per act, in milliseconds, and how many times the bare act's that is."""
    views, inserts, sign_ups = (300, 100, 12) if quick else (4800, 2400, 240)
    spent = Counter()
    with Bare(server) as bare, Site(server) as site:
        visit(bare, "/ok", 100)
        visit(bare, "/insert", 100)
        visit(site, site.paths["page"], 100)
        sign_up(site, 40, Counter())
        for _round in range(ROUNDS):
            spent["ok"] += visit(bare, "/ok", views // ROUNDS)
            spent["page"] += visit(site, site.paths["page"], views // ROUNDS // 4)
        for _round in range(ROUNDS):
            spent["insert"] += visit(bare, "/insert", inserts // ROUNDS)
            sign_up(site, sign_ups // ROUNDS, spent)
    ok, insert = 1000 * spent["ok"] / views, 1000 * spent["insert"] / inserts
    page = 1000 * spent["page"] / (views // 4)
    one = {name: 1000 * seconds / sign_ups for name, seconds in spent.items()}
    whole = one["web"] + one["worker"] + one["database"]
    return [
        Row("bare view", ok, "ms CPU"),
        Row("workshop page, to the bare view", page, "ms CPU", page / ok, at_most=2),
        Row("bare insert", insert, "ms CPU"),
        Row(
            "whole sign-up with its mail, to the bare insert",
            whole,
            "ms CPU",
            whole / insert,
            at_most=12,
        ),
        *(
            Row(f"  of it {name}", one[key], "ms CPU", one[key] / insert)
            for name, key in [
                ("the web server: workshop page", "read_page"),
                ("the web server: form", "read_form"),
                ("the web server: POST", "send_form"),
                ("the web server: page after it", "read_thanks"),
                ("the mail worker", "worker"),
                ("the database", "database"),
            ]
            if key != "database" or server
        ),
    ]


def visit(place, path, times):
    """CPU seconds that `times` GETs of `path` cost the web server and the database."""
    roots = [place.web_pid, *place.database]
    before = cpu_seconds(*roots)
    statuses = all_at_once([lambda: Visitor(place.port, {}).get(path)] * times, WEB_WORKERS)
    expect(200, statuses, path)
    return cpu_seconds(*roots) - before


def sign_up(site, count, spent):
    """Let `count` people sign up and get their mail, and add the CPU seconds to `spent`.

    They are added by process, and for the web server by step too.
    """
    processes = {"web": [site.web_pid], "worker": [site.worker_pid], "database": site.database}
    people = site.visitors(count)
    before = {name: cpu_seconds(*roots) for name, roots in processes.items()}
    for step, status in [
        ("read_page", 200),
        ("read_form", 200),
        ("send_form", 302),
        ("read_thanks", 200),
    ]:
        if step == "send_form":
            time.sleep(THINK)
        web = cpu_seconds(site.web_pid)
        expect(status, all_at_once([getattr(person, step) for person in people], WEB_WORKERS), step)
        spent[step] += cpu_seconds(site.web_pid) - web
    site.sink.wait_for([person.email for person in people])
    wait_until_quiet(site.worker_pid, *site.database)
    for name, roots in processes.items():
        spent[name] += cpu_seconds(*roots) - before[name]


def wait_until_quiet(*roots):
    """Return when the processes `roots` are at rest.

    What a worker does after the last mail is part of its act.
    """
    before, used = -1.0, cpu_seconds(*roots)
    while used - before > IDLE * QUIET:
        time.sleep(QUIET)
        before, used = used, cpu_seconds(*roots)
