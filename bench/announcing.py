"""What the public list and the calendar of all cost where very many workshops are announced.

It is imported once Django is set up.
"""

import time

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bench.crowd import add_workshop
from bench.desk import percentile
from praxis.microcache import SECONDS


def announced(sizes, times):
    """[what, p95 in milliseconds] of the list and the calendar, at each of `sizes` (workshops)."""
    client, found, stored = Client(SERVER_NAME="127.0.0.1"), [], 0
    pages = {"list": reverse("events:list"), "calendar": reverse("events:feed")}
    for size in sizes:
        with transaction.atomic():
            for number in range(stored, size):
                add_workshop(number, timezone.now())
        stored = size
        for name, path in pages.items():
            for when, measured in (("made", made), ("a second later", later)):
                took = percentile(measured, client, path, times)
                found.append([f"{name}, {size:,} workshops, {when}", took])
    return found


def made(client, path):
    """Seconds until `path` is answered where nothing is kept."""
    cache.clear()
    return seconds(client, path)


def later(client, path):
    """Seconds until `path` is answered where the microcache alone has forgotten it."""
    time.sleep(SECONDS + 0.1)
    return seconds(client, path)


def seconds(client, path):
    began = time.perf_counter()
    client.get(path)
    return time.perf_counter() - began
