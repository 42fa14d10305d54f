"""The links of mails, opened by mail scanners: no row of any table changes."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from events.models import Workshop
from registrations import worker
from registrations.domain import announcements, lost_links, privacy, signup
from registrations.mail.kinds import Kind
from registrations.models import OutgoingMail
from tests.helpers.database import every_row
from tests.helpers.mails import a_while_passes, html, text

pytestmark = [pytest.mark.one_database, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def full(make_workshop, register):
    """A workshop whose only seat is taken."""
    workshop = make_workshop(
        capacity=1, meeting_url="https://zoom.example/j/1", afterwards="Merci !"
    )
    workshop.seated = register(workshop, email="first@example.org")
    return workshop


def waiting(full, register, **_rest):
    return register(full)


def already_registered(workshop, register, **_rest):
    register(workshop)
    a_while_passes()
    return register(workshop)


def lost(workshop, register, now, **_rest):
    registration = register(workshop)
    lost_links.ask(registration.email, now=now)
    lost_links.answer(now=now)
    return registration


def promotion(full, register, now, **_rest):
    registration = register(full)
    signup.cancel(full.seated, now=now)
    return registration


def cancellation(workshop, register, now, **_rest):
    registration = register(workshop)
    signup.cancel(registration, now=now)
    return registration


def organisers_cancelled(workshop, register, now, **_rest):
    registration = register(workshop)
    signup.cancel(registration, now=now, by_desk=True, word="Désolés !")
    return registration


def day_reminder(workshop, register, time_machine, **_rest):
    registration = register(workshop)
    time_machine.move_to(workshop.starts_at - timedelta(hours=20))
    return registration


def hour_reminder(workshop, register, time_machine, **_rest):
    registration = register(workshop)
    time_machine.move_to(workshop.starts_at - timedelta(minutes=14))
    return registration


def afterwards(workshop, register, time_machine, **_rest):
    registration = register(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(
        replay_url="https://video.example/1", afterwards_is_public=True
    )
    time_machine.move_to(workshop.ends_at + timedelta(hours=1))
    return registration


def changed(workshop, register, now, **fields):
    registration = register(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(**fields)
    announcements.announce(workshop, now=now)
    return registration


def erasure(workshop, register, now, **_rest):
    registration = register(workshop)
    privacy.erase(registration, now=now)
    return registration


# What somebody does so that a mail of each kind is stored; returns its registration.
ACTS = {
    Kind.CONFIRMATION: lambda workshop, register, **_rest: register(workshop, zone="Europe/London"),
    Kind.ALREADY_REGISTERED: already_registered,
    Kind.WAITING: waiting,
    Kind.LINKS: lost,
    Kind.PROMOTION: promotion,
    Kind.CANCELLATION: cancellation,
    Kind.ORGANISERS_CANCELLED: organisers_cancelled,
    Kind.HOUR_REMINDER: hour_reminder,
    Kind.DAY_REMINDER: day_reminder,
    Kind.UPDATE: lambda workshop, register, now, **_rest: changed(
        workshop, register, now, title="Autre titre"
    ),
    Kind.WORKSHOP_CANCELLED: lambda workshop, register, now, **_rest: changed(
        workshop, register, now, state="cancelled"
    ),
    Kind.AFTERWARDS: afterwards,
}

HEAD = "fetch(location.href, {method: 'HEAD'}).then(answer => answer.status)"

# The same kinds where they say something else.
MORE = {
    "farewell": (Kind.CANCELLATION, erasure),
    "update for somebody who waits": (
        Kind.UPDATE,
        lambda full, register, now, **_rest: changed(full, register, now, place="Jitsi"),
    ),
    "again, on the waiting list": (
        Kind.ALREADY_REGISTERED,
        lambda full, register, **_rest: already_registered(full, register),
    ),
}
MAILS = {str(kind): (kind, act) for kind, act in ACTS.items()} | MORE


def test_every_kind_of_mail_is_here():
    assert set(ACTS) == set(Kind)


@pytest.fixture
def mailed(smtp, workshop, full, register, now, time_machine):
    """Bring about the mail that `name` names and deliver it.

    Its links as paths, and whose they are.
    """

    def act(name):
        kind, bring_about = MAILS[name]
        registration = bring_about(
            workshop=workshop, full=full, register=register, now=now, time_machine=time_machine
        )
        worker.run_once(now=timezone.now())
        sent = OutgoingMail.objects.filter(registration=registration, kind=kind, state="sent").get()
        [message] = [
            message for message in smtp.messages if message["Message-ID"] == sent.message_id
        ]
        return paths_in(message), registration

    return act


def paths_in(message):
    """Every web address in the text, the HTML and the calendars of a message, each once, without
    our origin.
    """
    calendars = [
        part.get_payload(decode=True).decode().replace("\r\n ", "")
        for part in message.walk()
        if part.get_content_type() in ("text/calendar", "application/ics")
    ]
    found = re.findall(
        r"https?://[^\s\"<>\\]+", "\n".join([text(message), unescape(html(message)), *calendars])
    )
    assert {link.startswith(f"{settings.SITE_URL}/") for link in found} == {True}
    return sorted({link.removeprefix(settings.SITE_URL) for link in found})


@pytest.mark.parametrize("name", MAILS)
def test_a_program_that_fetches_every_link_changes_nothing(name, mailed):
    paths, _registration = mailed(name)
    before = every_row()

    codes = {
        getattr(Client(), method)(path).status_code for path in paths for method in ("head", "get")
    }

    assert (codes, every_row()) == ({200}, before)


@pytest.mark.parametrize("name", MAILS)
def test_a_browser_that_runs_scripts_on_every_link_changes_nothing(name, mailed, open_page):
    paths, _registration = mailed(name)
    before = every_row()

    # A file runs no scripts: the test above has fetched it.
    page, codes = open_page("about:blank"), set()
    for path in [path for path in paths if not path.endswith(".ics")]:
        page.goto(path, wait_until="networkidle")
        codes.add(page.evaluate(HEAD))

    assert (codes, page.complaints) == ({200}, [])
    assert every_row() == before


SINCE = {
    "before the door opens": {"minutes": -20},
    "while the door is open": {"minutes": 5},
    "after the end": {"hours": 3},
    "long after": {"days": 90},
}


@pytest.mark.parametrize("since", SINCE.values(), ids=SINCE)
def test_an_old_mail_opened_again_changes_nothing(since, mailed, time_machine):
    paths, registration = mailed("confirmation")
    time_machine.move_to(registration.workshop.starts_at + timedelta(**since))
    before = every_row()

    codes = {
        getattr(Client(), method)(path).status_code for path in paths for method in ("head", "get")
    }

    assert (codes, every_row()) == ({200}, before)


@pytest.mark.parametrize("verb", [signup.cancel, privacy.erase], ids=["cancelled", "erased"])
def test_the_mails_of_somebody_who_is_gone_change_nothing(verb, mailed, now):
    paths, registration = mailed("confirmation")
    verb(registration, now=now)
    before = every_row()

    for path in paths:
        for method in ("head", "get"):
            getattr(Client(), method)(path)

    assert every_row() == before


def test_whoever_follows_every_link_of_the_page_behind_a_link_changes_nothing(mailed):
    """Some scanners go one step further."""
    paths, _registration = mailed("confirmation")
    pages = "".join(Client().get(path).content.decode() for path in paths)
    links = {unescape(link) for link in re.findall(r'(?:href|action)="(/[^"]*)"', pages)}
    further = {link for link in links if not link.endswith(".png")}
    before = every_row()

    for path in further:
        for method in ("head", "get"):
            getattr(Client(), method)(path, follow=True)

    assert [
        sum(word in path for path in further) for word in ("/annuler/", "/effacer/", "/renvoyer/")
    ] == [1, 1, 1]
    assert every_row() == before
