"""Mails per second: the worker's, beside smtplib alone with the same bytes and the same server."""

import smtplib
import sys
import time
from pathlib import Path

from bench.clients import Wrong
from bench.sink import Sink
from bench.sites import Place
from bench.table import Row

SENDER, RECIPIENT = "praxis@ateliers.example.org", "maelle@example.org"


def measure(server, quick):
    """Rows for mails per second; the worker's own start is taken off."""
    count = 20 if quick else 300
    with Place(server) as place:
        place.prepare()
        with Sink(place.mail_port) as sink:
            start = min(once(place) for _try in range(3))
            place.inside("queue", count=count)
            taken = once(place)
            if sink.count != count:
                raise Wrong(f"{sink.count} mails left where {count} were queued")
            message = Path(place.folder) / "message"
            message.write_bytes(sink.last)
            arguments = ["-m", "bench.post", str(message), str(sink.port), str(count)]
            each = float(place.run(*arguments, "each"))
            one = float(place.run(*arguments, "one"))
    ours = count / (taken - start)
    return [
        Row(f"mails per second, work --once with {count} due", ours, "/s"),
        Row("mails per second, smtplib, a connection each; ours to it", each, "/s", ours / each),
        Row("mails per second, smtplib, one connection; ours to it", one, "/s", ours / one),
    ]


def once(place):
    """Seconds that `manage.py work --once` takes."""
    started = time.monotonic()
    place.run("manage.py", "work", "--once")
    return time.monotonic() - started


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
