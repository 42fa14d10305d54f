"""Invented workshops and people: load() puts them in, remove() takes all of it out."""

import random
import tomllib
from datetime import datetime, time, timedelta
from pathlib import Path

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from events import clocks
from events.models import Community, Hosting, PreviousAddress, Workshop
from events.models.workshop_queries import INVENTED_KEY
from registrations.domain import demo_people
from registrations.domain.needs import keep_need
from registrations.models import BulkAct, OutgoingMail, Registration
from registrations.models.registration_queries import INVENTED_DOMAIN

FACTS = Path(__file__).resolve().parents[1] / "demo.toml"
LENGTH = timedelta(hours=2)
SATURDAY = 5  # as date.weekday() counts
SEED = 2027  # the same people come each time


class RealPeople(Exception):
    """Raised where people are registered whom nobody has invented; its argument is how many."""


class ActRuns(Exception):
    """Raised where a worker is doing an act on many people that must not be taken out."""


def workshops():
    """The workshops that load() has made."""
    return Workshop.objects.invented()


@transaction.atomic
def load(*, now):
    """Make the workshops and people of demo.toml, around `now`; how many people.

    0 if they are there already. Raises RealPeople where anybody is registered elsewhere.
    """
    if workshops().exists():
        return 0
    real = Registration.objects.count()
    if real:
        raise RealPeople(real)
    facts = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    chance = random.Random(SEED)  # noqa: S311 (invented people, the same each time: no secret)
    hosts = {each["place"]: make_community(each) for each in facts["communities"]}
    crowd = demo_people.invent(facts["people"], chance)
    count = 0
    for number, each in enumerate(facts["workshops"], start=1):
        workshop = make_workshop(number, each, hosts, now=now)
        count += demo_people.fill(workshop, each["people"], crowd, chance, now=now)
    store_needs(facts["people"]["needs"])
    return count


@transaction.atomic
def remove():
    """Take out all that load() has made, and what became of it.

    How many people, and the communities that stay, since something else holds them by now. Raises
    RealPeople where others have registered at one of these workshops, ActRuns while an act on many
    people is being done to some of them.
    """
    made = list(workshops())
    people = Registration.objects.filter(workshop__in=made)
    real = people.filter(erased_at=None).exclude(email__endswith=f"@{INVENTED_DOMAIN}").count()
    if real:
        raise RealPeople(real)
    acts = BulkAct.objects.filter(workshops__in=made)
    if acts.filter(state=BulkAct.State.RUNNING).exists():
        raise ActRuns
    mails = OutgoingMail.objects.filter(registration__in=people)
    for rows in (Workshop.objects.filter(pk__in=[each.pk for each in made]), people, mails):
        forget_history(rows)
    # An act on real people as well stays, with what it did to them.
    others = Workshop.objects.exclude(pk__in=[each.pk for each in made]).order_by()
    acts.exclude(workshops__in=others).delete()
    count = people.count()
    people.delete()
    workshops().delete()
    return count, remove_communities()


def remove_communities():
    """Delete the invented communities that nothing else holds; those that stay."""
    names = [each["name"] for each in tomllib.loads(FACTS.read_text("utf-8"))["communities"]]
    communities = Community.objects.filter(name__in=names)
    unused = communities.filter(hosting=None, presentation=None, registration=None)
    forget_history(unused)
    unused.delete()
    return list(communities.order_by("pk"))


def forget_history(rows):
    """Delete what the desk's history says of these `rows`."""
    content_type = ContentType.objects.get_for_model(rows.model)
    keys = [str(key) for key in rows.order_by().values_list("pk", flat=True)]
    LogEntry.objects.filter(content_type=content_type, object_id__in=keys).delete()


def make_community(facts):
    community, _created = Community.objects.get_or_create(name=facts["name"], defaults=facts)
    return community


def make_workshop(number, facts, hosts, *, now):
    """One of the workshops, with its hosts."""
    starts_at = start_of(facts, hosts[facts["hosts"][0]].zone, now=now)
    workshop = Workshop.objects.create(
        import_key=f"{INVENTED_KEY}{number}",
        slug=PreviousAddress.objects.free_slug(f"{INVENTED_KEY}{number}"),
        banner="Démonstration",
        title=facts["title"],
        language=facts.get("language", "fr"),
        spoken_language=facts.get("language", "fr"),
        captions=facts.get("captions", ""),
        interpretation=facts.get("interpretation", []),
        state=facts.get("state", Workshop.State.PUBLISHED),
        capacity=facts.get("capacity"),
        starts_at=starts_at,
        ends_at=starts_at + LENGTH,
        announced_starts_at=starts_at,
        meeting_url="https://example.org/salle" if facts["day"] < 20 else "",
    )
    for position, place in enumerate(facts["hosts"], start=1):
        Hosting.objects.create(workshop=workshop, community=hosts[place], position=position)
    return Workshop.objects.with_hosts().get(pk=workshop.pk)


def start_of(facts, zone, *, now):
    """When a workshop begins: on a weekday, or today's in some three hours."""
    if "hour" not in facts:
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    day = clocks.wall(now, zone).date() + timedelta(days=facts["day"])
    if day.weekday() >= SATURDAY:
        day += timedelta(days=7 - day.weekday())
    hour, minutes = divmod(int(facts["hour"] * 60), 60)
    return clocks.instant(datetime.combine(day, time(hour, minutes)), zone)


def store_needs(texts):
    """Store one of `texts` for every ninth person of the workshops that tell of interpretation."""
    people = Registration.objects.filter(workshop__in=workshops().exclude(interpretation=[]))
    for number, each in enumerate(people.active().order_by("pk")[::9]):
        keep_need(each.pk, texts[number % len(texts)], now=each.created_at)
