"""Mails per second: the worker's, beside smtplib alone with the same bytes and the same server."""

import resource
import smtplib
import sys
import time
from pathlib import Path

from bench.clients import Wrong
from bench.sink import Sink
from bench.sites import Place
from bench.table import Row

FAR = 0.1  # seconds that a mail server takes which is far away
SENDER, RECIPIENT = "praxis@ateliers.example.org", "maelle@example.org"


def measure(server, quick):
    """Rows for mails per second, and for the worker's CPU time; its own start is taken off."""
    near, far = (20, 20) if quick else (600, 300)
    with Place(server) as place:
        place.prepare()
        with Sink(place.mail_port) as sink:
            start = min(once(place) for _try in range(3))
            near_seconds, near_cpu = delivered(place, sink, near, start)
            message = Path(place.folder) / "message"
            message.write_bytes(sink.last)
            arguments = ["-m", "bench.post", str(message), str(sink.port), str(near)]
            sink.seconds_per_mail = FAR
            far_seconds, _cpu = delivered(place, sink, far, start)
            sink.seconds_per_mail = 0
            each = float(place.run(*arguments, "each"))
            one = float(place.run(*arguments, "one"))
    ours = near / near_seconds
    what = f"mails per second, work --once with {far} due, server takes {1000 * FAR:.0f} ms"
    return [
        Row(f"mails per second, work --once with {near} due", ours, "/s", at_least=200),
        Row("  CPU time of the worker for each", 1000 * near_cpu / near, "ms CPU"),
        Row(what, far / far_seconds, "/s", at_least=50),
        Row("mails per second, smtplib, a connection each; ours to it", each, "/s", ours / each),
        Row("mails per second, smtplib, one connection; ours to it", one, "/s", ours / one),
    ]


def delivered(place, sink, count, start):
    """(seconds, CPU seconds) in which the worker sends `count` mails, without those of `start`."""
    before = sink.count
    place.inside("queue", count=count, first=before)
    seconds, cpu = once(place)
    if sink.count - before != count:
        raise Wrong(f"{sink.count - before} mails left where {count} were queued")
    return seconds - start[0], cpu - start[1]


def once(place):
    """(seconds, CPU seconds) that `manage.py work --once` takes."""
    started, cpu = time.monotonic(), child_seconds()
    place.run("manage.py", "work", "--once")
    return time.monotonic() - started, child_seconds() - cpu


def child_seconds():
    """CPU seconds, user and system, of the processes that this one has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def send(message, port, count, how):
    """Mails per second when smtplib alone sends `message` (bytes) `count` times.

    `how` is "each" for a new connection for each mail, "one" for one connection for all.
    """
    started = time.monotonic()
    if how == "one":
        with smtplib.SMTP("127.0.0.1", port) as connection:
            for _number in range(count):
                connection.sendmail(SENDER, [RECIPIENT], message)
    else:
        for _number in range(count):
            with smtplib.SMTP("127.0.0.1", port) as connection:
                connection.sendmail(SENDER, [RECIPIENT], message)
    return count / (time.monotonic() - started)


if __name__ == "__main__":
    path, port, count, how = sys.argv[1:]
    print(send(Path(path).read_bytes(), int(port), int(count), how))
