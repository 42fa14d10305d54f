"""A database with very many people and mails, and how long the desk's lists take there.

It is imported once Django is set up.
"""

import time
from functools import partial
from pathlib import Path

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import processes
from bench.clients import Wrong
from bench.crowd import add_workshop, mail
from events.models import Community, Workshop
from registrations.admin.base import NoAddNoDeleteAdmin
from registrations.domain import headcounts
from registrations.mail import snapshots
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail, Registration
from registrations.models.search import search_text

BATCH = 1000  # the people that are made one by one; all others are copies of them
GROUPS = 60  # copies of them with other addresses: each person comes to several workshops
REGISTRATIONS = "/admin/registrations/registration/"
MAILS = "/admin/registrations/outgoingmail/"
FIRST_NAMES = ["Maëlle", "Zénaïde", "Éloïse", "Jean-Noël", "Aïssatou", "Lou", "François", "Anaïs"]
LAST_NAMES = ["Tremblay", "Gagnon", "Okonkwo", "Lefèvre", "Côté", "N’Diaye", "Bouchard", "Müller"]


def fill(people, workshops):
    """Store `people` registrations at so many `workshops`, and two mails for each."""
    now = timezone.now()
    keys = [add_workshop(number, now).pk for number in range(workshops)]
    first = first_people(keys[0], now)
    rounds = people // BATCH
    for number in range(1, rounds):
        copy_people(first, number, keys[number * workshops // rounds])
    Registration.objects.filter(pk__lt=first + GROUPS * BATCH, pk__gte=first).extra(
        where=["id %% 5 < 3"]
    ).update(verified_at=now)
    for workshop in Workshop.objects.filter(pk__in=keys):
        headcounts.read_locked(workshop, now=now)
    store_mails(first, now)


def first_people(workshop_pk, now):
    """Store BATCH registrations, each with something of its own; the key of the first."""
    communities = list(Community.objects.order_by("pk"))
    waiting, cancelled = Registration.State.WAITING, Registration.State.CANCELLED
    people = []
    for number in range(BATCH):
        state = {7: waiting, 8: waiting, 9: cancelled}.get(number % 10, "confirmed")
        person = Registration(
            workshop_id=workshop_pk,
            state=state,
            first_name=FIRST_NAMES[number % 8],
            last_name=f"{LAST_NAMES[number // 8 % 8]}-{number}",
            email=f"person-{number}@example.org",
            email_key=f"person-{number}@example.org",
            organisation=f"Théâtre {number % 50}",
            community=communities[number % len(communities)],
            language="en" if number % 10 == 3 else "fr",
            newsletter_consent_at=now if number % 100 == 3 else None,
            created_at=now,
            confirmed_at=now,
            sequence=0,
        )
        people.append(person)
    Registration.objects.bulk_create(people)
    mended = Registration.objects.select_related("workshop").order_by("pk")
    for person in mended:
        person.told = snapshots.snapshot(person.workshop, person.state)
        person.search_text = search_text(person)
    Registration.objects.bulk_update(mended, ["told", "search_text"])
    return mended[0].pk


def copy_people(first, number, workshop_pk):
    """Store copies of the first people: other secrets and addresses, at the given workshop."""
    is_postgresql = connection.vendor == "postgresql"
    group = str(number % GROUPS)
    replaced = {
        "workshop_id": str(workshop_pk),
        "email": f"'g{group}-' || email",
        "email_key": f"'g{group}-' || email_key",
        "search_text": f"replace(search_text, ' person-', ' g{group}-person-')",
        "manage_token": f"'m-{number}-' || id",
        "join_token": f"'j-{number}-' || id",
        "uid": "gen_random_uuid()" if is_postgresql else "lower(hex(randomblob(16)))",
    }
    copy(Registration, replaced, first)


def copy(model, replaced, first):
    """INSERT … SELECT of the first BATCH rows of `model`, with SQL for the columns `replaced`."""
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    table = model._meta.db_table
    values = ", ".join(replaced.get(column, column) for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} "
            f"WHERE id BETWEEN {first} AND {first + BATCH - 1} ORDER BY id"
        )


def store_mails(first, now):
    """Store a confirmation and a reminder for each registration; one in 500 has failed."""
    one = mail(Registration.objects.get(pk=first), OutgoingMail.State.SENT, now)
    one.save()
    columns = [f.column for f in OutgoingMail._meta.concrete_fields if not f.primary_key]
    secret = (
        "md5(r.id || '{kind}')"
        if connection.vendor == "postgresql"
        else ("lower(hex(randomblob(12)))")
    )
    for kind in (Kind.CONFIRMATION, Kind.DAY_REMINDER):
        replaced = {
            "registration_id": "r.id",
            "kind": f"'{kind}'",
            "state": "CASE WHEN r.id %% 500 = 7 THEN 'failed' ELSE 'sent' END",
            "sent_at": "CASE WHEN r.id %% 500 <> 7 THEN m.sent_at END",
            "message_id": f"'<' || {secret.format(kind=kind)} || '@ateliers.example.org>'",
        }
        values = ", ".join(replaced.get(column, f"m.{column}") for column in columns)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO registrations_outgoingmail ({', '.join(columns)}) SELECT {values} "
                "FROM registrations_registration r, registrations_outgoingmail m "
                f"WHERE m.id = %s ORDER BY r.id",
                [one.pk],
            )


def pages(workshop_pk):
    """{what: path} of each page of the lists whose time counts."""
    newest = Registration.objects.order_by("-pk").values_list("pk", flat=True)[0]
    a_mail = OutgoingMail.objects.order_by("-pk")[1000]
    one = f"workshop={workshop_pk}"
    community = Community.objects.order_by("pk").values_list("pk", flat=True)[0]
    far = Registration.objects.count() * 9 // 10 // NoAddNoDeleteAdmin.list_per_page
    return {
        "first page": "/admin/",
        "overview of a workshop": f"/admin/events/workshop/{workshop_pk}/overview/",
        "people": REGISTRATIONS,
        f"people, page {far}": f"{REGISTRATIONS}?p={far}",
        "people, a workshop": f"{REGISTRATIONS}?{one}",
        "people, a workshop by name": f"{REGISTRATIONS}?{one}&o=1",
        "people, a workshop with facets": f"{REGISTRATIONS}?{one}&_facets=True",
        "people, the waiting of a workshop": f"{REGISTRATIONS}?{one}&state__exact=waiting",
        "people, cancelled": f"{REGISTRATIONS}?state__exact=cancelled",
        "people, waiting": f"{REGISTRATIONS}?state__exact=waiting",
        "people, a community": f"{REGISTRATIONS}?community__id__exact={community}",
        "people, in English": f"{REGISTRATIONS}?language__exact=en",
        "people, never used a link": f"{REGISTRATIONS}?link=never",
        "people, used a link": f"{REGISTRATIONS}?link=used",
        "people, newsletter": f"{REGISTRATIONS}?newsletter=yes",
        "people, no newsletter": f"{REGISTRATIONS}?newsletter=no",
        "people, came": f"{REGISTRATIONS}?came=yes",
        "people, did not come": f"{REGISTRATIONS}?came=no",
        "people, a mail refused": f"{REGISTRATIONS}?mail=failed",
        "people, part of a name": f"{REGISTRATIONS}?q=naide",
        "people, an address": f"{REGISTRATIONS}?q=g17-person-421@example.org",
        "people, nobody": f"{REGISTRATIONS}?q=nobody+has+this",
        "people, a part that all have": f"{REGISTRATIONS}?q=example",
        "a person": f"{REGISTRATIONS}{newest}/change/",
        "mails": MAILS,
        f"mails, page {far}": f"{MAILS}?p={far}",
        "mails, a workshop": f"{MAILS}?{one}",
        "mails, failed": f"{MAILS}?state__exact=failed",
        "mails, dropped": f"{MAILS}?state__exact=dropped",
        "mails, a kind": f"{MAILS}?kind__exact=day_reminder",
        "mails, a rare kind": f"{MAILS}?kind__exact=update",
        "mails, an address": f"{MAILS}?q=g17-person-421@example.org",
        "mails, part of a name": f"{MAILS}?q=naide",
        "mails, a Message-ID": f"{MAILS}?q={a_mail.message_id[1:15]}",
        "mails, nobody": f"{MAILS}?q=nobody+has+this",
        "a mail": f"{MAILS}{a_mail.pk}/change/",
        "workshops": "/admin/events/workshop/",
    }


def organiser():
    """A client that is signed in at the desk and may do everything."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.create_superuser("bench"))
    return client


def members():
    """{whom: client} of organisers of a community that holds one workshop, and of one with all."""
    rights = Permission.objects.filter(content_type__app_label__in=["events", "registrations"])
    few = Community.objects.create(name="Few", place="Ici", zone="Europe/Paris")
    few.hosting_set.create(workshop=Workshop.objects.order_by("pk").last(), position=99)
    clients = {}
    for whom, community in {"of few": few, "of all": Community.objects.order_by("pk")[0]}.items():
        user = get_user_model().objects.create_user(whom, is_staff=True)
        user.user_permissions.set(rights)
        user.memberships.create(community=community)
        clients[whom] = Client(SERVER_NAME="127.0.0.1")
        clients[whom].force_login(user)
    return clients


def lists(people, workshops, times):
    """[what, p95 in milliseconds, statements] of each page, and the MiB that the requests add."""
    fill(people, workshops)
    with connection.cursor() as cursor:
        # Autovacuum would have done it by the time there were so many.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    client, found = organiser(), []
    by_age = Registration.objects.order_by("pk").values_list("workshop_id", flat=True)
    where = pages(by_age[people // 3])
    client.get(where["people"])
    # Filling took more: the kernel forgets the most that it has seen (proc(5), clear_refs).
    Path("/proc/self/clear_refs").write_text("5")
    before = memory("VmRSS")
    for what, path in where.items():
        found.append([what, percentile(seconds, client, path, times), statements(client, path)])
    for whom, member in members().items():
        for what in ("people", "people, part of a name", "mails", "mails, failed", "workshops"):
            path = where[what]
            took = percentile(seconds, member, path, times)
            found.append([f"{what}, as a member {whom}", took, statements(member, path)])
    chosen = Registration.objects.order_by("-pk").values_list("pk", flat=True)[:100]
    ask = partial(seconds, posted={"action": "erase_people", "_selected_action": list(chosen)})
    took = percentile(ask, client, REGISTRATIONS, times)
    found.append(["people, the question before 100 are erased", took, None])
    return {"pages": found, "mib": memory("VmHWM") - before}


def percentile(measured, client, path, times):
    """The 95th percentile, in milliseconds, of `measured(client, path)`, called so many times."""
    taken = sorted(measured(client, path) for _time in range(times))
    return 1000 * taken[int(times * 0.95)]


def seconds(client, path, posted=None):
    """Seconds until `path` is answered, to a POST where something is `posted`."""
    began = time.perf_counter()
    answer = client.post(path, posted) if posted else client.get(path)
    if answer.status_code != 200:
        raise Wrong(f"{path}: {answer.status_code}")
    return time.perf_counter() - began


def statements(client, path):
    """How many SQL statements a page costs."""
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
        return len(asked)


def memory(name):
    """How many MiB this process holds ("VmRSS"), or has held at most ("VmHWM")."""
    return processes.field_kib(Path("/proc/self/status"), name) / processes.KIB_PER_MIB
