"""Fixtures that the tests share: workshops, people, a mail server, a worker, a browser."""

import gc
import os
import re
import shutil
import threading
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from io import StringIO

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import TransactionTestCase, utils
from django.test.signals import template_rendered
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import sync_playwright

from events import clocks
from events.models import Community, Hosting, Workshop
from praxis import database_clock
from registrations.domain import signup
from registrations.forms.honeypot import HoneypotForm
from tests.helpers import roles
from tests.helpers.browser import KeptPages, launched
from tests.helpers.clock import NOW
from tests.helpers.mails import Mailbox
from tests.helpers.network import free_port
from tests.helpers.processes import Worker, manage
from tests.helpers.scripted_smtp import ScriptedServer
from tests.helpers.shared import made_once

# Playwright's loop runs in the test's own thread, where Django would forbid the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup"}
FILLED_BY_MIGRATE = {"django_content_type", "auth_permission"}
PIECES_OF_FORMS = re.compile("^django/forms/|/widgets/")
# How long an example takes says how busy the machine is.
hypothesis_settings.register_profile("praxis", deadline=None)
hypothesis_settings.load_profile("praxis")
# Nothing made while modules are read and tests found is ever garbage: looking for some took a
# third of that time.
gc.disable()


def pytest_addoption(parser):
    parser.addoption(
        "--second-database",
        action="store_true",
        help="run only the tests that touch the database, and no browser: the rest has run before",
    )
    parser.addoption(
        "--quick",
        action="store_true",
        help="no browser, no real time, no long walk, and the first case alone of a test that "
        "touches the database",
    )


def pytest_collection_modifyitems(config, items):
    """Marks the tests that drive a browser; leaves out what a second database cannot change."""
    for item in items:
        item.runtest = partial(with_room, item.runtest)
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
    if config.getoption("--second-database"):
        keep(config, items, touches_the_database)
    if config.getoption("--quick"):
        keep(config, items, QuickOnes())
    # Who waits begins early, so that nobody waits alone at the end.
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("real_time", "browser"))))


def keep(config, items, wanted):
    """Leaves out those `items` that are not `wanted`."""
    chosen, others = [], []
    for item in items:
        (chosen if wanted(item) else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = chosen


class QuickOnes:
    """Is a test quick? Asked in order: the second case that touches the database is not."""

    SLOW = ("browser", "real_time", "long_walk")

    def __init__(self):
        self.seen = set()

    def __call__(self, item):
        if any(item.get_closest_marker(name) for name in self.SLOW):
            return False
        test = item.nodeid.partition("[")[0]
        is_first = test not in self.seen
        self.seen.add(test)
        return is_first or not asks_for_the_database(item)


def with_room(act):
    """Calls `act` with room for the frames of all that it calls, in one piece.

    Python keeps frames in pieces of 16 kB. At the depth of our pages it left a piece and asked the
    system for it anew hundreds of times per page, a sixth of the time of a test of pages. A frame
    that itself needs more gets a piece that is large enough for what comes after it, too.
    """
    return act()


with_room.__code__ = with_room.__code__.replace(co_stacksize=2**15 + 1)  # a piece of 512 kB


def pytest_collection_finish(session):
    """Leaves what is there now out of every later look for garbage."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def touches_the_database(item):
    """Does a test ask for the database, and could it end otherwise on another one?

    Browser tests and those marked one_database count as no: one run of them is enough.
    """
    if item.get_closest_marker("each_database"):
        return True
    if item.get_closest_marker("browser") or item.get_closest_marker("one_database"):
        return False
    return asks_for_the_database(item)


def asks_for_the_database(item):
    asks = item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(item.fixturenames)
    return bool(asks)


def empty_tables(_test_case):
    """Deletes what a test has committed: the rows of all tables but those that `migrate` fills.

    Django would flush: cut off each table, which costs PostgreSQL more than most tests, and then
    make all content types and permissions anew.
    """
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in set(tables) - FILLED_BY_MIGRATE:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


TransactionTestCase._fixture_teardown = empty_tables


def render_page(template, context):
    """Renders a template; what it was rendered with is kept for `response.context`, unless it is a
    piece of a form.

    A page of the desk has five hundred pieces: widgets, labels, lists of errors. Nobody reads what
    they were rendered with, and to keep it took a tenth of the time of such a page.
    """
    if not PIECES_OF_FORMS.search(template.name or ""):
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


utils.instrumented_test_render = render_page


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings):
    """Are the tables there already? In SQLite's file they are: it is a copy of a migrated one.

    To migrate takes each process of a run as long as a hundred tests.
    """
    facts = settings.DATABASES["default"]["TEST"]
    if connection.vendor != "sqlite":
        return False
    shutil.copy(made_once("migrated", migrate) / "database", facts["NAME"])
    facts["MIGRATE"] = False
    return True


def migrate(folder):
    url = f"sqlite:///{folder}/database"
    manage("migrate", "--verbosity", "0", DATABASE_URL=url, DATA_DIR=str(folder))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tables as migrations make them; what roles stand there then (tests empty them later)."""
    with django_db_blocker.unblock():
        roles.AT_FIRST = roles.rights_of_groups()


@pytest.fixture
def now():
    return NOW


@pytest.fixture(autouse=True)
def standing_clock(request, time_machine, monkeypatch):
    """Every test happens at NOW, unless it moves the clock itself or talks to other processes."""
    if not request.node.get_closest_marker("real_time"):
        time_machine.move_to(NOW, tick=True)
        monkeypatch.setattr(database_clock, "now", timezone.now)


@pytest.fixture(autouse=True)
def french():
    """What an earlier test's request left active must not colour this one's links."""
    with translation.override("fr"):
        yield


@pytest.fixture
def communities(db):
    """A community for each zone the tests speak of, by place."""
    facts = [
        ("Culture pour tous", "Québec", "heure du Québec", "America/Toronto"),
        ("TMNlab", "France", "heure de France", "Europe/Paris"),
        ("Lakou", "Martinique", "", "America/Martinique"),
        ("Komité", "La Réunion", "", "Indian/Reunion"),
        ("Dar", "Casablanca", "", "Africa/Casablanca"),
        ("Chautari", "Katmandou", "", "Asia/Kathmandu"),
    ]
    known = {community.name: community for community in Community.objects.all()}
    new = [
        Community(name=name, place=place, time_label=label, zone=zone)
        for name, place, label, zone in facts
        if name not in known
    ]
    known |= {community.name: community for community in Community.objects.bulk_create(new)}
    return {place: known[name] for name, place, label, zone in facts}


@pytest.fixture
def make_workshop(communities):
    """Create a published workshop.

    Hosts by place, `start` a naive wall time on the first host's clock.
    """

    def make(*places, start=datetime(2027, 3, 29, 9, 30), hours=2.5, **fields):
        places = places or ("Québec", "France")
        starts_at = clocks.instant(start, communities[places[0]].zone)
        number = Workshop.objects.count() + 1
        facts = {
            "slug": f"atelier-{number}",
            "title": "Données culturelles",
            "state": Workshop.State.PUBLISHED,
        }
        facts |= {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=hours)}
        workshop = Workshop.objects.create(**facts | fields)
        Hosting.objects.bulk_create(
            Hosting(workshop=workshop, community=communities[place], position=position)
            for position, place in enumerate(places, start=1)
        )
        return workshop

    return make


@pytest.fixture
def make_organiser(django_user_model, communities):
    """Make an organiser with these rights (codenames): of all communities, or of `places` alone."""

    def make(name, *rights, places=tuple(communities), **facts):
        organiser = django_user_model.objects.create_user(name, is_staff=True, **facts)
        organiser.user_permissions.set(Permission.objects.filter(codename__in=rights))
        for place in places:
            organiser.memberships.create(community=communities[place])
        return organiser

    return make


@pytest.fixture
def soon(make_workshop):
    """Make a workshop that is a month away on the machine's own clock."""

    def make(**fields):
        start = timezone.now() + timedelta(days=30)
        return make_workshop(starts_at=start, ends_at=start + timedelta(hours=2), **fields)

    return make


@pytest.fixture
def workshop(make_workshop):
    """Québec and France, 29 March 2027, 9:30 to 12:00 in Québec."""
    return make_workshop()


@pytest.fixture
def praxis(db):
    """(past, coming): the workshop of 2023 and the session of 2027, as load_praxis stores them."""
    call_command("load_praxis", "--upcoming", verbosity=0, stdout=StringIO())
    return Workshop.objects.get(slug="donnees-culturelles-2023"), Workshop.objects.get(
        slug="donnees-culturelles-2027"
    )


@pytest.fixture
def register(now):
    """Register a person, Zoé Tremblay unless told otherwise.

    Returns the Registration that the address now has.
    """

    def act(workshop, **facts):
        person = {
            "first_name": "Zoé",
            "last_name": "Tremblay",
            "email": "zoe@example.org",
            "now": now,
        } | facts
        signup.register(workshop, **person)
        return (
            workshop.registrations.filter(email_key=person["email"].strip().casefold())
            .order_by("pk")
            .last()
        )

    return act


@pytest.fixture
def crowd(register):
    """Register so many people."""

    def come(workshop, count, first=0):
        return [
            register(workshop, email=f"p{number}@example.org")
            for number in range(first, first + count)
        ]

    return come


@pytest.fixture
def at(time_machine):
    """Stop the clock so long after the start of a workshop."""

    def go_to(workshop, **after_start):
        time_machine.move_to(workshop.starts_at + timedelta(**after_start), tick=False)

    return go_to


@pytest.fixture
def kept(settings, request):
    """The cache that a server has, empty."""
    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.CACHES = settings.CACHES | {
        "default": {"BACKEND": memory, "LOCATION": request.node.nodeid}
    }


@pytest.fixture
def meanwhile():
    """Run an act just before the next UPDATE of a Registration.

    It stands for what another process does between the read and the write of a view.
    """
    with ExitStack() as wrappers:

        def arrange(act):
            acts = [act]

            def wrapper(execute, sql, *rest):
                if acts and sql.startswith('UPDATE "registrations_registration"'):
                    acts.pop()()
                return execute(sql, *rest)

            wrappers.enter_context(connection.execute_wrapper(wrapper))

        yield arrange


@pytest.fixture
def smtp(settings):
    """A real SMTP server on loopback that Django's SMTP backend is pointed at.

    Yields its Mailbox, with `.controller`.
    """
    mailbox = Mailbox()
    mailbox.controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    mailbox.controller.start()
    settings.EMAIL_BACKEND = "praxis.mail_backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = mailbox.controller.port
    yield mailbox
    for thread in threading.enumerate():
        if thread.name == "account mail":
            thread.join()
    mailbox.controller.stop()


@pytest.fixture(scope="session")
def chromium():
    """A Chromium that all browser tests of a process share: each makes a context of its own."""
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()
        # While Playwright's loop runs, Django keeps connections apart from those of before. Nobody
        # would close them afterwards, and PostgreSQL drops no database that is in use.
        connections.close_all()


@pytest.fixture
def fast_typists(monkeypatch):
    """Accept a form that is sent as soon as it is open, for Playwright types faster than people."""
    monkeypatch.setattr(HoneypotForm, "MIN_SECONDS", 0)


@pytest.fixture(scope="session")
def kept_pages(chromium, live_server):
    return KeptPages(chromium, live_server.url)


@pytest.fixture
def open_page(kept_pages, live_server):
    """Open a path in a browser context that no other page of the test has: no cookie and nothing
    cached from before. An `own` one is new and closed after the test.

    The page's `.complaints` gather console errors and requests to other sites, those of further
    pages of its context too.
    """
    with ExitStack() as ends:

        def go(path, *, javascript=True, width=1280, zone="America/Toronto", own=False):
            if own:
                page = kept_pages.new(javascript=javascript, zone=zone)
                ends.callback(page.context.close)
            else:
                page = kept_pages.take(javascript=javascript, zone=zone)
                ends.callback(kept_pages.give_back, page)
            page.complaints = complaints = []

            def on_console(message):
                # Chromium reports a 404 or 410 page as an error too; those are asked for here.
                if message.type == "error" and "status of 4" not in message.text:
                    complaints.append(message.text)

            def on_request(request):
                if not request.url.startswith(live_server.url):
                    complaints.append(request.url)

            page.on = partial(listen, page)
            listen(page.context, "console", on_console)
            listen(page.context, "request", on_request)
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(path)
            return page

        def listen(owner, event, act):
            type(owner).on(owner, event, act)
            ends.callback(owner.remove_listener, event, act)

        yield go


@pytest.fixture
def two_mails(workshop, register):
    """The mails of two people, in the order in which they leave."""
    return [register(workshop, email=f"p{number}@example.org").mails.get() for number in (1, 2)]


@pytest.fixture
def server(settings):
    """A ScriptedServer that Praxis sends its mail to: one that does wrong things, too."""
    server = ScriptedServer()
    settings.EMAIL_BACKEND = "praxis.mail_backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.stop()


@pytest.fixture
def start_worker(transactional_db, tmp_path):
    """Start `manage.py work` with these arguments, its mail going to `port`.

    Whoever still runs at the end is killed.
    """
    workers = []

    def start(*arguments, port, **variables):
        workers.append(Worker(tmp_path / f"log-{len(workers)}", *arguments, port=port, **variables))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
