"""Every class of mail, byte for byte as it was when somebody last looked at it.

The files are in golden/mail.

After an intended change: WRITE_GOLDEN=1 .venv/bin/python -m pytest -n 0
tests/registrations/test_golden_mails.py, then read the diff.
"""

import os
import re
import secrets
import uuid
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from itertools import count
from pathlib import Path

import pytest
from django.utils import timezone

from events.models import Workshop
from registrations.domain import (
    announcements,
    attendance,
    corrected_clocks,
    notices,
    privacy,
    restoration,
    selfservice,
    signup,
    subscriptions,
)
from registrations.domain.lost_links import answer, ask
from registrations.mail import afterwards, delivery, reminders
from registrations.models import OutgoingMail, Registration, Subscription
from tests.helpers import html
from tests.helpers.logos import give_logo, svg
from tests.helpers.mails import a_while_passes

pytestmark = pytest.mark.one_database

GOLDEN = Path(__file__).resolve().parent / "golden" / "mail"
MARKS = (
    "*a* _b_ **c** [d](https://evil.example) <https://evil.example> `e` ~~f~~ #1 "
    "<b>&amp;</b> \"g\" 'h' \\i ![j](k)"
)
PLACES = ("Québec", "France", "La Réunion")


@pytest.fixture
def stage(make_workshop, register, communities, now, time_machine, monkeypatch):
    """What the cases below act with: clock, secrets and UIDs are the same in every run."""
    time_machine.move_to(now, tick=False)
    numbers = count(1)
    monkeypatch.setattr(secrets, "token_urlsafe", lambda size: f"token-{next(numbers):04}")
    monkeypatch.setattr(secrets, "token_hex", lambda size: f"message-{next(numbers):04}")
    return Stage(make_workshop, register, communities, time_machine)


class Stage:
    def __init__(self, make_workshop, register, communities, time_machine):
        self.make_workshop, self.register, self.communities = make_workshop, register, communities
        self.time_machine, self.language, self.zone = time_machine, "fr", ""

    def person(self, workshop, **facts):
        """Somebody registered in the language of the case, with a UID that is the same in every
        run.
        """
        person = self.register(workshop, **{"language": self.language} | facts)
        Registration.objects.filter(pk=person.pk).update(
            uid=uuid.UUID(int=Registration.objects.count())
        )
        return Registration.objects.get(pk=person.pk)

    def verified(self, workshop, **facts):
        """Somebody who has used a link of ours: their mails bear their name."""
        person = self.person(workshop, **facts)
        Registration.objects.filter(pk=person.pk).update(verified_at=timezone.now())
        return person

    def subscriber(self, community=None, *, is_confirmed=True):
        """Somebody who has asked to hear of the next workshop, and pressed the button."""
        now, email = timezone.now(), "zoe@example.org"
        facts = {"language": self.language, "zone": self.zone, "consent_text": "J’accepte."}
        subscriptions.ask(email, community, now=now, **facts)
        found = Subscription.objects.get()
        if is_confirmed:
            subscriptions.confirm(found, now=now)
        return found

    def waiting(self, workshop, **facts):
        self.person(workshop, email="first@example.org")
        return self.person(workshop, **facts)

    def change(self, workshop, **fields):
        Workshop.objects.filter(pk=workshop.pk).update(**fields)

    def move(self, workshop, by=timedelta(days=1, minutes=30)):
        self.change(workshop, starts_at=workshop.starts_at + by, ends_at=workshop.ends_at + by)

    def announce(self, workshop):
        announcements.announce(workshop, now=timezone.now())
        return workshop.registrations.get(email="zoe@example.org")

    def go_to(self, moment):
        self.time_machine.move_to(moment, tick=False)

    def remind(self, workshop, before):
        registration = self.person(workshop)
        self.go_to(workshop.starts_at - before)
        reminders.write_due(now=timezone.now())
        return registration


def confirmation(stage, *places, **fields):
    return stage.person(stage.make_workshop(*places, **fields))


def confirmation_soon(stage):
    return stage.person(stage.make_workshop(start=datetime(2027, 1, 16, 5, 0)))


def confirmation_own_clock(stage):
    return stage.person(stage.make_workshop(), zone="Asia/Tokyo")


def confirmation_hostile(stage):
    stage.communities["Québec"].name = f"Hôte {MARKS}"
    stage.communities["Québec"].place = "*Q*[c](d)"
    stage.communities["Québec"].time_label = "heure *du* [Québec](https://evil.example) <b>"
    stage.communities["Québec"].save()
    words = {
        "title": f"Titre {MARKS}",
        "banner": f"Bannière {MARKS}",
        "place": f"Lieu {MARKS}"[:100],
    }
    contact = {"contact_email": "a*b_c`d@culture.example.org"}
    return stage.verified(
        stage.make_workshop(**words, **contact),
        first_name=f"Zoé {MARKS}",
        last_name="*Tremblay* <i>",
    )


def confirmation_logos(stage):
    give_logo(stage.communities["Québec"])
    give_logo(stage.communities["La Réunion"], svg(attributes='viewBox="0 0 120 120"'))
    return confirmation(stage, *PLACES)


def update_hostile(stage):
    workshop = stage.make_workshop()
    stage.verified(workshop, first_name="1. # > - + ``` ---")
    stage.change(workshop, title=f"- {MARKS}", place=f"> {MARKS}"[:100])
    return stage.announce(workshop)


def links_hostile(stage):
    stage.verified(stage.make_workshop(title=f"# {MARKS}"), first_name="> Zoé")
    return lost_links(stage)


def waiting(stage):
    return stage.waiting(stage.make_workshop(capacity=1, start=datetime(2027, 3, 16, 9, 30)))


def already_registered(stage):
    return again(stage, stage.person(stage.make_workshop()))


def already_waiting(stage):
    return again(stage, stage.waiting(stage.make_workshop(capacity=1)))


def again(stage, registration):
    a_while_passes()
    stage.register(registration.workshop)
    return registration


def promotion(stage, **fields):
    workshop = stage.make_workshop(capacity=1, **fields)
    registration = stage.waiting(workshop)
    signup.cancel(workshop.registrations.get(email="first@example.org"), now=timezone.now())
    return registration


def promotion_soon(stage):
    return promotion(stage, start=datetime(2027, 1, 16, 5, 0))


def cancellation(stage, **fields):
    registration = stage.person(stage.make_workshop(**fields))
    signup.cancel(registration, now=timezone.now())
    return registration


def cancellation_odd(stage):
    return cancellation(stage, start=datetime(2027, 3, 16, 9, 30))


def cancellation_waiting(stage):
    registration = stage.waiting(stage.make_workshop(capacity=1))
    signup.cancel(registration, now=timezone.now())
    return registration


def erased(stage):
    registration = stage.person(stage.make_workshop())
    privacy.erase(registration, now=timezone.now())
    return registration


def erased_waiting(stage):
    registration = stage.waiting(stage.make_workshop(capacity=1))
    privacy.erase(registration, now=timezone.now())
    return registration


WORD = f"Bonjour,\n\nle groupe est complet : {MARKS}\n- à bientôt, https://culture.example.org"


def organisers_cancelled(stage, word="", **fields):
    contact = {"contact_email": "bonjour@culture.example.org"}
    registration = stage.person(stage.make_workshop(**contact | fields))
    signup.cancel(registration, now=timezone.now(), by_desk=True, word=word)
    return registration


def organisers_cancelled_waiting(stage):
    registration = stage.waiting(stage.make_workshop(capacity=1))
    signup.cancel(registration, now=timezone.now(), by_desk=True)
    return registration


def organisers_erased(stage):
    registration = stage.person(stage.make_workshop())
    privacy.erase(registration, now=timezone.now(), by_desk=True, word="Vos données sont effacées.")
    return registration


def restored(stage, registration):
    """The registration, which the organisers cancel and restore."""
    a_while_passes()
    signup.cancel(registration, now=timezone.now(), by_desk=True)
    registration.refresh_from_db()
    restoration.restore(registration, now=timezone.now())
    return registration


def resent(stage, registration):
    a_while_passes()
    selfservice.send_again(registration, now=timezone.now())
    return registration


def undone(stage):
    registration = cancellation(stage)
    signup.reinstate(registration, now=timezone.now())
    return registration


def day_reminder(stage):
    return stage.remind(stage.make_workshop(), timedelta(days=1))


def hour_reminder(stage):
    return stage.remind(stage.make_workshop(), timedelta(hours=1))


def lost_links(stage):
    workshop = stage.make_workshop(
        title="Deux : données", capacity=1, start=datetime(2027, 4, 5, 9, 30)
    )
    stage.person(workshop, email="first@example.org")
    stage.person(stage.make_workshop(title="Un"))
    stage.person(workshop)
    stage.person(annulled := stage.make_workshop(title="Trois", start=datetime(2027, 4, 6, 20, 0)))
    stage.change(annulled, state="cancelled")
    now = timezone.now()
    ask("zoe@example.org", now=now)
    answer(now=now)
    return Registration.objects.filter(mails__kind="links").get()


def update_moved(stage, **fields):
    workshop = stage.make_workshop(**fields)
    stage.person(workshop, zone="Europe/London")
    stage.move(workshop)
    return stage.announce(workshop)


def update_odd(stage):
    return update_moved(stage, start=datetime(2027, 3, 16, 9, 30))


def update_all(stage):
    workshop = stage.make_workshop()
    stage.person(workshop)
    stage.move(workshop)
    stage.change(workshop, title="Un autre titre", place="Jitsi")
    return stage.announce(workshop)


def update_waiting(stage):
    workshop = stage.make_workshop(capacity=1)
    stage.waiting(workshop)
    stage.move(workshop)
    return stage.announce(workshop)


def update_after_all(stage):
    workshop = stage.make_workshop()
    stage.person(workshop)
    stage.change(workshop, state="cancelled")
    stage.announce(workshop)
    OutgoingMail.objects.update(state="sent")
    stage.change(workshop, state="published")
    return stage.announce(workshop)


def update_clock(stage):
    workshop = stage.make_workshop()
    stage.person(workshop)
    quebec = workshop.communities[0]
    corrected_clocks.keep_told_hours(quebec, now=timezone.now())
    type(quebec).objects.filter(pk=quebec.pk).update(zone="America/Vancouver")
    return stage.announce(type(workshop).objects.get(pk=workshop.pk))


def workshop_cancelled(stage, **fields):
    workshop = stage.make_workshop(**fields)
    stage.person(workshop)
    stage.change(workshop, state="cancelled")
    return stage.announce(workshop)


def workshop_cancelled_odd(stage):
    return workshop_cancelled(stage, start=datetime(2027, 3, 16, 9, 30))


def workshop_cancelled_reason(stage):
    reason = "*Marie Roy* est souffrante : nous cherchons une autre date."
    translated = "*Marie Roy* is unwell: we are looking for another date."
    texts = {"translated_title": "Cultural data", "translated_cancellation_reason": translated}
    return workshop_cancelled(stage, cancellation_reason=reason, **texts)


def workshop_cancelled_waiting(stage):
    workshop = stage.make_workshop(capacity=1)
    stage.waiting(workshop)
    stage.change(workshop, state="cancelled")
    return stage.announce(workshop)


def subscription(stage):
    person = stage.subscriber(stage.communities["Québec"], is_confirmed=False)
    subscriptions.answer(now=timezone.now())
    return person


def subscription_again(stage):
    person = stage.subscriber()
    subscriptions.answer(now=timezone.now())
    return person


def next_workshop(stage, place=None, **fields):
    workshop, now = stage.make_workshop(**fields), timezone.now()
    person = stage.subscriber(stage.communities[place] if place else None)
    notices.notify(workshop, by=None, now=now)
    notices.go_on(clock=lambda: now)
    return person


def what_stays(stage, days=0, **fields):
    workshop = stage.make_workshop(**fields)
    registration = stage.verified(workshop)
    if days:
        attendance.mark_come(registration, now=workshop.starts_at)
    stage.go_to(workshop.ends_at + timedelta(days=days, hours=1))
    afterwards.write_due(now=timezone.now())
    return registration


CASES = {
    "confirmation": confirmation,
    "confirmation-verified": lambda stage: stage.verified(stage.make_workshop()),
    "confirmation-soon": confirmation_soon,
    "confirmation-odd": lambda stage: confirmation(stage, start=datetime(2027, 3, 16, 9, 30)),
    "confirmation-midnight": lambda stage: confirmation(
        stage, start=datetime(2027, 3, 29, 20, 0), hours=5
    ),
    "confirmation-three-hosts": lambda stage: confirmation(
        stage, *PLACES, banner="Série « Données » : saison 2"
    ),
    "confirmation-own-clock": confirmation_own_clock,
    "confirmation-contact": lambda stage: confirmation(
        stage, contact_email="bonjour@culture.example.org"
    ),
    "confirmation-hostile": confirmation_hostile,
    "confirmation-logos": confirmation_logos,
    "confirmation-undone": undone,
    "waiting": waiting,
    "already-registered": already_registered,
    "already-waiting": already_waiting,
    "promotion": promotion,
    "promotion-soon": promotion_soon,
    "cancellation": cancellation,
    "cancellation-odd": cancellation_odd,
    "cancellation-waiting": cancellation_waiting,
    "organisers-cancelled": organisers_cancelled,
    "organisers-cancelled-word": lambda stage: organisers_cancelled(stage, WORD),
    "organisers-cancelled-waiting": organisers_cancelled_waiting,
    "organisers-erased": organisers_erased,
    "confirmation-resent": lambda stage: resent(stage, confirmation(stage)),
    "waiting-resent": lambda stage: resent(stage, waiting(stage)),
    "confirmation-restored": lambda stage: restored(stage, confirmation(stage)),
    "waiting-restored": lambda stage: restored(stage, waiting(stage)),
    "erased": erased,
    "erased-waiting": erased_waiting,
    "day-reminder": day_reminder,
    "hour-reminder": hour_reminder,
    "links": lost_links,
    "links-hostile": links_hostile,
    "update-moved": update_moved,
    "update-odd": update_odd,
    "update-clock": update_clock,
    "update-all": update_all,
    "update-waiting": update_waiting,
    "update-after-all": update_after_all,
    "update-hostile": update_hostile,
    "what-stays": lambda stage: what_stays(
        stage, replay_url="https://video.example/1", slides_url="https://slides.example/1"
    ),
    "what-stays-nothing": lambda stage: what_stays(stage, days=3, afterwards_mail="third_day"),
    "what-stays-for-all": lambda stage: what_stays(
        stage, afterwards="Merci !", afterwards_is_public=True
    ),
    "workshop-cancelled": workshop_cancelled,
    "workshop-cancelled-odd": workshop_cancelled_odd,
    "workshop-cancelled-reason": workshop_cancelled_reason,
    "workshop-cancelled-waiting": workshop_cancelled_waiting,
    "subscription": subscription,
    "subscription-again": subscription_again,
    "next-workshop": next_workshop,
    "next-workshop-odd": lambda stage: next_workshop(
        stage, "France", start=datetime(2027, 3, 16, 20, 0), contact_email="bonjour@culture.org"
    ),
}


def composed(registration):
    """The last mail about `registration`, as the bytes that leave."""
    pk = registration.mails.order_by("pk").last().pk
    [mail] = OutgoingMail.objects.with_workshops().filter(pk=pk)
    return delivery.composed(mail, now=timezone.now()).message().as_bytes(linesep="\r\n")


def headers_of(raw):
    """The header blocks of a message and of all its parts as they stand, the boundaries named by
    their order.
    """
    blocks = [raw.split(b"\r\n\r\n")[0]] + [
        part.split(b"\r\n\r\n")[0] for part in re.split(rb"\r\n--=[^\r]*(?<!--)\r\n", raw)[1:]
    ]
    text = b"\n\n".join(blocks).decode("ascii").replace("\r\n", "\n")
    boundaries = dict.fromkeys(re.findall(r'boundary="([^"]+)"', text))
    for number, boundary in enumerate(boundaries, start=1):
        text = text.replace(boundary, f"boundary-{number}")
    return text + "\n"


def as_files(raw):
    """{suffix: bytes} of what is kept of a message."""
    message = message_from_bytes(raw, policy=policy.default)
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in message.walk()}
    found = {
        "headers": headers_of(raw).encode(),
        "txt": parts["text/plain"],
        "html": parts["text/html"],
        "ics": parts.get("text/calendar"),
    }
    assert parts.get("application/ics") == found["ics"]
    return {suffix: content for suffix, content in found.items() if content is not None}


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", CASES)
def test_every_mail_is_as_it_was(name, language, stage):
    stage.language = language
    raw = composed(CASES[name](stage))

    files = {f"{name}.{language}.{suffix}": content for suffix, content in as_files(raw).items()}
    if os.environ.get("WRITE_GOLDEN"):
        for old in GOLDEN.glob(f"{name}.{language}.*"):
            old.unlink()
        for file, content in files.items():
            (GOLDEN / file).write_bytes(content)

    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n")
    assert files == {
        path.name: path.read_bytes() for path in sorted(GOLDEN.glob(f"{name}.{language}.*"))
    }


def test_no_golden_file_is_left_over():
    expected = {(name, language) for name in CASES for language in ("fr", "en")}
    assert {tuple(path.name.split(".")[:2]) for path in GOLDEN.iterdir()} == expected


@pytest.mark.long_walk
def test_the_html_of_every_mail_is_valid(tmp_path):
    documents = {
        path.name: path.read_text(encoding="utf-8") for path in sorted(GOLDEN.glob("*.html"))
    }

    assert html.findings(documents, tmp_path, are_mails=True) == {}
    assert len(documents) == 2 * len(CASES)
