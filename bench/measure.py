"""Prints what Praxis costs on one kind of database; bench/run calls `python -m bench.measure`.

The database is a new one, on the PostgreSQL server that DATABASE_URL names, or SQLite where
DATABASE_URL is empty.
"""

import argparse
import os
import sys

from bench import acts, load, post
from bench.clients import Wrong
from bench.sites import Place, machine
from bench.table import Row, show


def statements(server, quick):
    """Rows for SQL statements per page and per sign-up."""
    with Place(server) as place:
        place.prepare()
        steps = place.inside("statements")
    total, brackets = (sum(column) for column in zip(*steps.values(), strict=True))
    return [
        Row("SQL statements, workshop page", steps["page"][0]),
        Row(f"SQL statements, whole sign-up (and {brackets} BEGIN, COMMIT and the like)", total),
        *(Row(f"  of it {name}", steps[name][0]) for name in ("form", "POST", "thanks", "worker")),
    ]


def sweep(server, quick):
    """Rows for the time of a sweep as registrations grow in number.

    The ratio is to the sweep with the fewest registrations.
    """
    sizes, due = ([1000, 2000], 10) if quick else ([1000, 10_000, 100_000], 100)
    with Place(server) as place:
        place.prepare()
        found = place.inside("sweeps", sizes=sizes, due=due)
    rows = []
    for name, key, unit in [
        ("nothing due", "idle_ms", "ms"),
        (f"{due} mails due", "busy_ms", "ms CPU"),
    ]:
        for sweep in found:
            what = f"sweep, {name}, {sweep['size']:,} registrations"
            if key == "idle_ms":
                what += f", {sweep['statements']} statements"
            limit = 2 if sweep is not found[0] else None
            rows.append(Row(what, sweep[key], unit, sweep[key] / found[0][key], at_most=limit))
    return rows


def lists(server, quick):
    """Rows for the time of the desk's lists, and of what is announced, where there is very much."""
    people, workshops, times = (3000, 3, 3) if quick else (300_000, 20, 20)
    with Place(server) as place:
        place.prepare()
        found = place.inside("lists", people=people, workshops=workshops, times=times)
    most, rows = 300 if server else 500, []
    for what, ms, number in found["pages"]:
        what = f"desk, {what}, {number} statements" if number else f"desk, {what}"
        rows.append(Row(what, ms, "ms", at_most=most))
    rows.append(Row(f"memory that these pages add, {people:,} people", found["mib"], "MiB"))
    with Place(server) as place:
        place.prepare()
        sizes = [30] if quick else [300, 3000]
        found = place.inside("announced", sizes=sizes, times=times // 2)
    return rows + [Row(f"public {what}", ms, "ms") for what, ms in found]


MEASUREMENTS = {
    "cpu": acts.measure,
    "statements": statements,
    "load": load.measure,
    "mail": post.measure,
    "sweep": sweep,
    "lists": lists,
}


def main():
    parser = argparse.ArgumentParser(
        prog="bench/run", description="Prints what Praxis costs beside a bare Django project."
    )
    parser.add_argument(
        "--quick", action="store_true", help="a smoke test: too few acts to say anything"
    )
    parser.add_argument(
        "--only",
        choices=MEASUREMENTS,
        action="append",
        metavar="NAME",
        help=", ".join(MEASUREMENTS),
    )
    options = parser.parse_args()
    server, rows, failed = os.environ.get("DATABASE_URL", ""), [], False
    print(machine(server), flush=True)
    for name in options.only or MEASUREMENTS:
        try:
            rows += MEASUREMENTS[name](server, options.quick)
        except Wrong as error:
            failed = True
            print(f"{name}: {error}", file=sys.stderr)
    show(rows)
    sys.exit(failed)


if __name__ == "__main__":
    main()
